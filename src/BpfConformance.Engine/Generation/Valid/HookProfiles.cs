using BpfConformance.Abi.Programs;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>The types of programs, and how often each is written.</summary>
internal sealed class HookProfiles
{
    private static readonly (int Weight, ProgramType Type)[] s_rows =
    [
        (50, ProgramType.Unspecified),
        (10, ProgramType.Xdp),
        (10, ProgramType.SchedCls),
        (5, ProgramType.SocketFilter),
        (5, ProgramType.CgroupSkb),
        (4, ProgramType.RawTracepoint),
        (4, ProgramType.Syscall),
        (3, ProgramType.SkLookup),
        (2, ProgramType.SchedAct),
        (2, ProgramType.LwtXmit),
        (2, ProgramType.LwtIn),
        (2, ProgramType.Netfilter),
    ];

    private readonly HookProfile[] _profiles;
    private readonly int _firstWithContext;

    public HookProfiles(GeneratorLimits limits)
    {
        bool haveHooks = limits.Common.HasContexts && limits.Common.HasUserSpace && limits.Common.Groups.Contains(Abi.Instructions.ConformanceGroup.Base64);
        _profiles =
        [
            .. s_rows.Where(row => row.Type == ProgramType.Unspecified || (haveHooks && limits.Has(row.Type)))
                .SelectMany(row => Enumerable.Repeat(new HookProfile(row.Type, limits), row.Weight)),
        ];
        _firstWithContext = s_rows[0].Weight;
    }

    /// <param name="entropy">Chooses.</param>
    /// <param name="needsContext">Whether it is to have a context, where any has.</param>
    public HookProfile Any(ref Entropy entropy, bool needsContext) =>
        entropy.Of<HookProfile>(needsContext && _firstWithContext < _profiles.Length ? _profiles.AsSpan(_firstWithContext) : _profiles);
}
