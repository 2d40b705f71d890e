using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>What decides which cases this kernel is offered: some fifty loads of two or three instructions, 2 ms in all.</summary>
internal static class KernelFeatures
{
    /// <summary>Memory is one value of an array map, which the kernel keeps in RAM: a bound of ours.</summary>
    public const int MaxDataBytes = 16 << 20;

    /// <summary>The version that /proc/sys/kernel/osrelease states.</summary>
    public static string Release => "Linux " + File.ReadAllText("/proc/sys/kernel/osrelease").Trim();

    public static TargetCapabilities Probe(ProgramLoader loader)
    {
        var probes = ImmutableArray.CreateBuilder<CapabilityProbe>();
        var groups = ImmutableSortedSet.CreateBuilder<ConformanceGroup>();
        var missing = new HashSet<CpuVersion>();
        foreach (IsaProbe row in IsaProbes.Rows)
        {
            (bool isThere, string detail) = Ask(loader, row.Program, AttachPoints.Of(row.Type));
            if (isThere && row.Group is { } group) groups.Add(group);
            if (!isThere && row.Cpu is { } cpu) missing.Add(cpu);
            string since = row.Since is null ? "in no kernel" : "since " + row.Since;
            probes.Add(new CapabilityProbe("isa " + row.Name, isThere, since + detail));
        }

        var types = ImmutableSortedSet.CreateBuilder<ProgramType>();
        types.Add(ProgramType.Unspecified);
        foreach (AttachPoint row in AttachPoints.Rows)
        {
            (bool isThere, string detail) = row.NamesFunction
                ? (false, $"; {AttachPoints.WhyNoFunction}")
                : Ask(loader, [Code.MoveImmediate(Register.R0, 0), Code.Exit], row);
            if (isThere) types.Add(row.Type);
            string alone = isThere && row.Type == ProgramType.Tracing ? $"; for {Vocabulary.AttachTypes[row.AttachType]} alone" : string.Empty;
            probes.Add(new CapabilityProbe(TargetCapabilities.ProbeOf(row.Type), isThere, $"since {row.Since}{alone}{detail}"));
        }

        return new TargetCapabilities(
            Release, groups.ToImmutable(), Highest(missing), types.ToImmutable(), MaxDataBytes, probes.ToImmutable());
    }

    /// <summary>
    /// Whether the upper half of a field that is a byte in the kernel reads as zero: a packet that is somebody else's has a type, which <c>pkt_type</c> shows
    /// (kernel/bpf/verifier.c, 6.18, <c>convert_ctx_accesses</c>: it shifts only what is narrower than the kernel's member).
    /// </summary>
    public static bool HasUpperPartsOfFields(ProgramLoader loader)
    {
        const int UpperHalfOfPacketType = 6;
        Span<byte> strangers = stackalloc byte[14];
        strangers[0] = 2;
        LoadAnswer answer = loader.Decide([Code.Load(sizeof(ushort), Register.R0, Register.R1, UpperHalfOfPacketType), Code.Exit], AttachPoints.Of(ProgramType.SocketFilter), fds: []);
        using FileDescriptor? program = answer.Program;
        return program is not null && TestRun.Of(program, strangers, dataOut: [], context: [], repeat: 1) is { Errno: 0, ReturnValue: 0 };
    }

    /// <summary>Whether the program loads, and how the detail goes on when it does not.</summary>
    public static (bool IsThere, string Detail) Ask(
        ProgramLoader loader, ReadOnlySpan<Instruction> program, AttachPoint point, ReadOnlySpan<int> fds = default)
    {
        LoadAnswer answer = loader.Load(program, point, fds);
        using FileDescriptor? loaded = answer.Program;
        if (loaded is not null) return (true, string.Empty);
        return (false, "; " + VerifierLog.MessageOf(answer.Log, answer.Errno).Split('\n', 2)[0]);
    }

    /// <summary>The highest version of which, and below which, nothing is missing.</summary>
    private static CpuVersion Highest(HashSet<CpuVersion> missing)
    {
        var highest = CpuVersion.V1;
        foreach (CpuVersion version in Enum.GetValues<CpuVersion>())
        {
            if (missing.Contains(version)) break;
            highest = version;
        }

        return highest;
    }
}
