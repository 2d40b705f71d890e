using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Reduction;

/// <summary>One that changes the instructions of programs, where they can be read as such.</summary>
public abstract class IrPass : IReductionPass
{
    public abstract string Name { get; }

    public IEnumerable<TestCase> Candidates(TestCase current)
    {
        if (IrProgram.TryDecode(current.Program) is not { } program) yield break;

        // What a change leaves behind that nothing leads to goes with it; what was there before is part of the case.
        bool isTidy = !program.Reached().Contains(false);
        foreach (IrProgram smaller in Candidates(program))
        {
            if (current.With(isTidy ? smaller.WithoutUnreached() : smaller) is { } candidate) yield return candidate;
        }
    }

    protected abstract IEnumerable<IrProgram> Candidates(IrProgram program);
}
