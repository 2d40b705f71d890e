using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Conformance.Tests;

/// <summary>A machine that has some conformance groups of another, and refuses every instruction outside of them.</summary>
/// <param name="inner">The other.</param>
/// <param name="groups">What is left of its groups.</param>
/// <param name="hasHelpers">Whether it has helpers; RFC 9669 assigns no numbers to any.</param>
internal sealed class RestrictedTarget(
    IExecutionTarget inner, ImmutableSortedSet<ConformanceGroup> groups, bool hasHelpers = true) : IExecutionTarget
{
    /// <summary>Enough for every run that returns, and soon over for those that do not.</summary>
    private const long Budget = 1L << 20;

    public string Name => inner.Name;

    public TargetCapabilities Capabilities => inner.Capabilities with { Groups = groups };

    public LoadResult Load(LoadRequest request)
    {
        ReadOnlySpan<Instruction> program = request.Program.Instructions.AsSpan();
        for (int pc = 0; pc < program.Length; pc += program[pc].IsWide ? 2 : 1)
        {
            if (InstructionTable.Find(program[pc]) is not { } row) continue;
            if (!groups.Contains(row.Group)) return Refused(ReasonClass.UnknownOpcode, row, pc);
            if (!hasHelpers && row.Operation == Operation.CallHelper) return Refused(ReasonClass.UnknownHelper, row, pc);
        }

        return inner.Load(request with { InstructionBudget = Budget });
    }

    public void Dispose() => inner.Dispose();

    private static LoadResult Refused(ReasonClass reason, InstructionDef row, int pc) =>
        new(Verdict.Rejected(reason, $"no {row}", pc), Program: null);
}
