using BpfConformance.Abi.Instructions;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>What the last case of a generator holds, to be counted: which rows were written with which kind of operand, and what was called.</summary>
public sealed class GeneratedShape
{
    /// <summary>Kinds of operand, which <see cref="CellOf"/> counts with.</summary>
    public const int Kinds = ValueKinds.Count;

    private readonly List<int> _cells = new(256);
    private readonly List<int> _helpers = new(16);

    /// <summary>For each instruction its <see cref="CellOf"/>.</summary>
    public IReadOnlyList<int> Cells => _cells;

    /// <summary>The numbers of the helpers that it calls.</summary>
    public IReadOnlyList<int> Helpers => _helpers;

    /// <summary>The place of a pair in a matrix of rows and kinds.</summary>
    public static int CellOf(InstructionDef row, ValueKind kind) => (row.Index * Kinds) + (int)kind;

    internal void Clear()
    {
        _cells.Clear();
        _helpers.Clear();
    }

    internal void Note(InstructionDef row, ValueKind kind) => _cells.Add(CellOf(row, kind));

    internal void NoteHelper(int number) => _helpers.Add(number);
}
