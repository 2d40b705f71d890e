using System.Runtime.InteropServices;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Tests.Jit;

/// <summary>
/// Programs without jumps, of all that computes, loads, stores or is atomic: r0 to r8 come from memory, r9 points to it, and no
/// access is outside of it or of the stack. Made by the hundred thousand, so buffers are used again.
/// </summary>
internal sealed class StraightLinePrograms
{
    public const int DataBytes = 128;

    private const int Computing = 9;
    private const int MostInstructions = 60;

    private static readonly InstructionDef[] s_rows = [.. InstructionTable.Rows.Where(IsChosen)];

    private readonly List<Instruction> _slots = [];
    private readonly byte[] _data = new byte[DataBytes];
    private Random _random = new();

    /// <summary>The program of a seed, until the next is asked for.</summary>
    public ReadOnlySpan<Instruction> Of(int seed)
    {
        _random = new Random(seed);
        _slots.Clear();
        _slots.Add(new Instruction(0xbf, Register.R9, Register.R1, 0, 0));
        for (int r = 0; r < Computing; r++) _slots.Add(new Instruction(0x79, (Register)r, Register.R9, (short)(8 * r), 0));
        for (int n = _random.Next(1, MostInstructions + 1); n > 0; n--) Add(s_rows[_random.Next(s_rows.Length)]);
        _slots.Add(new Instruction(0x95, Register.R0, Register.R0, 0, 0));
        return CollectionsMarshal.AsSpan(_slots);
    }

    /// <summary>Memory for the program that was asked for last, until the next is; words are at the edges of their types more often than not.</summary>
    public ReadOnlySpan<byte> Data()
    {
        foreach (ref ulong word in MemoryMarshal.Cast<byte, ulong>(_data.AsSpan()))
        {
            word = _random.Next(4) switch
            {
                0 => (ulong)_random.NextInt64(long.MinValue, long.MaxValue),
                1 => (1ul << _random.Next(64)) - (ulong)_random.Next(2),
                2 => 0ul - (1ul << _random.Next(64)),
                _ => (ulong)_random.Next(-2, 3),
            };
        }

        return _data;
    }

    private static bool IsChosen(InstructionDef row) => row.Class switch
    {
        InstructionClass.Jmp or InstructionClass.Jmp32 => false,
        InstructionClass.Ld => row.IsWide && row.Src.Allows((int)LoadImm64Source.Immediate),
        _ => row.Operation != Operation.AddressSpaceCast,
    };

    private void Add(InstructionDef row)
    {
        var dst = (Register)(row.Dst.NamesRegister ? _random.Next(Computing) : 0);
        var src = (Register)(row.Src.NamesRegister ? _random.Next(Computing) : row.Src.Value);
        short offset = (short)row.Offset.Value;
        if (row.Class is InstructionClass.Ldx or InstructionClass.St or InstructionClass.Stx)
        {
            bool isLoad = row.Operation is Operation.Load or Operation.LoadSigned or Operation.LoadAcquire;
            bool isStack = _random.Next(3) == 0;
            Register address = isStack ? Register.R10 : Register.R9;
            (dst, src) = isLoad ? (dst, address) : (address, src);
            offset = (short)(isStack ? Offset(row) - MachineLimits.StackBytes : Offset(row));
        }

        int immediate = row.Immediate.Kind == FieldRuleKind.Any ? Immediate() : row.Immediate.Value;
        _slots.Add(new Instruction(row.Opcode, dst, src, offset, immediate));
        if (row.IsWide) _slots.Add(new Instruction(0, Register.R0, Register.R0, 0, Immediate()));
    }

    /// <summary>Anything plain may be misaligned; the stack is used as far as the data.</summary>
    private int Offset(InstructionDef row)
    {
        int size = (int)row.Size;
        int offset = _random.Next(DataBytes - size + 1);
        bool isPlain = row.Operation is Operation.Load or Operation.LoadSigned or Operation.Store or Operation.StoreImmediate;
        return isPlain ? offset : offset - (offset % size);
    }

    private int Immediate() => _random.Next(4) switch
    {
        0 => _random.Next(-2, 3),
        1 => _random.Next(-70, 70),
        2 => 1 << _random.Next(32),
        _ => (int)_random.NextInt64(int.MinValue, 1L << 31),
    };
}
