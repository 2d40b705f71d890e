using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Engine.Generation;

/// <summary>
/// Programs of any length in the mix that a compiler emits, to measure what a load costs: arithmetic of both widths, loads and
/// stores of memory and stack, branches over the next few instructions. None jumps back, so a run is short. A length always gives
/// the same program, and every machine must accept it: all that is read was written, and no address is computed. A branch is about
/// a number that has just been loaded: of one that it knows something about, kernel/bpf/verifier.c (6.18, reg_bounds_sanity_check)
/// can come to know what cannot be, and then it warns and taints the kernel.
/// </summary>
public static class TypicalProgram
{
    /// <summary>Bytes of the memory that it is given.</summary>
    public const int DataBytes = 64;

    /// <summary>A shorter one has no room for what comes first and last, and computes in r0 alone.</summary>
    public const int ShortestMix = 32;

    private const int StackWords = 4;
    private const byte LoadWord64 = 0x79;
    private const byte StoreWord64 = 0x7b;
    private const byte MoveImmediate = 0xb7;
    private const byte XorRegister = 0xaf;
    private const byte WidthBit = 0x03; // from the classes ALU64 (7) and JMP (5) to ALU (4) and JMP32 (6)

    private static readonly Register[] s_numbers = [Register.R0, Register.R2, Register.R3, Register.R4, Register.R5, Register.R7, Register.R8, Register.R9];

    // What there is more of stands there more often. Shifts count up to 31, for either width.
    private static readonly byte[] s_byRegister = [0x0f, 0x0f, 0x1f, 0x4f, 0x5f, 0xaf, 0xaf, 0xbf, 0xbf, 0xbf, 0x2f];
    private static readonly byte[] s_byImmediate = [0x07, 0x07, 0x47, 0x57, 0x57, 0xa7, 0xb7, 0xb7, 0x27, 0x37];
    private static readonly byte[] s_shifts = [0x67, 0x67, 0x77, 0x77, 0xc7];
    private static readonly byte[] s_branches = [0x15, 0x15, 0x15, 0x55, 0x55, 0x55, 0x25, 0xa5, 0x65, 0xc5, 0x45];
    private static readonly (byte Load, byte Store, int Bytes)[] s_sizes = [(LoadWord64, StoreWord64, 8), (0x61, 0x63, 4), (0x69, 0x6b, 2), (0x71, 0x73, 1)];

    /// <summary>What that memory holds: bytes of many kinds.</summary>
    public static ReadOnlyMemory<byte> Data { get; } = Enumerable.Range(1, DataBytes).Select(i => (byte)(i * 37)).ToArray();

    /// <param name="slots">Its length, from 2.</param>
    public static BpfProgram Of(int slots)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 2);
        return new BpfProgram(slots < ShortestMix ? Small(slots) : Mix(slots));
    }

    private static ImmutableArray<Instruction> Small(int slots) =>
    [
        new(MoveImmediate, Register.R0, default, 0, 2),
        .. Enumerable.Range(0, slots - 2).Select(i => new Instruction(Opcodes.AddImmediate64, Register.R0, default, 0, i)),
        new(Opcodes.Exit, 0, 0, 0),
    ];

    private static ImmutableArray<Instruction> Mix(int slots)
    {
        var program = new List<Instruction>(slots) { new(Opcodes.MoveRegister64, Register.R6, Register.R1, 0, 0) };
        for (int i = 0; i < s_numbers.Length; i++) program.Add(new(LoadWord64, s_numbers[i], Register.R6, (short)(8 * i), 0));
        for (int i = 0; i < StackWords; i++) program.Add(new(StoreWord64, Register.R10, s_numbers[i], (short)(-8 * (i + 1)), 0));

        Instruction[] last = [.. s_numbers[1..].Select(number => new Instruction(XorRegister, Register.R0, number, 0, 0)), new(Opcodes.Exit, 0, 0, 0)];
        int end = slots - last.Length;
        var dice = new Dice();
        while (program.Count < end) AddNext(program, dice, end - program.Count);
        program.AddRange(last);
        return [.. program.Select((i, pc) => IsBranch(i) ? OutsideOfPairs(program, i, pc) : i)];
    }

    private static void AddNext(List<Instruction> program, Dice dice, int room)
    {
        Register dst = dice.Of(s_numbers);
        Register src = dice.Of(s_numbers);
        byte half = dice.Below(3) == 0 ? WidthBit : (byte)0; // a third of arithmetic and branches works on 32 bits
        int kind = dice.Below(100);
        if (kind >= 85 && room < 2) kind = 0;
        if (kind < 26) program.Add(new((byte)(dice.Of(s_byRegister) ^ half), dst, src, 0, 0));
        else if (kind < 46) program.Add(new((byte)(dice.Of(s_byImmediate) ^ half), dst, default, 0, 1 + dice.Below(1 << 12)));
        else if (kind < 57) program.Add(new((byte)(dice.Of(s_shifts) ^ half), dst, default, 0, 1 + dice.Below(31)));
        else if (kind < 85) program.Add(Access(dice, dst, src, isLoad: kind < 71, isStack: dice.Below(3) == 0));
        else if (kind < 98) AddBranch(program, dice, dst, half, room);
        else program.AddRange([new(Opcodes.LoadImm64, dst, default, 0, dice.Next()), new(0, 0, 0, dice.Next())]);
    }

    private static Instruction Access(Dice dice, Register dst, Register src, bool isLoad, bool isStack)
    {
        (byte load, byte store, int bytes) = dice.Of(s_sizes);
        Register address = isStack ? Register.R10 : Register.R6;
        int range = isStack ? StackWords * 8 : DataBytes;
        int offset = (bytes * dice.Below(range / bytes)) - (isStack ? range : 0);
        return isLoad ? new(load, dst, address, (short)offset, 0) : new(store, address, src, (short)offset, 0);
    }

    private static void AddBranch(List<Instruction> program, Dice dice, Register dst, byte half, int room)
    {
        program.Add(new(LoadWord64, dst, Register.R6, (short)(8 * dice.Below(DataBytes / 8)), 0));
        int distance = Math.Min(1 + dice.Below(8), room - 2);
        program.Add(new((byte)(dice.Of(s_branches) ^ half), dst, default, (short)distance, 1 + dice.Below(1 << 8)));
    }

    private static bool IsBranch(Instruction i) => i.Class is InstructionClass.Jmp or InstructionClass.Jmp32 && i.Opcode != Opcodes.Exit;

    /// <summary>It leads neither into a wide instruction nor between a load and the branch that is about it.</summary>
    private static Instruction OutsideOfPairs(List<Instruction> program, Instruction branch, int pc)
    {
        int target = pc + 1 + branch.Offset;
        bool isWithin = target > pc + 1 && (program[target - 1].IsWide || IsBranch(program[target]));
        return isWithin ? branch with { Offset = (short)(branch.Offset + 1) } : branch;
    }

    /// <summary>Marsaglia's xorshift64: the same numbers on every machine and .NET.</summary>
    private sealed class Dice
    {
        private ulong _state = 0x9e3779b97f4a7c15;

        public int Next()
        {
            _state ^= _state << 13;
            _state ^= _state >> 7;
            _state ^= _state << 17;
            return (int)(_state >> 32);
        }

        public int Below(int limit) => (int)((ulong)(uint)Next() * (uint)limit >> 32);

        public T Of<T>(T[] of) => of[Below(of.Length)];
    }
}
