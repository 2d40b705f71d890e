using BpfConformance.Abi.Instructions;
using BpfConformance.Interpreter;
using BpfConformance.Mutants.Catalogue;
using BpfConformance.Mutants.Meanings;

namespace BpfConformance.Mutants;

/// <summary>The reference with one instruction that is wrong in one way.</summary>
public sealed record Mutant
{
    internal Mutant(Type meaning) => Meaning = meaning;

    /// <summary>Unique and stable: the instruction, and what is wrong.</summary>
    public required string Name { get; init; }

    public required InstructionDef Row { get; init; }

    public required MutantClass Class { get; init; }

    /// <summary>Completes "behaves as if …".</summary>
    public required string Behavior { get; init; }

    /// <summary>Real bugs that were like it, by id or commit; empty: none is known.</summary>
    public string Evidence { get; init; } = string.Empty;

    /// <summary>Why no program can tell it from the reference; <c>null</c>: one can.</summary>
    public string? Equivalence { get; init; }

    /// <summary>Why no case may compare what shows it: an address, which no two machines share; <c>null</c>: one may.</summary>
    public string? Incomparability { get; init; }

    /// <summary>Whether a suite can be asked to kill it.</summary>
    public bool IsKillable => Equivalence is null && Incomparability is null;

    /// <summary>The whole machine: bounds are checked, provenance is not tracked.</summary>
    public HandlerTable CreateHandlers() => AddTo(HandlerTable.Checked);

    /// <summary>A machine that has this bug, too.</summary>
    public HandlerTable AddTo(HandlerTable handlers) => handlers.With(Row, Meanings.Meaning.HandlerOf(Meaning));

    internal Type Meaning { get; }

    /// <summary>The reference, which also keeps the operands for which this mutant would do otherwise.</summary>
    internal HandlerTable CreateWitness() => HandlerTable.Checked.With(
        Row, Meanings.Meaning.HandlerOf(typeof(Witness<,>).MakeGenericType(Meaning, new Subject(Row).Original)));

    public override string ToString() => Name;
}
