using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Loading.Assembly;

namespace BpfConformance.Tests.Jit;

/// <summary>
/// A program from a seed: r0 to r8 come from memory and compute, through r9 and r10 it loads and stores, a few times outside
/// of what there is. Half of them go round up to three times, the others only forward. No value derives from an address, so
/// that every machine ends with the same.
/// </summary>
internal sealed class RandomProgram
{
    public const int DataBytes = 128;

    private const int Computing = 9; // r0 to r8
    private const int MostInstructions = 32;

    private static readonly InstructionDef[] s_rows = [.. InstructionTable.Rows.Where(IsChosen)];

    private readonly Random _random;
    private readonly List<Instruction> _slots = [];

    private RandomProgram(int seed) => _random = new Random(seed);

    public static ImmutableArray<Instruction> Of(int seed)
    {
        var program = new RandomProgram(seed);
        program.Build();
        return [.. program._slots];
    }

    /// <summary>Memory whose words are at the edges of their types more often than not.</summary>
    public static byte[] Data(Random random)
    {
        var data = new byte[DataBytes];
        for (int at = 0; at < DataBytes; at += sizeof(ulong))
        {
            ulong word = random.Next(4) switch
            {
                0 => (ulong)random.NextInt64() ^ ((ulong)random.Next(2) << 63),
                1 => (1ul << random.Next(64)) - (ulong)random.Next(2),
                2 => 0ul - (1ul << random.Next(64)),
                _ => (ulong)random.Next(-2, 3),
            };
            BitConverter.TryWriteBytes(data.AsSpan(at), word);
        }

        return data;
    }

    private static bool IsChosen(InstructionDef row) => row.Operation switch
    {
        Operation.Ja or Operation.MayGoto or Operation.CallHelper or Operation.CallLocal or Operation.CallKernel
            or Operation.CallRegister or Operation.Exit or Operation.LegacyAbsolute or Operation.LegacyIndirect
            or Operation.AddressSpaceCast => false,
        Operation.LoadImm64 => row.Src.Allows((int)LoadImm64Source.Immediate),
        _ => true,
    };

    private void Build()
    {
        _slots.AddRange(Assembler.Assemble("r9 = r1").Instructions);
        for (int r = 0; r < Computing; r++) _slots.Add(new Instruction(0x79, (Register)r, Register.R9, (short)(8 * r), 0));
        bool isLoop = _random.Next(2) == 0;
        if (isLoop) _slots.AddRange(Assembler.Assemble($"*(u64 *)(r10 - 256) = {_random.Next(1, 4)}").Instructions);
        int start = _slots.Count;
        int count = _random.Next(1, MostInstructions + 1);
        for (int n = 0; n < count; n++) Add(s_rows[_random.Next(s_rows.Length)]);
        // Somewhere for the last jumps to lead.
        for (int n = 0; n < 3; n++) _slots.Add(new Instruction(0xb7, Register.R8, Register.R0, 0, n));
        if (isLoop)
        {
            _slots.AddRange(Assembler.Assemble("r8 = *(u64 *)(r10 - 256)\nr8 += -1\n*(u64 *)(r10 - 256) = r8").Instructions);
            _slots.Add(new Instruction(0x55, Register.R8, Register.R0, (short)(start - _slots.Count - 1), 0)); // if r8 != 0
        }

        _slots.Add(new Instruction(0x95, Register.R0, Register.R0, 0, 0));
    }

    private void Add(InstructionDef row)
    {
        bool isMemory = row.Class is InstructionClass.Ldx or InstructionClass.St or InstructionClass.Stx;
        bool isLoad = row.Operation is Operation.Load or Operation.LoadSigned or Operation.LoadAcquire;
        var dst = (Register)(row.Dst.NamesRegister ? _random.Next(Computing) : 0);
        var src = (Register)(row.Src.NamesRegister ? _random.Next(Computing) : row.Src.Value);
        short offset = (short)row.Offset.Value;
        if (isMemory)
        {
            bool isStack = _random.Next(3) == 0;
            Register address = isStack ? Register.R10 : Register.R9;
            (dst, src) = isLoad ? (dst, address) : (address, src);
            offset = Offset(row, isStack);
        }
        else if (row.Class is InstructionClass.Jmp or InstructionClass.Jmp32)
        {
            offset = (short)_random.Next(4);
            // No jump leads into a wide instruction: those are made of two.
        }

        int immediate = row.Immediate.Kind == FieldRuleKind.Any ? Immediate() : row.Immediate.Value;
        _slots.Add(new Instruction(row.Opcode, dst, src, offset, immediate));
        if (row.IsWide) _slots.Add(new Instruction(0, Register.R0, Register.R0, 0, Immediate()));
    }

    /// <summary>Within memory, or within 128 bytes of stack, and aligned where it has to be; but now and then anywhere.</summary>
    private short Offset(InstructionDef row, bool isStack)
    {
        if (_random.Next(60) == 0) return (short)_random.Next(-600, 600);
        int size = (int)row.Size;
        bool isAligned = row.Operation is not (Operation.Load or Operation.LoadSigned or Operation.Store or Operation.StoreImmediate);
        int offset = _random.Next(DataBytes - size + 1);
        if (isAligned) offset -= offset % size;
        return (short)(isStack ? offset - DataBytes : offset);
    }

    private int Immediate() => _random.Next(4) switch
    {
        0 => _random.Next(-2, 3),
        1 => _random.Next(-70, 70),
        2 => 1 << _random.Next(32),
        _ => (int)_random.NextInt64(),
    };
}
