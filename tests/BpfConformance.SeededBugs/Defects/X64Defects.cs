using BpfConformance.Abi.Instructions;
using BpfConformance.Jit.X64;
using static BpfConformance.Jit.X64.X64Register;

namespace BpfConformance.SeededBugs.Defects;

// Defects of the x86-64 compiler: other code stands beside the sound code, or bytes of that are changed where they stand, so that labels keep their places.

/// <summary>I02: unsigned comparisons zero-extend their immediate.</summary>
internal readonly struct ZeroExtendsImmediateX64 : IDefect<X64Compiler>
{
    public static void JumpIf(ref X64Compiler sound, JumpCondition condition, OperandWidth width, Register dst, Operand src, int target)
    {
        if (!Unsigned.Takes(condition, width, src))
        {
            sound.JumpIf(condition, width, dst, src, target);
            return;
        }

        ref Emitter code = ref Workspace.Current.Code;
        code.MoveImmediate(X64Registers.Scratch, (uint)src.Immediate);
        code.Alu(X64Alu.Cmp, wide: true, X64Registers.Of(dst), X64Registers.Scratch);
        sound.JumpWhen(X64Compiler.ConditionOf(condition), target);
    }
}

/// <summary>I03: a 32-bit division asks all of the divisor whether it is zero.</summary>
internal readonly struct TestsWholeDivisorX64 : IDefect<X64Compiler>
{
    public static void Alu(ref X64Compiler sound, AluOperation operation, OperandWidth width, Register dst, Operand src)
    {
        bool isDefective = operation == AluOperation.Div && width == OperandWidth.W32 && src.IsRegister;
        ref Emitter code = ref Workspace.Current.Code;
        if (isDefective) code.Test(wide: true, X64Registers.Of(src.Register), X64Registers.Of(src.Register));
        int start = code.Position;
        sound.Alu(operation, width, dst, src);
        if (isDefective) Bytes(start, DivisionCode.TestBytes(width, src)).Fill(DivisionCode.NoOperation);
    }

    private static Span<byte> Bytes(int start, int count) => EmittedBytes.From(start)[..count];
}

/// <summary>I11: the divisor −1 is left to the processor, which traps for the minimum.</summary>
internal readonly struct DividesByMinusOneX64 : IDefect<X64Compiler>
{
    public static void Alu(ref X64Compiler sound, AluOperation operation, OperandWidth width, Register dst, Operand src)
    {
        int start = Workspace.Current.Code.Position;
        sound.Alu(operation, width, dst, src);
        if (operation is not (AluOperation.SDiv or AluOperation.SMod) || !src.IsRegister) return;

        // test, je, cmp with −1, je: nothing is above −1.
        Span<byte> jump = EmittedBytes.From(start + DivisionCode.TestBytes(width, src) + DivisionCode.JumpBytes + DivisionCode.CompareBytes(width, src));
        jump[1] = DivisionCode.JumpIfAbove;
    }
}

/// <summary>I08: CMPXCHG leaves in r0 whether it stored.</summary>
internal readonly struct AnswersSuccessX64 : IDefect<X64Compiler>
{
    public static void Atomic(ref X64Compiler sound, AtomicOperation operation, bool fetch, MemorySize size, Register address, short offset, Register src)
    {
        sound.Atomic(operation, fetch, size, address, offset, src);
        if (operation != AtomicOperation.Cmpxchg) return;

        const int moveOneAndJump = 7;
        const int clear = 2;
        ref Emitter code = ref Workspace.Current.Code;
        code.JumpShort(X64Condition.NotEqual, moveOneAndJump);
        code.MoveImmediate(Rax, 1);
        code.JumpShort(X64Condition.Equal, clear); // a move keeps the flags
        code.MoveImmediate(Rax, 0);
    }
}

/// <summary>X09: a base that needs a displacement, r13, gets none.</summary>
internal readonly struct OmitsDisplacementX64 : IDefect<X64Compiler>
{
    private const Register InR13 = Register.R7;
    private const byte ModeBits = 0xc0;
    private const byte ShortDisplacement = 0x40;

    public static void Load(ref X64Compiler sound, MemorySize size, bool signExtend, Register dst, Register address, short offset)
    {
        sound.Load(size, signExtend, dst, address, offset);
        if (address == InR13 && offset == 0) OmitBefore(immediateBytes: 0);
    }

    public static void Store(ref X64Compiler sound, MemorySize size, Register address, short offset, Operand value)
    {
        sound.Store(size, address, offset, value);
        if (address == InR13 && offset == 0) OmitBefore(value.IsRegister ? 0 : Math.Min((int)size, sizeof(int)));
    }

    /// <summary>With another mode the same bytes mean rip and a displacement of four bytes.</summary>
    private static void OmitBefore(int immediateBytes)
    {
        Span<byte> code = EmittedBytes.From(0);
        ref byte modRm = ref code[^(2 + immediateBytes)];
        if ((modRm & ModeBits) == ShortDisplacement) modRm &= 0x3f;
    }
}

/// <summary>X11: byte swaps of the processor's upper eight registers lack REX.B, and be16 clears nothing.</summary>
internal readonly struct SwapsWrongRegisterX64 : IDefect<X64Compiler>
{
    private const byte RexBase = 1;

    public static void ByteSwap(ref X64Compiler sound, ByteSwapOperation operation, int bits, Register dst)
    {
        ref Emitter code = ref Workspace.Current.Code;
        int start = code.Position;
        if (operation != ByteSwapOperation.ToLittleEndian && bits == 16)
        {
            code.SwapLowBytes(X64Registers.Of(dst));
            return;
        }

        sound.ByteSwap(operation, bits, dst);
        bool isUpper = operation != ByteSwapOperation.ToLittleEndian && X64Registers.Of(dst) >= R8;
        if (isUpper) EmittedBytes.From(start)[0] &= unchecked((byte)~RexBase);
    }
}

/// <summary>X12: a byte store of rsi, rdi or rbp lacks REX, and stores dh, bh or ch.</summary>
internal readonly struct StoresHighByteX64 : IDefect<X64Compiler>
{
    private const byte Rex = 0x40;
    private const byte StoreByte = 0x88;

    /// <summary>A prefix that means nothing in 64-bit mode.</summary>
    private const byte SegmentOfData = 0x3e;

    public static void Store(ref X64Compiler sound, MemorySize size, Register address, short offset, Operand value)
    {
        int start = Workspace.Current.Code.Position;
        sound.Store(size, address, offset, value);
        if (size != MemorySize.Byte || !value.IsRegister || X64Registers.Of(value.Register) is not (Rsi or Rdi or Rbp)) return;
        Span<byte> code = EmittedBytes.From(start);
        int at = code.LastIndexOf([Rex, StoreByte]);
        if (at >= 0) code[at] = SegmentOfData;
    }
}

/// <summary>X15: a helper that wants its stack aligned is called on one that is not.</summary>
internal readonly struct MisalignsStackX64 : IDefect<X64Compiler>
{
    /// <summary>movaps [rsp], xmm0: what such a helper does first.</summary>
    private const ulong StoreAligned = 0x2404290f;

    public static void CallHelper(ref X64Compiler sound, int helper)
    {
        ref Emitter code = ref Workspace.Current.Code;
        code.Alu(X64Alu.And, wide: true, Rsp, -16);
        code.Alu(X64Alu.Sub, wide: true, Rsp, sizeof(ulong));
        code.Put(StoreAligned, sizeof(int));
        sound.CallHelper(helper);
    }
}

/// <summary>A01: two words shifted by 0 mix, as the processor takes 32 − 0 modulo 32.</summary>
internal readonly struct MixesWordsX64 : IDefect<X64Compiler>
{
    public static void Alu(ref X64Compiler sound, AluOperation operation, OperandWidth width, Register dst, Operand src)
    {
        bool isShift = operation is AluOperation.Lsh or AluOperation.Rsh or AluOperation.Arsh;
        if (!isShift || width == OperandWidth.W32 || (!src.IsRegister && (src.Immediate & 63) != 0))
        {
            sound.Alu(operation, width, dst, src);
            return;
        }

        ref Emitter code = ref Workspace.Current.Code;
        CodeLayout layout = Workspace.Current.Layout;
        (int shifts, int done) = (layout.NewLabel(), layout.NewLabel());
        if (src.IsRegister)
        {
            code.Test(wide: true, X64Registers.Of(src.Register), 63);
            layout.JumpIf(ref code, X64Condition.NotEqual, shifts);
        }

        code.Move(wide: true, X64Registers.Scratch, X64Registers.Of(dst));
        code.Shift(operation == AluOperation.Lsh ? X64Shift.Shl : X64Shift.Shr, wide: true, X64Registers.Scratch, 32);
        code.Alu(X64Alu.Or, wide: true, X64Registers.Of(dst), X64Registers.Scratch);
        layout.Jump(ref code, done);
        layout.Put(shifts, code);
        sound.Alu(operation, width, dst, src);
        layout.Put(done, code);
    }
}

/// <summary>A04: loads of less than 64 bits keep the upper half.</summary>
internal readonly struct LoadsLowHalfX64 : IDefect<X64Compiler>
{
    public static void Load(ref X64Compiler sound, MemorySize size, bool signExtend, Register dst, Register address, short offset)
    {
        UpperHalf.Save(dst);
        sound.Load(size, signExtend, dst, address, offset);
        if (size != MemorySize.Double && !signExtend) UpperHalf.Restore(dst);
    }
}

/// <summary>A08: 32-bit results keep the upper half.</summary>
internal readonly struct KeepsUpperHalfX64 : IDefect<X64Compiler>
{
    public static void Alu(ref X64Compiler sound, AluOperation operation, OperandWidth width, Register dst, Operand src)
    {
        bool isDefective = width == OperandWidth.W32 && AddSubNegShift.Has(operation);
        if (isDefective) UpperHalf.Save(dst);
        sound.Alu(operation, width, dst, src);
        if (isDefective) UpperHalf.Restore(dst);
    }
}

/// <summary>A06: the second word of 64 bits lies four bytes further, which a displacement of 8 bits need not reach.</summary>
internal readonly struct WrapsDisplacementX64 : IDefect<X64Compiler>
{
    private const int WordBytes = sizeof(uint);

    public static void Load(ref X64Compiler sound, MemorySize size, bool signExtend, Register dst, Register address, short offset)
    {
        bool isDefective = size == MemorySize.Double && offset <= sbyte.MaxValue && offset + WordBytes > sbyte.MaxValue;
        ref Emitter code = ref Workspace.Current.Code;
        if (isDefective) code.Store(sizeof(ulong), MachineField.Divisor, X64Registers.Of(address));
        sound.Load(size, signExtend, dst, address, offset);
        if (!isDefective) return;

        X64Register loaded = X64Registers.Of(dst);
        code.Load(sizeof(ulong), signed: false, X64Registers.Scratch, MachineField.Divisor);
        code.Load(WordBytes, signed: false, X64Registers.Scratch, new X64Memory(X64Registers.Scratch, unchecked((sbyte)(offset + WordBytes))));
        code.Shift(X64Shift.Shl, wide: true, X64Registers.Scratch, 32);
        code.Move(wide: false, loaded, loaded);
        code.Alu(X64Alu.Or, wide: true, loaded, X64Registers.Scratch);
    }
}
