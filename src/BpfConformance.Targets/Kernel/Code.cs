using BpfConformance.Abi.Instructions;

namespace BpfConformance.Targets.Kernel;

/// <summary>The few instructions that prologues, epilogues and probes are made of.</summary>
internal static class Code
{
    public static Instruction Exit => new(Opcodes.Exit, 0, 0, 0);

    public static Instruction MoveImmediate(Register dst, int immediate) => new(0xb7, dst, default, 0, immediate);

    public static Instruction Move(Register dst, Register src) => new(0xbf, dst, src, 0, 0);

    /// <summary><c>*(u64 *)(address + offset) = immediate</c></summary>
    public static Instruction StoreImmediate(Register address, short offset, int immediate) =>
        new(0x7a, address, default, offset, immediate);

    /// <summary><c>*(u64 *)(address + offset) = src</c></summary>
    public static Instruction Store(Register address, short offset, Register src) => new(0x7b, address, src, offset, 0);

    public static Instruction Jump(short distance) => new(Opcodes.Ja, 0, distance, 0);

    public static Instruction LongJump(int distance) => new(Opcodes.Ja32, 0, 0, distance);

    /// <summary>The two slots that load an address in the first value of the map with that index.</summary>
    public static Instruction[] MapValue(Register dst, int mapIndex, int offset = 0) =>
    [
        new(Opcodes.LoadImm64, dst, (Register)LoadImm64Source.MapValueByIndex, 0, mapIndex),
        new(0, default, default, 0, offset),
    ];
}
