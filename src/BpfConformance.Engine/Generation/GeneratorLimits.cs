using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Generation;

/// <summary>What generated cases may hold: what all targets that will be asked have, so that none has to say that it lacks something.</summary>
/// <param name="Common">What they have in common; of the version and the probes the first's.</param>
public sealed record GeneratorLimits(TargetCapabilities Common)
{
    /// <summary>Runs of a case.</summary>
    public int Inputs { get; init; } = 8;

    /// <summary>Instructions that a program has on average, where a profile leaves it open.</summary>
    public int Instructions { get; init; } = 30;

    /// <summary>Of each row of the <see cref="InstructionTable"/>, by its index, whether it may be in a program.</summary>
    public ImmutableArray<bool> Rows { get; } =
        [.. InstructionTable.Rows.Select(row => Common.Groups.Contains(row.Group) && row.Since <= Common.Cpu)];

    /// <summary>Whether all instructions of a program may be in one; slots that are none may be anywhere.</summary>
    public bool Hold(BpfProgram program)
    {
        foreach (ref readonly Instruction slot in program.Instructions.AsSpan())
        {
            if (InstructionTable.Find(slot) is { } row && !Rows[row.Index]) return false;
        }

        return true;
    }

    public bool Has(ProgramType type) => Common.Types.Contains(type) && !Common.OnlyLoaded.Contains(type);

    public bool HasHelper(int helper) => Common.Helpers.Contains(helper);

    /// <summary>What some targets have in common.</summary>
    public static GeneratorLimits Of(IReadOnlyList<TargetCapabilities> targets) => new(targets.Aggregate(InCommon));

    private static TargetCapabilities InCommon(TargetCapabilities one, TargetCapabilities other) => one with
    {
        Groups = one.Groups.Intersect(other.Groups),
        Cpu = one.Cpu < other.Cpu ? one.Cpu : other.Cpu,
        Types = one.Types.Intersect(other.Types),
        MaxDataBytes = Math.Min(one.MaxDataBytes, other.MaxDataBytes),
        HasUserSpace = one.HasUserSpace && other.HasUserSpace,
        HasSeveralPrograms = one.HasSeveralPrograms && other.HasSeveralPrograms,
        HasContexts = one.HasContexts && other.HasContexts,
        HasNetwork = one.HasNetwork && other.HasNetwork,
        HasObjects = one.HasObjects && other.HasObjects,
        HasSockets = one.HasSockets && other.HasSockets,
        HasValueFields = one.HasValueFields && other.HasValueFields,
        HasUpperPartsOfFields = one.HasUpperPartsOfFields && other.HasUpperPartsOfFields,
        Helpers = one.Helpers.Intersect(other.Helpers),
        OnlyLoaded = one.OnlyLoaded.Union(other.OnlyLoaded),
    };
}
