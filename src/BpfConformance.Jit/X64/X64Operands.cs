namespace BpfConformance.Jit.X64;

/// <summary>The eight operations of one encoding (Intel SDM volume 2, ADD … CMP): the number is the opcode's, and the digit of the immediate forms.</summary>
internal enum X64Alu : byte
{
    Add, Or, Adc, Sbb, And, Sub, Xor, Cmp,
}

/// <summary>Shifts and rotations by the digit of their encoding (group 2).</summary>
internal enum X64Shift : byte
{
    Rol = 0, Ror = 1, Shl = 4, Shr = 5, Sar = 7,
}

/// <summary>The operations of group 3 by their digit.</summary>
internal enum X64Unary : byte
{
    Not = 2, Neg = 3, Mul = 4, Div = 6, IDiv = 7,
}

/// <summary>Conditions by the low four bits of their opcodes.</summary>
internal enum X64Condition : byte
{
    Carry = 2, NotCarry = 3, Equal = 4, NotEqual = 5, BelowOrEqual = 6, Above = 7, Sign = 8, NotSign = 9,
    Less = 12, GreaterOrEqual = 13, LessOrEqual = 14, Greater = 15,
}

/// <summary>An operand in memory: a base register and a displacement, or two registers and a displacement.</summary>
/// <param name="Base">The register.</param>
/// <param name="Displacement">Added to it.</param>
/// <param name="Index">Added, too; rsp, which no encoding can have here, is none.</param>
internal readonly record struct X64Memory(X64Register Base, int Displacement, X64Register Index = X64Register.Rsp)
{
    /// <summary>By how many bits the index is shifted to the left: at most three.</summary>
    public int IndexShift { get; init; }
}
