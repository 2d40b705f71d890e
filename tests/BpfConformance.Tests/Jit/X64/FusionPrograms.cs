using BpfConformance.Abi.Instructions;

namespace BpfConformance.Tests.Jit.X64;

/// <summary>
/// Programs full of what the compiler makes one instruction of, and of what only looks like it: rotations of the four shapes,
/// sums into third registers with a load and without, jumps over jumps. r9 points to memory, r0 to r8 compute. Jumps lead
/// forward, now and then into the middle of such a group.
/// </summary>
internal sealed class FusionPrograms(Random random)
{
    public const int DataBytes = 128;

    private const int Computing = 9;

    private readonly List<Instruction> _slots = [];

    public Instruction[] Next()
    {
        _slots.Clear();
        Add(0xbf, 9, 1);
        for (int r = 0; r < Computing; r++) Add(0x79, r, 9, 8 * r);
        for (int n = random.Next(1, 6); n > 0; n--) Group();
        // r0 shows one more register; the others are shown, or not.
        Add(0xbf, 0, random.Next(Computing));
        Add(0x95, 0, 0);
        return [.. _slots];
    }

    private void Group()
    {
        switch (random.Next(4))
        {
            case 0: JumpIntoTheNext(slots: 4); Rotation(); break;
            case 1: JumpIntoTheNext(slots: 2); Sum(); break;
            case 2: Address(); break;
            default: JumpIntoTheNext(slots: 2); JumpOverJump(); break;
        }

        // Somewhere for jumps to lead, and readers of what may have been left out.
        for (int n = 0; n < 4; n++) Add(random.Next(2) == 0 ? 0x0f : 0xac, random.Next(Computing), random.Next(Computing));
    }

    private void JumpIntoTheNext(int slots)
    {
        if (random.Next(3) == 0) Add(0x15, random.Next(Computing), 0, random.Next(1, slots), random.Next(-2, 3)); // if r == n
    }

    private void Rotation()
    {
        bool wide = random.Next(2) == 0;
        (int move, int left, int right, int or) = wide ? (0xbf, 0x67, 0x77, 0x4f) : (0xbc, 0x64, 0x74, 0x4c);
        (int t, int x) = (random.Next(Computing), random.Next(Computing));
        int bits = wide ? 64 : 32;
        int count = random.Next(bits + 1);
        int rest = random.Next(8) == 0 ? random.Next(bits) : bits - count;
        bool leftFirst = random.Next(2) == 0;
        int y = random.Next(2) == 0 ? x : random.Next(Computing);
        Add(move, t, x);
        Add(leftFirst ? left : right, t, 0, 0, count);
        if (y != x || random.Next(8) == 0) Add(move, y, x);
        Add(leftFirst ? right : left, y, 0, 0, rest);
        Add(or, y, random.Next(10) == 0 ? x : t);
    }

    /// <summary>Of two numbers, or of one with itself, or with one that is known.</summary>
    private void Sum()
    {
        int sum = random.Next(Computing);
        Add(0xbf, sum, random.Next(Computing));
        if (random.Next(2) == 0) Add(0x0f, sum, random.Next(3) == 0 ? sum : random.Next(Computing));
        else Add(0x07, sum, 0, 0, random.Next(2) == 0 ? random.Next() : random.Next(-200, 200));
    }

    /// <summary>
    /// An address and a number, to the edges of an offset and beyond its own, or an address and a register; and what is there. Who
    /// jumps into it has an address, too, as what is none here may be one on another machine; and none is left.
    /// </summary>
    private void Address()
    {
        (int sum, int into, int index) = (random.Next(Computing), random.Next(Computing), random.Next(Computing));
        bool isKnown = index == sum || random.Next(2) == 0;
        int far = !isKnown ? 0 : random.Next(3) == 0 ? random.Next(-30000, 30000) : random.Next(DataBytes - 8);
        Add(0x57, index, 0, 0, 63);
        Add(0xbf, sum, 9);
        JumpIntoTheNext(slots: 4);
        Add(0xbf, sum, 9);
        if (isKnown) Add(0x07, sum, 0, 0, far);
        else Add(0x0f, sum, index);
        Load(into, sum, random.Next(isKnown ? DataBytes - 8 : 32) - far);
        Add(0xb7, sum, 0, 0, 5);
    }

    private void Load(int dst, int address, int offset)
    {
        int[] loads = [0x61, 0x69, 0x71, 0x79, 0x81, 0x89, 0x91];
        Add(loads[random.Next(loads.Length)], dst, address, offset);
    }

    private void JumpOverJump()
    {
        int[] conditions = [0x15, 0x25, 0x35, 0x45, 0x55, 0x65, 0x75, 0xa5, 0xb5, 0xc5, 0xd5];
        int condition = conditions[random.Next(conditions.Length)];
        bool narrow = random.Next(2) == 0;
        bool fromRegister = random.Next(2) == 0;
        int opcode = condition + (narrow ? 1 : 0) + (fromRegister ? 8 : 0);
        Add(opcode, random.Next(Computing), fromRegister ? random.Next(Computing) : 0, 1, fromRegister ? 0 : random.Next(-3, 4));
        int distance = random.Next(3);
        if (random.Next(2) == 0) Add(0x05, 0, 0, distance);
        else Add(0x06, 0, 0, 0, distance);
    }

    private void Add(int opcode, int dst, int src, int offset = 0, int immediate = 0) =>
        _slots.Add(new Instruction((byte)opcode, (Register)dst, (Register)src, (short)offset, immediate));
}
