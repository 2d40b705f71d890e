namespace BpfConformance.Abi.Instructions;

/// <summary>The low three bits of an opcode (RFC 9669 section 3.3).</summary>
public enum InstructionClass : byte
{
    Ld, Ldx, St, Stx, Alu, Jmp, Jmp32, Alu64,
}

/// <summary>Opcodes that code has to name; every other one is a row of <see cref="InstructionTable"/>.</summary>
public static class Opcodes
{
    public const byte LoadImm64 = 0x18;
    public const byte Ja = 0x05;
    public const byte Ja32 = 0x06;
    public const byte Call = 0x85;
    public const byte CallX = 0x8d;
    public const byte LoadMemory64 = 0x79;
    public const byte Exit = 0x95;
    public const byte MayGoto = 0xe5;
    public const byte AddImmediate64 = 0x07;
    public const byte AddRegister64 = 0x0f;
    public const byte SubtractImmediate64 = 0x17;
    public const byte MoveImmediate32 = 0xb4;
    public const byte MoveRegister32 = 0xbc;
    public const byte MoveImmediate64 = 0xb7;
    public const byte MoveRegister64 = 0xbf;
    public const byte JumpIfEqualImmediate64 = 0x15;

    /// <summary>The bit that says: source is a register (RFC 9669 section 4, <c>X</c>).</summary>
    public const byte SourceRegister = 0x08;
}
