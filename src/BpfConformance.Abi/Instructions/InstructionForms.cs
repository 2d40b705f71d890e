using System.Collections.Immutable;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace BpfConformance.Abi.Instructions;

/// <summary>The forms that share an opcode. Which of them a slot can be follows from the fields that are fixed in all of them, by a perfect hash: one lookup, without a branch.</summary>
internal sealed class InstructionForms
{
    private const int MaxBits = 7;

    private readonly ulong _fixed;
    private readonly ulong _multiplier;
    private readonly int _shift;
    private readonly InstructionDef?[] _rows;

    /// <param name="rows">All rows of one opcode, or none.</param>
    public InstructionForms(ImmutableArray<InstructionDef> rows)
    {
        _fixed = rows.Length < 2 ? 0 : rows.Aggregate(ulong.MaxValue, (bits, row) => bits & row.Mask);
        int fewest = rows.Length < 2 ? 0 : BitOperations.Log2((uint)rows.Length - 1) + 1;
        for (int bits = fewest; bits <= MaxBits; bits++)
        {
            (_shift, _rows) = (64 - bits, new InstructionDef?[1 << bits]);
            for (_multiplier = 0x9e3779b97f4a7c15; _multiplier >> 56 != 0; _multiplier += 0x1b873593_85ebca6a)
            {
                if (TryPlace(rows)) return;
            }
        }

        throw new UnreachableException($"the forms of opcode 0x{rows[0].Opcode:x2} differ in nothing that is fixed in all of them");
    }

    /// <summary>The only form that the slot can be; <c>null</c>: it is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public InstructionDef? Candidate(in Instruction instruction) => _rows[IndexOf(instruction.Bits)];

    // A shift by 64 is one by 0: a single row has no bits, and the product is 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int IndexOf(ulong bits) => (int)(((bits & _fixed) * _multiplier) >> _shift);

    private bool TryPlace(ImmutableArray<InstructionDef> rows)
    {
        Array.Clear(_rows);
        foreach (InstructionDef row in rows)
        {
            ref InstructionDef? place = ref _rows[IndexOf(row.Fixed)];
            if (place is not null) return false;
            place = row;
        }

        return true;
    }
}
