using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Interpreter;
using BpfConformance.Mutants.Catalogue;

namespace BpfConformance.Mutants;

/// <summary>All mutants: for each row that the reference has, every way of being wrong that makes sense for it.</summary>
public static class MutantCatalogue
{
    public static ImmutableArray<Mutant> All { get; } =
        [.. InstructionTable.Rows.Where(row => HandlerTable.Checked.MeaningOf(row) is not null).SelectMany(row => MutantsOf(new Subject(row)))];

    private static IEnumerable<Mutant> MutantsOf(Subject subject) =>
        ArithmeticDefects.Of(subject)
            .Concat(ShiftDefects.Of(subject))
            .Concat(DivisionDefects.Of(subject))
            .Concat(ImmediateDefects.Of(subject))
            .Concat(UnaryDefects.Of(subject))
            .Concat(JumpDefects.Of(subject))
            .Concat(MemoryDefects.Of(subject))
            .Concat(AtomicDefects.Of(subject))
            .Concat(CallDefects.Of(subject))
            .Concat(ValueDefects.Of(subject))
            .Concat(RegisterDefects.Of(subject))
            .Where(defect => defect.Meaning != subject.Original)
            .DistinctBy(defect => defect.Meaning)
            .Select(defect => MutantOf(subject.Row, defect));

    private static Mutant MutantOf(InstructionDef row, Defect defect) => new(defect.Meaning)
    {
        Name = $"{row.Name}/{defect.Name}",
        Row = row,
        Class = defect.Class,
        Behavior = $"{row.Name} {defect.Behavior}",
        Evidence = defect.Evidence,
        Equivalence = Equivalences.ProofFor($"{row.Name}/{defect.Name}"),
        Incomparability = Incomparabilities.ReasonFor($"{row.Name}/{defect.Name}"),
    };
}
