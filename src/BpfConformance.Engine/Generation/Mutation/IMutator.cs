using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Generation.Mutation;

/// <summary>Makes of a program one that is a little different. It may break it: whoever asks looks whether it is still what he wants.</summary>
public interface IMutator
{
    string Name { get; }

    /// <summary>The other program; <c>null</c>: there is nothing in this one that it could change.</summary>
    IrProgram? Mutate(IrProgram program, ref Entropy entropy);
}
