using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Targets.Kernel;
using BpfConformance.Targets.Kernel.Syscalls;
using static BpfConformance.Tests.Targets.Kernel.Slots;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>Asks this kernel about helpers by loading programs that call them. Nothing is run.</summary>
internal sealed class HelperProbe : IDisposable
{
    // What the verifier says of a call that programs of the type may not make, whatever the arguments (kernel/bpf/verifier.c, 6.18).
    private static readonly string[] s_refusals =
    [
        "program of this type cannot use helper",
        "helper call is not allowed in probe",
        "not supported for program type",
        "supported only for fentry/fexit/fmod_ret programs",
    ];

    private static readonly Instruction[] s_end = [Move(0, 0), Exit];

    private readonly ProgramLoader _loader = new();

    /// <summary>Helpers that a kernel may lack by how it was built and booted: lockdown, CONFIG_BPF_KPROBE_OVERRIDE.</summary>
    public static IReadOnlyList<string> Optional { get; } = ["probe_write_user", "override_return"];

    /// <summary>Every program type that loads here, for each attach type on which a helper depends, and one that it does not.</summary>
    public IReadOnlyList<AttachPoint> Points { get; }

    public HelperProbe()
    {
        var btf = KernelBtf.OrIgnore();
        IEnumerable<AttachPoint> all =
        [
            .. AttachPoints.Rows.Where(row => !row.NamesFunction && row.Type != ProgramType.Tracing),
            .. At(ProgramType.CgroupSkb, AttachType.CgroupInetEgress),
            .. At(ProgramType.CgroupSock, AttachType.CgroupInetSockCreate, AttachType.CgroupInet4PostBind),
            .. At(ProgramType.CgroupSock, AttachType.CgroupInetSockRelease),
            .. At(ProgramType.SockOps, AttachType.CgroupInetSockCreate, AttachType.CgroupSockOps),
            .. At(ProgramType.CgroupDevice, AttachType.CgroupDevice),
            .. At(ProgramType.CgroupSysctl, AttachType.CgroupSysctl),
            .. At(ProgramType.CgroupSockopt, AttachType.CgroupSetsockopt),
            .. At(ProgramType.CgroupSockAddr, [.. Enum.GetValues<AttachType>().Where(type => type != AttachType.CgroupInet4Bind)]),
            Traced(AttachType.TraceRawTp, btf.Typedef("btf_trace_kfree_skb")),
            Traced(AttachType.TraceIter, btf.Function("bpf_iter_task_file")),
            Traced(AttachType.TraceIter, btf.Function("bpf_iter_tcp")),
        ];
        Points = [.. all.Where(Loads)];
    }

    /// <summary>Why the table cannot be held against a kernel here, or <c>null</c>.</summary>
    public static string? WhyUnavailable() =>
        KernelTarget.WhyUnavailable()
        ?? (KernelFeatures.Release.StartsWith("Linux 6.18.", StringComparison.Ordinal)
            ? null
            : "the table is Linux 6.18's, and this is " + KernelFeatures.Release);

    /// <summary>Whether programs loaded so may call the helper.</summary>
    public bool MayCall(int helper, AttachPoint point)
    {
        string message = Ask(point, [CallHelper(helper), .. s_end]);
        return !System.Array.Exists(s_refusals, refusal => message.Contains(refusal, StringComparison.Ordinal));
    }

    /// <summary>Whether programs loaded so may call the helper under a license that is not compatible with the GPL.</summary>
    public bool NeedsGpl(int helper, AttachPoint point) =>
        Ask(point with { License = "Proprietary" }, [CallHelper(helper), .. s_end])
            .Contains("cannot call GPL-restricted function from non-GPL compatible program", StringComparison.Ordinal);

    /// <summary>What the verifier says against the program, or nothing.</summary>
    public string Ask(AttachPoint point, ReadOnlySpan<Instruction> program)
    {
        LoadAnswer answer = _loader.Explain(program, point, fds: [], LogLevel.Messages);
        using FileDescriptor? loaded = answer.Program;
        if (loaded is not null) return string.Empty;

        // Of a context that is read by BTF it says which argument of the traced function was meant, before anything else.
        IEnumerable<string> lines = VerifierLog.MessageOf(answer.Log, answer.Errno).Split('\n');
        return string.Join('\n', lines.Where(line => !line.StartsWith("func '", StringComparison.Ordinal)));
    }

    public void Dispose() => _loader.Dispose();

    private static IEnumerable<AttachPoint> At(ProgramType type, params AttachType[] attachTypes) =>
        attachTypes.Select(attachType => AttachPoints.Of(type) with { AttachType = attachType });

    private static AttachPoint Traced(AttachType attachType, uint btfId) =>
        AttachPoints.Of(ProgramType.Tracing) with { AttachType = attachType, AttachBtfId = btfId };

    /// <summary>Some types want 0 of r0, some want 1.</summary>
    private bool Loads(AttachPoint point) =>
        Ask(point, s_end).Length == 0 || Ask(point, [Move(0, 1), Exit]).Length == 0;
}
