using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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
internal readonly record struct X64Memory(X64Register Base, int Displacement, X64Register? Index = null);

/// <summary>
/// Writes instructions into a growing buffer, in the shortest form of their operands: without REX.W where the upper half is
/// cleared anyway, with 8-bit displacements and immediates where they fit.
/// </summary>
internal unsafe struct Emitter
{
    /// <summary>More than what any instruction of a program, or what stands beside its code, takes.</summary>
    private const int ReservedBytes = 256;

    /// <summary>A field that names no register must be zero.</summary>
    private const X64Register Unused = X64Register.Rax;

    private byte* _start;
    private byte* _at;
    private byte* _end;

    /// <summary>Bytes written.</summary>
    public readonly int Position => (int)(_at - _start);

    public readonly ReadOnlySpan<byte> Code => new(_start, Position);

    public readonly byte* Bytes => _start;

    /// <summary>Begins again at the start of the buffer.</summary>
    public void Clear() => _at = _start;

    /// <summary>Makes room, once for each instruction of a program: the methods below do not ask.</summary>
    public void Reserve()
    {
        if (_end - _at < ReservedBytes) Grow();
    }

    public void Free()
    {
        NativeMemory.Free(_start);
        _start = _at = _end = null;
    }

    /// <summary>op dst, src.</summary>
    public void Alu(X64Alu operation, bool wide, X64Register dst, X64Register src) =>
        Direct(wide, (byte)(((int)operation << 3) | 1), src, dst);

    /// <summary>op dst, immediate.</summary>
    public void Alu(X64Alu operation, bool wide, X64Register dst, int immediate)
    {
        bool isShort = immediate == (sbyte)immediate;
        Direct(wide, (byte)(isShort ? 0x83 : 0x81), (X64Register)operation, dst);
        Immediate(immediate, isShort);
    }

    /// <summary>op [memory], immediate.</summary>
    public void Alu(X64Alu operation, bool wide, X64Memory memory, int immediate)
    {
        bool isShort = immediate == (sbyte)immediate;
        Indirect(wide, (byte)(isShort ? 0x83 : 0x81), (X64Register)operation, memory);
        Immediate(immediate, isShort);
    }

    /// <summary>op dst, [memory].</summary>
    public void Alu(X64Alu operation, bool wide, X64Register dst, X64Memory memory) =>
        Indirect(wide, (byte)(((int)operation << 3) | 3), dst, memory);

    public void Test(bool wide, X64Register a, X64Register b) => Direct(wide, 0x85, b, a);

    public void Test(bool wide, X64Register register, int immediate)
    {
        Direct(wide, 0xf7, Unused, register);
        Int32(immediate);
    }

    public void Move(bool wide, X64Register dst, X64Register src) => Direct(wide, 0x89, src, dst);

    /// <summary>dst = 64 bits, in the shortest of four forms. Changes flags.</summary>
    public void MoveImmediate(X64Register dst, ulong value)
    {
        if (value == 0)
        {
            Alu(X64Alu.Xor, wide: false, dst, dst);
        }
        else if (value <= uint.MaxValue)
        {
                Rex(wide: false, Unused, Unused, dst);
            Byte(0xb8 | ((int)dst & 7));
            Int32((int)value);
        }
        else if ((long)value == (int)value)
        {
            Direct(wide: true, 0xc7, Unused, dst);
            Int32((int)value);
        }
        else
        {
                Rex(wide: true, Unused, Unused, dst);
            Byte(0xb8 | ((int)dst & 7));
            Unsafe.WriteUnaligned(_at, value);
            _at += sizeof(ulong);
        }
    }

    public void LoadAddress(X64Register dst, X64Memory memory) => Indirect(wide: true, 0x8d, dst, memory);

    /// <summary>op dst: NOT … IDIV; the last three work on rdx:rax.</summary>
    public void Unary(X64Unary operation, bool wide, X64Register operand) => Direct(wide, 0xf7, (X64Register)operation, operand);

    public void Unary(X64Unary operation, bool wide, X64Memory operand) => Indirect(wide, 0xf7, (X64Register)operation, operand);

    /// <summary>Sign-extends eax into edx, or rax into rdx.</summary>
    public void SignExtendAccumulator(bool wide)
    {
        if (wide) Byte(0x48);
        Byte(0x99);
    }

    public void Multiply(bool wide, X64Register dst, X64Register src) => Direct2(wide, 0xaf, dst, src);

    /// <summary>dst = src * immediate.</summary>
    public void Multiply(bool wide, X64Register dst, X64Register src, int immediate)
    {
        bool isShort = immediate == (sbyte)immediate;
        Direct(wide, (byte)(isShort ? 0x6b : 0x69), dst, src);
        Immediate(immediate, isShort);
    }

    public void Shift(X64Shift operation, bool wide, X64Register dst, int count)
    {
        Direct(wide, (byte)(count == 1 ? 0xd1 : 0xc1), (X64Register)operation, dst);
        if (count != 1) Byte(count);
    }

    /// <summary>The count is in cl.</summary>
    public void ShiftByCl(X64Shift operation, bool wide, X64Register dst) => Direct(wide, 0xd3, (X64Register)operation, dst);

    /// <summary>SHLX, SHRX, SARX (BMI2): dst = src shifted by a register, without flags.</summary>
    public void ShiftBy(X64Shift operation, bool wide, X64Register dst, X64Register src, X64Register count)
    {
        // The prefix that a two-byte opcode would have is part of VEX: 66 left, F2 logical right, F3 arithmetic right.
        int prefix = operation switch
        {
            X64Shift.Shl => 1,
            X64Shift.Sar => 2,
            X64Shift.Shr => 3,
            X64Shift.Rol or X64Shift.Ror => throw new ArgumentOutOfRangeException(nameof(operation)),
        };
        Vex(wide, map: 2, prefix, dst, count, src);
        Byte(0xf7);
        ModRm(dst, src);
    }

    /// <summary>RORX (BMI2): dst = src rotated right, without flags.</summary>
    public void RotateRight(bool wide, X64Register dst, X64Register src, int count)
    {
        Vex(wide, map: 3, prefix: 3, dst, X64Register.Rax, src);
        Byte(0xf0);
        ModRm(dst, src);
        Byte(count);
    }

    public void ByteSwap(bool wide, X64Register dst)
    {
        Rex(wide, Unused, Unused, dst);
        Byte(0x0f);
        Byte(0xc8 | ((int)dst & 7));
    }

    /// <summary>Rotates the low 16 bits by eight.</summary>
    public void SwapLowBytes(X64Register dst)
    {
        Byte(0x66);
        Rex(wide: false, Unused, Unused, dst);
        Byte(0xc1);
        ModRm((X64Register)X64Shift.Rol, dst);
        Byte(8);
    }

    /// <summary>dst = src, of which <paramref name="bits"/> count: 8, 16 or 32.</summary>
    public void Extend(bool signed, bool wide, int bits, X64Register dst, X64Register src)
    {
        switch (bits)
        {
            case 8: Direct2(wide, signed ? 0xbe : 0xb6, dst, src, isByte: true); break;
            case 16: Direct2(wide, signed ? 0xbf : 0xb7, dst, src); break;
            default:
                if (signed) Direct(wide: true, 0x63, dst, src);
                else Move(wide: false, dst, src);
                break;
        }
    }

    /// <summary>dst = memory of 1, 2, 4 or 8 bytes, extended to 64 bits.</summary>
    public void Load(int bytes, bool signed, X64Register dst, X64Memory memory)
    {
        switch (bytes)
        {
            case 1: Indirect2(signed, signed ? 0xbe : 0xb6, dst, memory); break;
            case 2: Indirect2(signed, signed ? 0xbf : 0xb7, dst, memory); break;
            case 4: Indirect(signed, (byte)(signed ? 0x63 : 0x8b), dst, memory); break;
            default: Indirect(wide: true, 0x8b, dst, memory); break;
        }
    }

    public void Store(int bytes, X64Memory memory, X64Register src)
    {
        if (bytes == 2) Byte(0x66);
        Rex(bytes == 8, src, memory.Index ?? Unused, memory.Base, needed: bytes == 1 && src >= X64Register.Rsp);
        Byte(bytes == 1 ? 0x88 : 0x89);
        ModRm(src, memory);
    }

    /// <summary>Stores an immediate, sign-extended for eight bytes.</summary>
    public void StoreImmediate(int bytes, X64Memory memory, int immediate)
    {
        if (bytes == 2) Byte(0x66);
        Rex(bytes == 8, Unused, memory.Index ?? Unused, memory.Base);
        Byte(bytes == 1 ? 0xc6 : 0xc7);
        ModRm(Unused, memory);
        switch (bytes)
        {
            case 1: Byte(immediate); break;
            case 2: Int16((short)immediate); break;
            default: Int32(immediate); break;
        }
    }

    /// <summary>LOCK op [memory], src.</summary>
    public void Locked(X64Alu operation, bool wide, X64Memory memory, X64Register src)
    {
        Byte(0xf0);
        Indirect(wide, (byte)(((int)operation << 3) | 1), src, memory);
    }

    /// <summary>LOCK XADD: src becomes the old value.</summary>
    public void LockedExchangeAdd(bool wide, X64Memory memory, X64Register src)
    {
        Byte(0xf0);
        Indirect2(wide, 0xc1, src, memory);
    }

    /// <summary>LOCK CMPXCHG: compares with rax, which becomes the old value when that is another.</summary>
    public void LockedCompareExchange(bool wide, X64Memory memory, X64Register src)
    {
        Byte(0xf0);
        Indirect2(wide, 0xb1, src, memory);
    }

    /// <summary>XCHG with memory is always locked.</summary>
    public void Exchange(bool wide, X64Memory memory, X64Register src) => Indirect(wide, 0x87, src, memory);

    public void Exchange(X64Register a, X64Register b) => Direct(wide: true, 0x87, a, b);

    /// <summary>MFENCE.</summary>
    public void Fence()
    {
        Byte(0x0f);
        Byte(0xae);
        Byte(0xf0);
    }

    public void Push(X64Register register)
    {
        Rex(wide: false, Unused, Unused, register);
        Byte(0x50 | ((int)register & 7));
    }

    public void Pop(X64Register register)
    {
        Rex(wide: false, Unused, Unused, register);
        Byte(0x58 | ((int)register & 7));
    }

    /// <summary>Pushes 64 bits.</summary>
    public void Push(int immediate)
    {
        Byte(0x68);
        Int32(immediate);
    }

    public void Return() => Byte(0xc3);

    /// <summary>Returns and takes so many bytes of arguments off the stack.</summary>
    public void Return(short bytes)
    {
        Byte(0xc2);
        Int16(bytes);
    }

    public void Call(X64Register target) => Direct(wide: false, 0xff, (X64Register)2, target);

    public void Jump(X64Register target) => Direct(wide: false, 0xff, (X64Register)4, target);

    public void Jump(X64Memory target) => Indirect(wide: false, 0xff, (X64Register)4, target);

    /// <summary>CALL with a distance still to be filled in.</summary>
    public void CallNear()
    {
        Byte(0xe8);
        Int32(0);
    }

    /// <summary>JMP with a distance of 32 bits still to be filled in.</summary>
    public void JumpNear()
    {
        Byte(0xe9);
        Int32(0);
    }

    /// <summary>Jcc with a distance of 32 bits still to be filled in.</summary>
    public void JumpNear(X64Condition condition)
    {
        Byte(0x0f);
        Byte(0x80 | (int)condition);
        Int32(0);
    }

    /// <summary>Jcc over a distance of 8 bits, from the end of this instruction.</summary>
    public void JumpShort(X64Condition condition, sbyte distance)
    {
        Byte(0x70 | (int)condition);
        Byte(distance);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow()
    {
        int position = Position;
        nuint capacity = Math.Max(4096, 2 * (nuint)(_end - _start));
        _start = (byte*)NativeMemory.Realloc(_start, capacity);
        _at = _start + position;
        _end = _start + capacity;
    }

    private void Direct(bool wide, byte opcode, X64Register reg, X64Register rm)
    {
        Rex(wide, reg, Unused, rm);
        Byte(opcode);
        ModRm(reg, rm);
    }

    /// <summary>Opcodes after 0F. A byte register above bl needs REX: else it would be ah … bh.</summary>
    private void Direct2(bool wide, int opcode, X64Register reg, X64Register rm, bool isByte = false)
    {
        Rex(wide, reg, Unused, rm, needed: isByte && rm >= X64Register.Rsp);
        Byte(0x0f);
        Byte(opcode);
        ModRm(reg, rm);
    }

    private void Indirect(bool wide, byte opcode, X64Register reg, X64Memory memory)
    {
        Rex(wide, reg, memory.Index ?? Unused, memory.Base);
        Byte(opcode);
        ModRm(reg, memory);
    }

    private void Indirect2(bool wide, int opcode, X64Register reg, X64Memory memory)
    {
        Rex(wide, reg, memory.Index ?? Unused, memory.Base);
        Byte(0x0f);
        Byte(opcode);
        ModRm(reg, memory);
    }

    private void Rex(bool wide, X64Register reg, X64Register index, X64Register rm, bool needed = false)
    {
        int rex = (wide ? 8 : 0) | (((int)reg >> 3) << 2) | (((int)index >> 3) << 1) | ((int)rm >> 3);
        if (rex != 0 || needed) Byte(0x40 | rex);
    }

    private void Vex(bool wide, int map, int prefix, X64Register reg, X64Register second, X64Register rm)
    {
        Byte(0xc4);
        Byte((((~(int)reg >> 3) & 1) << 7) | (1 << 6) | (((~(int)rm >> 3) & 1) << 5) | map);
        Byte((wide ? 0x80 : 0) | ((~(int)second & 15) << 3) | prefix);
    }

    private void ModRm(X64Register reg, X64Register rm) => Byte(0xc0 | (((int)reg & 7) << 3) | ((int)rm & 7));

    private void ModRm(X64Register reg, X64Memory memory)
    {
        (X64Register baseRegister, int displacement) = (memory.Base, memory.Displacement);
        // rbp and r13 without displacement would mean another form; rsp and r12 as a base need a SIB byte.
        bool isNone = displacement == 0 && ((int)baseRegister & 7) != (int)X64Register.Rbp;
        bool isShort = displacement == (sbyte)displacement;
        bool hasSib = memory.Index is not null || ((int)baseRegister & 7) == (int)X64Register.Rsp;
        int mode = isNone ? 0 : isShort ? 0x40 : 0x80;
        Byte(mode | (((int)reg & 7) << 3) | (hasSib ? 4 : (int)baseRegister & 7));
        if (hasSib) Byte((((int)(memory.Index ?? X64Register.Rsp) & 7) << 3) | ((int)baseRegister & 7));
        if (!isNone) Immediate(displacement, isShort);
    }

    private void Immediate(int value, bool isShort)
    {
        if (isShort) Byte(value);
        else Int32(value);
    }

    private void Byte(int value)
    {
        *_at++ = (byte)value;
    }

    private void Int16(short value)
    {
        Unsafe.WriteUnaligned(_at, value);
        _at += sizeof(short);
    }

    private void Int32(int value)
    {
        Unsafe.WriteUnaligned(_at, value);
        _at += sizeof(int);
    }
}
