using System.Runtime.CompilerServices;

namespace BpfConformance.Abi.Instructions;

/// <summary>
/// The conformance groups of RFC 9669 section 2.4, in its order, then one group for each family of instructions
/// that came after it.
/// </summary>
public enum ConformanceGroup : byte
{
    Base32, Base64, Atomic32, Atomic64, Divmul32, Divmul64, Packet,
    AcquireRelease, MayGoto, AddressSpace, CallX,
}

/// <summary>The kernel's and LLVM's counting of instruction set versions (<c>-mcpu=v1</c> to <c>v4</c>).</summary>
public enum CpuVersion : byte
{
    V1 = 1,
    V2,
    V3,
    V4,
}

/// <summary>One form of instruction: the facts from which decoder, assembler, validation, generators and coverage derive.</summary>
/// <param name="Opcode">The whole opcode byte.</param>
/// <param name="Dst">Rule of the destination field.</param>
/// <param name="Src">Rule of the source field.</param>
/// <param name="Offset">Rule of the offset field.</param>
/// <param name="Immediate">Rule of the immediate field.</param>
/// <param name="NextImmediate">Rule of the second slot's immediate; <c>null</c> for a form of one slot.</param>
/// <param name="Name">Unique, as in <c>conformance/isa.csv</c>.</param>
/// <param name="Group">The conformance group that brings it.</param>
/// <param name="Since">The CPU version that brings it.</param>
/// <param name="Operation">What it does.</param>
/// <param name="Section">Section of RFC 9669, or the kernel source for what came later.</param>
public sealed record InstructionDef(
    byte Opcode,
    FieldRule Dst,
    FieldRule Src,
    FieldRule Offset,
    FieldRule Immediate,
    FieldRule? NextImmediate,
    string Name,
    ConformanceGroup Group,
    CpuVersion Since,
    Operation Operation,
    string Section)
{
    /// <summary>Position in <see cref="InstructionTable.Rows"/>, for tables that go row by row.</summary>
    public int Index { get; init; }

    public InstructionClass Class => (InstructionClass)(Opcode & 0x07);

    public bool IsWide => NextImmediate is not null;

    /// <summary>Whether it came after RFC 9669.</summary>
    public bool IsPostRfc => Group >= ConformanceGroup.AcquireRelease;

    /// <summary>Width of arithmetic and compares: the classes ALU64 and JMP are 64 bits wide (RFC 9669 section 3.3).</summary>
    public OperandWidth Width { get; } =
        (InstructionClass)(Opcode & 0x07) is InstructionClass.Alu64 or InstructionClass.Jmp ? OperandWidth.W64 : OperandWidth.W32;

    /// <summary>Size of a memory access, from the size field (RFC 9669 section 5); meaningless for other classes.</summary>
    public MemorySize Size { get; } = ((Opcode >> 3) & 3) switch
    {
        0 => MemorySize.Word,
        1 => MemorySize.Half,
        2 => MemorySize.Byte,
        _ => MemorySize.Double,
    };

    /// <summary>Whether arithmetic and jumps take their second operand from a register.</summary>
    public bool HasSourceRegister { get; } = (Opcode & Opcodes.SourceRegister) != 0;

    /// <summary>Whether an atomic writes the old value to a register (RFC 9669 section 5.3, FETCH).</summary>
    public bool IsFetch => Operation switch
    {
        Operation.AtomicXchg or Operation.AtomicCmpxchg => true,
        Operation.AtomicAdd or Operation.AtomicOr or Operation.AtomicAnd or Operation.AtomicXor =>
            (Immediate.Value & 1) != 0,
        _ => false,
    };

    /// <summary>Whether all fields of the (first) slot obey this form.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // it is asked of every slot, several times
    public bool Matches(in Instruction instruction) =>
        ((instruction.Bits ^ Fixed) & Mask) == 0 && instruction.Dst <= _maxDst && instruction.Src <= _maxSrc;

    public override string ToString() => Name;

    // The rules in a form that is quick to ask: bits that are fixed, and the highest number of a register.
    internal ulong Mask { get; } = new Instruction(byte.MaxValue, MaskOf(Dst), MaskOf(Src), (short)FixedMask(Offset), FixedMask(Immediate)).Bits;
    internal ulong Fixed { get; } = new Instruction(Opcode, (Register)(Dst.Value & 0xf), (Register)(Src.Value & 0xf), (short)Offset.Value, Immediate.Value).Bits;
    private readonly int _maxDst = MaxOf(Dst);
    private readonly int _maxSrc = MaxOf(Src);

    private static int FixedMask(FieldRule rule) => rule.Kind is FieldRuleKind.Zero or FieldRuleKind.Exactly ? -1 : 0;

    private static Register MaskOf(FieldRule rule) => (Register)(FixedMask(rule) & 0xf);

    private static int MaxOf(FieldRule rule) => rule.Kind switch
    {
        FieldRuleKind.AnyRegister => (int)Register.R10,
        FieldRuleKind.WritableRegister => (int)Register.R9,
        FieldRuleKind.Zero or FieldRuleKind.Any or FieldRuleKind.Exactly => 0xf,
    };
}
