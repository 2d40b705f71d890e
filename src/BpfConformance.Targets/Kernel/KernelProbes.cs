using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;
using static BpfConformance.Abi.Instructions.Register;

namespace BpfConformance.Targets.Kernel;

/// <summary>What a person wants to know of a kernel beyond what decides the cases that it is offered.</summary>
internal static class KernelProbes
{
    private static readonly Instruction[] s_minimal = [Code.MoveImmediate(R0, 0), Code.Exit];

    private static readonly (string Name, string Since, Instruction[] Program, ProgramFlags Flags)[] s_programs =
    [
        ("local calls",                 "4.16, cc8b0b92a169", [new(Opcodes.Call, R0, R1, 0, 1), Code.Exit, .. s_minimal], ProgramFlags.None),
        ("bounded loops",               "5.3, 2589726d12a1",  [Code.MoveImmediate(R0, 9), new(0x17, R0, default, 0, 1), new(0x55, R0, default, -2, 0), Code.Exit], ProgramFlags.None),
        ("more than 4096 instructions", "5.2, c04c0d2b968a",  [.. Enumerable.Repeat(s_minimal[0], 4096), Code.Exit], ProgramFlags.None),
        ("map value addresses",         "5.2, d8eca5bbb2be",  [.. MapValue(LoadImm64Source.MapValueByFd), .. s_minimal], ProgramFlags.None),
        ("fd_array",                    "5.14, 387544bfa291", [.. MapValue(LoadImm64Source.MapValueByIndex), .. s_minimal], ProgramFlags.None),
        ("BPF_F_STRICT_ALIGNMENT",      "4.12, e07b98d9bffe", s_minimal, ProgramFlags.StrictAlignment),
        ("BPF_F_ANY_ALIGNMENT",         "5.0, e9ee9efc0d17",  s_minimal, ProgramFlags.AnyAlignment),
        ("BPF_F_TEST_RND_HI32",         "5.3, c240eff63a1c",  s_minimal, ProgramFlags.TestRndHi32),
        ("BPF_F_TEST_STATE_FREQ",       "5.4, 10d274e880eb",  s_minimal, ProgramFlags.TestStateFreq),
        ("BPF_F_TEST_REG_INVARIANTS",   "6.8, ff8867af01da",  s_minimal, ProgramFlags.TestRegInvariants),
    ];

    private static readonly ProgramType[] s_helperTypes =
        [ProgramType.RawTracepoint, ProgramType.SocketFilter, ProgramType.SchedCls, ProgramType.Xdp];

    public static IEnumerable<CapabilityProbe> All(ProgramLoader loader) =>
        [.. Programs(loader), .. Maps(), .. TestRuns(loader), .. Helpers(loader)];

    private static IEnumerable<CapabilityProbe> Programs(ProgramLoader loader)
    {
        using KernelMap? map = KernelMap.TryCreateMemory(sizeof(ulong), out int errno);
        yield return new CapabilityProbe(
            "mmapable arrays", map is not null, "since 5.5, fc9702273e2e" + (map is null ? "; " + Errnos.Name(errno) : string.Empty));
        foreach ((string name, string since, Instruction[] program, ProgramFlags flags) in s_programs)
        {
            int[] fds = [map?.Fd ?? -1, -1];
            Instruction[] resolved = [.. program];
            MapReferences.Resolve(resolved, fds, count: 1);
            AttachPoint point = AttachPoints.Of(ProgramType.RawTracepoint) with { Flags = flags };
            (bool isThere, string detail) = KernelFeatures.Ask(loader, resolved, point, fds);
            yield return new CapabilityProbe(name, isThere, $"since {since}{detail}");
        }
    }

    private static IEnumerable<CapabilityProbe> Maps()
    {
        using KernelMap? inner = KernelMap.TryCreateMemory(sizeof(ulong), out _);
        foreach ((string since, MapDefinition definition) in MapProbes.Rows)
        {
            using KernelMap? map = KernelMap.TryCreate(definition, out int errno, inner);
            string detail = map is not null ? string.Empty
                : MapProbes.Needs(definition.Type) is { } needs ? $"; its creation names {needs}, which is not made here"
                : "; " + Errnos.Name(errno);
            yield return new CapabilityProbe("map type " + definition.Type, map is not null, $"since {since}{detail}");
        }
    }

    private static IEnumerable<CapabilityProbe> TestRuns(ProgramLoader loader)
    {
        foreach (AttachPoint row in AttachPoints.Rows)
        {
            using FileDescriptor? program = row.NamesFunction ? null : loader.Load(s_minimal, row, fds: []).Program;
            TestRun? run = program is null
                ? null
                : TestRun.Of(program, new byte[row.DataBytes], [], Context(row), repeat: row.DataBytes > 0 ? 1 : 0);
            string detail = row.RunSince is null ? "not in 6.18" : "since " + row.RunSince;
            if (run is null) detail += "; no program of the type loads";
            else if (run.Value.Errno != 0) detail += "; " + Errnos.Name(run.Value.Errno);
            yield return new CapabilityProbe("TEST_RUN " + row.Type, run is { Errno: 0 }, detail);
        }
    }

    /// <summary>A helper is there when the verifier gets as far as its arguments.</summary>
    private static IEnumerable<CapabilityProbe> Helpers(ProgramLoader loader)
    {
        for (int helper = 1; helper <= HelperTable.Count; helper++)
        {
            Instruction[] program = [new(Opcodes.Call, 0, 0, helper), .. s_minimal];
            ProgramType[] types = [.. s_helperTypes.Where(type => Knows(loader, program, type))];
            yield return new CapabilityProbe(
                $"helper {HelperTable.NameOf(helper)}#{helper}",
                types.Length > 0,
                types.Length > 0 ? "in " + string.Join(", ", types) : "in none of " + string.Join(", ", s_helperTypes));
        }
    }

    private static bool Knows(ProgramLoader loader, Instruction[] program, ProgramType type)
    {
        LoadAnswer answer = loader.Explain(program, AttachPoints.Of(type), fds: [], LogLevel.Messages);
        using FileDescriptor? loaded = answer.Program;
        return loaded is not null || VerifierLog.Classify(answer.Log, answer.Errno).Reason != ReasonClass.UnknownHelper;
    }

    private static byte[] Context(AttachPoint row)
    {
        var context = new byte[row.ContextBytes];
        if (row.Type == ProgramType.SkLookup) context[8] = 2; // struct bpf_sk_lookup.family: AF_INET
        return context;
    }

    private static Instruction[] MapValue(LoadImm64Source source) =>
        [new(Opcodes.LoadImm64, R1, (Register)source, 0, 0), new(0, 0, 0, 0)];
}
