namespace BpfConformance.Abi.Instructions;

/// <summary>The few instructions that code around programs is made of: prologues, epilogues, probes, dumps.</summary>
public static class Code
{
    public static Instruction Exit => new(Opcodes.Exit, 0, 0, 0);

    public static Instruction MoveImmediate(Register dst, int immediate) => new(0xb7, dst, default, 0, immediate);

    public static Instruction Move(Register dst, Register src) => new(0xbf, dst, src, 0, 0);

    /// <summary><c>*(u64 *)(address + offset) = immediate</c></summary>
    public static Instruction StoreImmediate(Register address, short offset, int immediate) =>
        new(0x7a, address, default, offset, immediate);

    /// <summary><c>*(u64 *)(address + offset) = src</c></summary>
    public static Instruction Store(Register address, short offset, Register src) => new(0x7b, address, src, offset, 0);

    /// <summary><c>dst = *(address + offset)</c> of one, two, four or eight bytes.</summary>
    public static Instruction Load(int bytes, Register dst, Register address, int offset) => new(Sized(0x61, bytes), dst, address, (short)offset, 0);

    /// <summary><c>*(address + offset) = src</c> of one, two, four or eight bytes.</summary>
    public static Instruction Store(int bytes, Register address, int offset, Register src) => new(Sized(0x63, bytes), address, src, (short)offset, 0);

    public static Instruction Add(Register dst, int immediate) => new(0x07, dst, default, 0, immediate);

    public static Instruction Subtract(Register dst, Register src) => new(0x1f, dst, src, 0, 0);

    public static Instruction JumpIfGreater(Register left, Register right, int distance) => new(0x2d, left, right, (short)distance, 0);

    public static Instruction JumpIfEqual(Register left, Register right, int distance) => new(0x1d, left, right, (short)distance, 0);

    public static Instruction Jump(short distance) => new(Opcodes.Ja, 0, distance, 0);

    public static Instruction LongJump(int distance) => new(Opcodes.Ja32, 0, 0, distance);

    /// <summary>The two slots that load a number of 64 bits.</summary>
    public static Instruction[] Number(Register dst, ulong value) => [new(Opcodes.LoadImm64, dst, default, 0, (int)value), new(0, default, default, 0, (int)(value >> 32))];

    /// <summary>The two slots that load an address in the first value of the map with that index.</summary>
    public static Instruction[] MapValue(Register dst, int mapIndex, int offset = 0) =>
    [
        new(Opcodes.LoadImm64, dst, (Register)LoadImm64Source.MapValueByIndex, 0, mapIndex),
        new(0, default, default, 0, offset),
    ];

    /// <summary>RFC 9669 section 5: bits 3 and 4 of a load or store say how many bytes; the opcode given is that of four.</summary>
    private static byte Sized(byte opcode, int bytes) => (byte)(opcode | bytes switch { 1 => 0x10, 2 => 0x08, 4 => 0x00, _ => 0x18 });
}
