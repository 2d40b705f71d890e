using BpfConformance.Abi.Instructions;

namespace BpfConformance.Tests.Jit;

/// <summary>
/// Programs that reach memory and stacks, mostly within bounds, through r6 to r9, which are copied, moved and taken apart; r0 to
/// r5 compute, and never hold an address. Some call a function with pointers to both.
/// </summary>
internal sealed class AccessPrograms(Random random)
{
    public const int DataBytes = 600;

    private const int Numbers = 6;

    private readonly List<Instruction> _slots = [];

    /// <summary>How far accesses of one program lie from each other: close ones are proven together.</summary>
    private int _spread;

    public Instruction[] Next()
    {
        _slots.Clear();
        _spread = random.Next(3) switch { 0 => 24, 1 => 128, _ => DataBytes };
        Add(0xbf, 9, 1);
        for (int r = 0; r < Numbers; r++) Add(0x79, r, 9, 8 * r);
        Pointers(9, 10, 9);
        Add(0x07, 7, 0, 0, random.Next(-512, -300));
        for (int n = random.Next(1, 4); n > 0; n--) Block();
        if (random.Next(3) == 0) CallFunction();
        else Add(0x95, 0, 0);
        return [.. _slots];
    }

    private void CallFunction()
    {
        Add(0xbf, 1, 6);
        Add(0xbf, 2, 7);
        Add(0x85, 0, 1);
        int call = _slots.Count - 1;
        for (int r = 1; r < Numbers; r++) Add(0xb7, r, 0, 0, r); // a call leaves nothing there to rely on
        Block();
        Add(0x95, 0, 0);
        _slots[call] = _slots[call] with { Immediate = _slots.Count - call - 1 };
        Add(0xbf, 9, 1);
        Pointers(1, 2, 10);
        Add(0x07, 8, 0, 0, random.Next(-512, -300));
        for (int r = 0; r < Numbers; r++) Add(0xb7, r, 0, 0, random.Next(100));
        for (int n = random.Next(1, 3); n > 0; n--) Block();
        Add(0x95, 0, 0);
    }

    private void Pointers(int r6, int r7, int r8)
    {
        Add(0xbf, 6, r6);
        Add(0xbf, 7, r7);
        Add(0xbf, 8, r8);
    }

    /// <summary>A few instructions, some of which are jumped over, or done again.</summary>
    private void Block()
    {
        int first = _slots.Count;
        int count = random.Next(2, 10);
        int over = random.Next(4) == 0 ? random.Next(count) : -1;
        for (int n = 0; n < count; n++)
        {
            if (n == over) Add(0x25, random.Next(Numbers), 0, 1, random.Next(100)); // if r > n
            if (n == over) One();
            else Few();
        }

        if (random.Next(6) != 0) return;
        Add(0x57, 5, 0, 0, 3);
        Add(0x07, 5, 0, 0, -1);
        Add(0x65, 5, 0, first - _slots.Count - 1, 0); // if r5 s> 0
    }

    private void Few()
    {
        switch (random.Next(14))
        {
            case 0:
                (int copy, int original) = (Pointer(), random.Next(6, 11));
                Add(0xbf, copy, original);
                if (original == 10) Add(0x07, copy, 0, 0, random.Next(-512, -200));
                break;
            case 1: // the same pointer, by way of a difference
                (int to, int from, int other) = (random.Next(6, 8), Pointer(), random.Next(8, 10));
                Add(0xbf, to, from);
                if (to != other) Add(0x1f, to, other);
                if (to != other) Add(0x0f, to, other);
                break;
            case 2: // by a number that is known only when it runs
                Add(0x57, 5, 0, 0, 31);
                Add(0x0f, Pointer(), 5);
                break;
            case 3: Add(0x07, Pointer(), 0, 0, random.Next(20) == 0 ? random.Next(-50000, 50000) : random.Next(-40, 41)); break;
            case 4: // r10, a number, and a register that may be another afterwards
                int sum = Pointer();
                Add(0x57, 5, 0, 0, random.Next(10) == 0 ? 4095 : 255);
                Add(0xbf, sum, 10);
                Add(0x07, sum, 0, 0, random.Next(-512, -300));
                Add(0x0f, sum, 5);
                if (random.Next(3) == 0) Compute(5);
                break;
            default: One(); break;
        }
    }

    private void One()
    {
        int size = 1 << random.Next(4);
        int pointer = random.Next(6) == 0 ? 10 : Pointer();
        int offset = pointer == 10 ? -random.Next(size, 512) : random.Next(20) == 0 ? random.Next(-_spread, _spread) : random.Next(_spread / 2);
        int sizeBits = size switch { 1 => 0x10, 2 => 0x08, 4 => 0x00, _ => 0x18 };
        int number = random.Next(Numbers);
        switch (random.Next(10))
        {
            case 0 or 1 or 2: Add(0x61 + sizeBits, number, pointer, offset); break;
            case 3 when size < 8: Add(0x81 + sizeBits, number, pointer, offset); break;
            case 3 or 4 or 5: Add(0x63 + sizeBits, pointer, number, offset); break;
            case 6: Add(0x62 + sizeBits, pointer, 0, offset, random.Next(-1000, 1000)); break;
            case 7: Atomic(pointer, number, offset); break;
            default: Compute(number); break;
        }
    }

    private void Atomic(int pointer, int number, int offset)
    {
        int[] operations = [0x00, 0x01, 0x40, 0x41, 0x50, 0x51, 0xa0, 0xa1, 0xe1, 0xf1, 0x100, 0x110];
        int size = random.Next(2) == 0 ? 8 : 4;
        if (random.Next(10) != 0) offset &= -size; // where the pointer is a multiple, too
        int operation = operations[random.Next(operations.Length)];
        (int dst, int src) = operation == 0x100 ? (number, pointer) : (pointer, number);
        Add(size == 8 ? 0xdb : 0xc3, dst, src, offset, operation);
    }

    private void Compute(int number)
    {
        int[] operations = [0x0f, 0x1c, 0x2f, 0x3f, 0x9c, 0x3c, 0x9f, 0xaf, 0x6f, 0x7c];
        Add(operations[random.Next(operations.Length)], number, random.Next(Numbers));
    }

    private int Pointer() => random.Next(6, 10);

    private void Add(int opcode, int dst, int src, int offset = 0, int immediate = 0) =>
        _slots.Add(new Instruction((byte)opcode, (Register)dst, (Register)src, (short)offset, immediate));
}
