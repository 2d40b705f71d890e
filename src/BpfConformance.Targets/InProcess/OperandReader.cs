using BpfConformance.Abi.Instructions;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Targets.InProcess;

/// <summary>What an instruction works on.</summary>
internal enum OperandKind : byte
{
    None,
    DstAndSrc,
    DstAndImmediate,
    Src,
    Dst,
    Immediate,
    WideImmediate,

    /// <summary>What a load brings, known only afterwards, and where from relative to its base.</summary>
    Loaded,

    StoredSrc,
    StoredImmediate,
    Memory,
    MemoryAndR0,
}

/// <summary>Reads the operands of an instruction off the machine that is about to execute it.</summary>
internal static unsafe class OperandReader
{
    public static OperandKind KindOf(InstructionDef row) => row.Operation switch
    {
        Operation.Add or Operation.Sub or Operation.Mul or Operation.Div or Operation.SDiv or Operation.Or or Operation.And
            or Operation.Lsh or Operation.Rsh or Operation.Mod or Operation.SMod or Operation.Xor or Operation.Arsh
            or Operation.Jeq or Operation.Jgt or Operation.Jge or Operation.Jset or Operation.Jne or Operation.Jsgt
            or Operation.Jsge or Operation.Jlt or Operation.Jle or Operation.Jslt or Operation.Jsle =>
            row.HasSourceRegister ? OperandKind.DstAndSrc : OperandKind.DstAndImmediate,
        Operation.Mov => row.HasSourceRegister ? OperandKind.Src : OperandKind.Immediate,
        Operation.MovSx => OperandKind.Src,
        Operation.Neg or Operation.ToLittleEndian or Operation.ToBigEndian or Operation.Swap => OperandKind.Dst,
        Operation.Load or Operation.LoadSigned or Operation.LoadAcquire
            or Operation.LegacyAbsolute or Operation.LegacyIndirect => OperandKind.Loaded,
        Operation.StoreImmediate => OperandKind.StoredImmediate,
        Operation.Store or Operation.StoreRelease => OperandKind.StoredSrc,
        Operation.AtomicAdd or Operation.AtomicOr or Operation.AtomicAnd or Operation.AtomicXor or Operation.AtomicXchg =>
            OperandKind.Memory,
        Operation.AtomicCmpxchg => OperandKind.MemoryAndR0,
        // The other wide instructions bring addresses, which are no values to compare.
        Operation.LoadImm64 => row.Src.Allows((int)LoadImm64Source.Immediate) ? OperandKind.WideImmediate : OperandKind.None,
        Operation.Ja or Operation.CallHelper or Operation.CallLocal or Operation.CallKernel or Operation.Exit
            or Operation.MayGoto or Operation.AddressSpaceCast or Operation.CallRegister => OperandKind.None,
    };

    /// <summary>The operands as two numbers; of <see cref="OperandKind.Loaded"/> only the second is known yet.</summary>
    /// <param name="kind">Of the row.</param>
    /// <param name="row">The row.</param>
    /// <param name="program">The program.</param>
    /// <param name="pc">The instruction in it.</param>
    /// <param name="m">The machine before it.</param>
    public static (ulong First, ulong Second) Read(
        OperandKind kind, InstructionDef row, ReadOnlySpan<Instruction> program, int pc, Machine* m)
    {
        Instruction i = program[pc];
        return kind switch
        {
            OperandKind.None => default,
            OperandKind.DstAndSrc => (m->Registers[i.Dst], m->Registers[i.Src]),
            OperandKind.DstAndImmediate => (m->Registers[i.Dst], (ulong)i.Immediate),
            OperandKind.Src => (m->Registers[i.Src], 0),
            OperandKind.Dst => (m->Registers[i.Dst], 0),
            OperandKind.Immediate => ((ulong)i.Immediate, 0),
            OperandKind.WideImmediate => ((uint)i.Immediate, (uint)program[pc + 1].Immediate),
            OperandKind.Loaded => (0, Position(row, i, m)),
            OperandKind.StoredSrc => (Cut(m->Registers[i.Src], row.Size), 0),
            OperandKind.StoredImmediate => (Cut((ulong)i.Immediate, row.Size), 0),
            OperandKind.Memory => (Before(row, i, m), m->Registers[i.Src]),
            OperandKind.MemoryAndR0 => (Before(row, i, m), Hash64.Of(m->Registers[i.Src], m->Registers[0])),
        };
    }

    /// <summary>The bytes that an instruction which writes memory is about to write; null: there are none.</summary>
    public static byte* Memory(InstructionDef row, Instruction i, Machine* m)
    {
        ulong address = m->Registers[i.Dst] + (ulong)i.Offset;
        uint region = (uint)(address >> 32);
        return region < m->RegionCount && (uint)address + (ulong)row.Size <= m->Regions[region].Length
            ? m->Regions[region].Base + (uint)address
            : null;
    }

    /// <summary>The offset of a load, or the place in the packet.</summary>
    private static ulong Position(InstructionDef row, Instruction i, Machine* m) => row.Operation switch
    {
        Operation.LegacyAbsolute => (ulong)i.Immediate,
        Operation.LegacyIndirect => m->Registers[i.Src] + (ulong)i.Immediate,
        _ => (ulong)i.Offset,
    };

    private static ulong Cut(ulong value, MemorySize size) =>
        size == MemorySize.Double ? value : value & ((1ul << (8 * (int)size)) - 1);

    /// <summary>The memory of an atomic; 0 where there is none, and the instruction is about to fault.</summary>
    private static ulong Before(InstructionDef row, Instruction i, Machine* m)
    {
        byte* bytes = Memory(row, i, m);
        return bytes == null ? 0 : row.Size == MemorySize.Double ? *(ulong*)bytes : *(uint*)bytes;
    }
}

/// <summary>A hash that is the same in every process: counts of what is different are published.</summary>
internal static class Hash64
{
    /// <summary>SplitMix64's finalizer over both.</summary>
    public static ulong Of(ulong first, ulong second) => Mix(Mix(first + 0x9e3779b97f4a7c15) + second);

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
