using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Conformance.Tests;

/// <summary>A machine that has some conformance groups of another, and refuses every instruction outside of them.</summary>
internal sealed class RestrictedTarget(IExecutionTarget inner, ImmutableSortedSet<ConformanceGroup> groups) : IExecutionTarget
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
            if (InstructionTable.Find(program[pc]) is { } row && !groups.Contains(row.Group))
            {
                return new LoadResult(Verdict.Rejected(ReasonClass.UnknownOpcode, $"no {row}", pc), Program: null);
            }
        }

        return inner.Load(request with { InstructionBudget = Budget });
    }

    public void Dispose() => inner.Dispose();
}
