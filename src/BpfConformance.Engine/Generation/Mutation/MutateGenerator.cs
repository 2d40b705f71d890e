using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Ir;
using BpfConformance.Engine.Oracles.Metamorphic;

namespace BpfConformance.Engine.Generation.Mutation;

/// <summary>Cases of another generator, with a few mutations each. What a mutation breaks of the encoding is taken back.</summary>
/// <param name="inner">The other generator.</param>
public sealed class MutateGenerator(IProgramGenerator inner) : IProgramGenerator
{
    private const int MostMutations = 4;

    public string Name => "mutate";

    public TestCase Next(ref Entropy entropy, GeneratorLimits limits)
    {
        // Before the other generator has taken all bytes that there are.
        entropy.BeginStep();
        Entropy mutation = Entropy.OfSeed(entropy.Next());
        TestCase given = inner.Next(ref entropy, limits);
        if (IrProgram.TryDecode(given.Program) is not { Code.IsEmpty: false } program) return given;

        IMutator[] mutators =
        [
            new OperandMutator(), new OpcodeMutator(limits.Rows), new NumberMutator(), new CutMutator(), new InsertMutator(limits.Rows), new DuplicateMutator(),
            new SwapMutator(), new LoopMutator(), new TailMutator(), .. Rewrites.Of(given.Maps),
        ];
        BpfProgram changed = given.Program;
        for (int left = mutation.Between(1, MostMutations); left > 0; left--)
        {
            int choice = mutation.Below(mutators.Length + 1);
            IMutator? mutator = choice < mutators.Length ? mutators[choice] : Splice(ref mutation, limits);
            if (mutator?.Mutate(program, ref mutation) is not { } mutant || mutant.TryEncode() is not { } encoded || ProgramValidator.Validate(encoded) is not null) continue;
            (program, changed) = (mutant, encoded);
        }

        return given.With(changed) with { Name = Name };
    }

    private SpliceMutator? Splice(ref Entropy entropy, GeneratorLimits limits) =>
        IrProgram.TryDecode(inner.Next(ref entropy, limits).Program) is { Code.IsEmpty: false } donor ? new SpliceMutator(donor) : null;
}
