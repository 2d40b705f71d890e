namespace BpfConformance.Abi.Instructions;

/// <summary>What a row does, spelled as RFC 9669 does; width, size and source follow from the opcode.</summary>
public enum Operation : byte
{
    // Arithmetic (section 4.1)
    Add, Sub, Mul, Div, SDiv, Or, And, Lsh, Rsh, Neg, Mod, SMod, Xor, Mov, MovSx, Arsh,
    // Byte swap (section 4.2)
    ToLittleEndian, ToBigEndian, Swap,
    // Jumps (section 4.3)
    Ja, Jeq, Jgt, Jge, Jset, Jne, Jsgt, Jsge, Jlt, Jle, Jslt, Jsle,
    CallHelper, CallLocal, CallKernel, Exit,
    // Loads and stores (section 5)
    Load, LoadSigned, StoreImmediate, Store,
    AtomicAdd, AtomicOr, AtomicAnd, AtomicXor, AtomicXchg, AtomicCmpxchg,
    LoadImm64, LegacyAbsolute, LegacyIndirect,
    // After the RFC
    LoadAcquire, StoreRelease, MayGoto, AddressSpaceCast, CallRegister,
}

/// <summary>The arithmetic that has two operands of one width; <see cref="Neg"/> and <see cref="Mov"/> use only one of them.</summary>
public enum AluOperation : byte
{
    Add, Sub, Mul, Div, SDiv, Or, And, Lsh, Rsh, Neg, Mod, SMod, Xor, Mov, Arsh,
}

/// <summary>RFC 9669 section 4.2.</summary>
public enum ByteSwapOperation : byte
{
    ToLittleEndian, ToBigEndian, Swap,
}

/// <summary>The conditions of RFC 9669 section 4.3; JSET is "any common bit".</summary>
public enum JumpCondition : byte
{
    Jeq, Jgt, Jge, Jset, Jne, Jsgt, Jsge, Jlt, Jle, Jslt, Jsle,
}

/// <summary>RFC 9669 section 5.3.</summary>
public enum AtomicOperation : byte
{
    Add, Or, And, Xor, Xchg, Cmpxchg,
}

/// <summary>What the 64 bits of a wide instruction stand for: its source field (RFC 9669 section 5.4).</summary>
public enum LoadImm64Source : byte
{
    Immediate, MapByFd, MapValueByFd, Variable, Code, MapByIndex, MapValueByIndex,
}

/// <summary>Bits of an arithmetic or compare operation.</summary>
public enum OperandWidth : byte
{
    W32 = 32,
    W64 = 64,
}

/// <summary>Bytes of a memory access (RFC 9669 section 5: B, H, W, DW).</summary>
public enum MemorySize : byte
{
    Byte = 1,
    Half = 2,
    Word = 4,
    Double = 8,
}

/// <summary>The second operand of arithmetic and conditional jumps: a register, or a 32-bit immediate that 64-bit operations sign-extend.</summary>
public readonly record struct Operand(bool IsRegister, Register Register, int Immediate);
