using System.Buffers.Binary;
using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Engine.Generation.Sweep;

/// <summary>
/// What the programs of a sweep are given as memory, and leave in it: the values of r0 to r9, and four words to access, of which the middle two are the operand and
/// the outer two show an access that reaches too far. Around the instruction stands code that loads all of it, and code that stores all of it.
/// </summary>
internal static class RegisterFile
{
    /// <summary>Bytes of the memory.</summary>
    public const int Bytes = WordsOffset + WordsBytes;

    private const int Registers = 10;
    private const int WordsOffset = Registers * sizeof(ulong);
    private const int Words = 4;
    private const int WordsBytes = Words * sizeof(ulong);

    // Below the frame pointer.
    private const short Memory = -8;
    private const short KeptR9 = -16;
    private const short StackWords = -16 - WordsBytes;
    private const short Mark = StackWords - 8;

    /// <summary>Bytes from the frame pointer to where accesses of the stack are made from: its third word.</summary>
    public const int StackAddress = StackWords + 16;

    private const int MemoryAddress = WordsOffset + 16;

    /// <summary>What other registers than those of the instruction hold: bytes that say which, and halves that differ.</summary>
    private const ulong Filler = 0x1000_0000_a5a5_0001;

    private const ulong Guard = 0xa5a5_a5a5_a5a5_a5a5;

    /// <summary>Loads the registers, and an address into one of them.</summary>
    /// <param name="slots">Take it.</param>
    /// <param name="address">Which; <c>null</c>: none.</param>
    /// <param name="isStack">Whether that is one of the stack.</param>
    public static void AddLoad(ImmutableArray<Instruction>.Builder slots, Register? address, bool isStack)
    {
        slots.Add(Code.Store(Register.R10, Memory, Register.R1));
        slots.Add(Code.StoreImmediate(Register.R10, Mark, 0));
        if (isStack) AddCopy(slots, Register.R1, WordsOffset, Register.R10, StackWords);
        slots.Add(Code.Move(Register.R9, Register.R1));
        for (int r = 0; r < Registers; r++) slots.Add(Code.Load(sizeof(ulong), (Register)r, Register.R9, r * sizeof(ulong)));
        if (address is not { } register || register == Register.R10) return;
        slots.Add(isStack ? Code.Move(register, Register.R10) : Code.Load(sizeof(ulong), register, Register.R10, Memory));
        slots.Add(Code.Add(register, isStack ? StackAddress : MemoryAddress));
    }

    /// <summary>Stores the registers, and returns the mark.</summary>
    /// <param name="slots">Take it.</param>
    /// <param name="isStack">Whether the words are on the stack.</param>
    /// <param name="isAfterCall">Whether r1 to r5 hold nothing.</param>
    public static void AddStore(ImmutableArray<Instruction>.Builder slots, bool isStack, bool isAfterCall)
    {
        slots.Add(Code.Store(Register.R10, KeptR9, Register.R9));
        slots.Add(Code.Load(sizeof(ulong), Register.R9, Register.R10, Memory));
        for (int r = 0; r < (int)Register.R9; r++)
        {
            if (!isAfterCall || r is 0 or > 5) slots.Add(Code.Store(Register.R9, (short)(r * sizeof(ulong)), (Register)r));
        }

        slots.Add(Code.Load(sizeof(ulong), Register.R0, Register.R10, KeptR9));
        slots.Add(Code.Store(Register.R9, 9 * sizeof(ulong), Register.R0));
        if (isStack) AddCopy(slots, Register.R10, StackWords, Register.R9, WordsOffset);
        slots.Add(Code.Load(sizeof(ulong), Register.R0, Register.R10, Mark));
        slots.Add(Code.Exit);
    }

    /// <summary>Leaves a mark, which a jump over it does not.</summary>
    public static Instruction SetMark { get; } = Code.StoreImmediate(Register.R10, Mark, 1);

    /// <summary>A jump to the slot behind the next, which is never taken: what jumps over something for ever must not be alone in leading there.</summary>
    public static Instruction JumpNever { get; } = new(Opcodes.JumpIfEqualImmediate64, Register.R9, default, 1, 0);

    /// <summary>The memory with two values in it.</summary>
    /// <param name="point">The instruction: which registers hold them.</param>
    /// <param name="dst">In the destination, or in r0 and the operand of an access.</param>
    /// <param name="src">In the source.</param>
    public static byte[] Image(in SweepPoint point, ulong dst, ulong src)
    {
        var memory = new byte[Bytes];
        for (int r = 0; r < Registers; r++) Set(memory, r, Filler * (ulong)(r + 1));
        Set(memory, 0, dst); // what exit returns, and what cmpxchg compares with
        if (point.Instruction.Src < Registers && point.Row.Src.NamesRegister) Set(memory, point.Instruction.Src, src);
        if (point.Instruction.Dst < Registers && point.Row.Dst.NamesRegister) Set(memory, point.Instruction.Dst, dst);
        if (SweepCalls.NeedsMaps(point.Row)) Set(memory, (int)SweepCalls.KeyRegister, dst);
        ReadOnlySpan<ulong> words = [Guard, dst, src, Guard];
        for (int word = 0; word < Words; word++) Set(memory, Registers + word, words[word]);
        return memory;
    }

    private static void Set(byte[] memory, int word, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(memory.AsSpan(word * sizeof(ulong)), value);

    private static void AddCopy(ImmutableArray<Instruction>.Builder slots, Register from, int fromOffset, Register to, int toOffset)
    {
        for (int at = 0; at < WordsBytes; at += sizeof(ulong))
        {
            slots.Add(Code.Load(sizeof(ulong), Register.R0, from, fromOffset + at));
            slots.Add(Code.Store(to, (short)(toOffset + at), Register.R0));
        }
    }
}
