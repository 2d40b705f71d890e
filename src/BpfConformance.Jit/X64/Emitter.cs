using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace BpfConformance.Jit.X64;

/// <summary>
/// Writes instructions into a growing buffer, in the shortest form of their operands: without REX.W where the upper half is
/// cleared anyway, with 8-bit displacements and immediates where they fit.
/// </summary>
internal unsafe partial struct Emitter
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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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
        Direct(wide, ((int)operation << 3) | 1, src, dst);

    /// <summary>op dst, immediate.</summary>
    public void Alu(X64Alu operation, bool wide, X64Register dst, int immediate) => Alu(operation, wide, dst, hasSource: false, Unused, immediate);

    /// <summary>op dst, src, or op dst, immediate.</summary>
    public void Alu(X64Alu operation, bool wide, X64Register dst, bool hasSource, X64Register src, int immediate)
    {
        bool isShort = immediate == (sbyte)immediate;
        Direct(wide, hasSource ? ((int)operation << 3) | 1 : isShort ? 0x83 : 0x81, hasSource ? src : (X64Register)operation, dst);
        Put((uint)immediate, hasSource ? 0 : isShort ? 1 : sizeof(int));
    }

    /// <summary>op [memory], immediate.</summary>
    public void Alu(X64Alu operation, bool wide, X64Memory memory, int immediate)
    {
        bool isShort = immediate == (sbyte)immediate;
        Indirect(wide, isShort ? 0x83 : 0x81, (X64Register)operation, memory);
        Immediate(immediate, isShort);
    }

    /// <summary>op dst, [memory].</summary>
    public void Alu(X64Alu operation, bool wide, X64Register dst, X64Memory memory) =>
        Indirect(wide, ((int)operation << 3) | 3, dst, memory);

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
            InOpcode(wide: false, 0xb8, dst);
            Int32((int)value);
        }
        else if ((long)value == (int)value)
        {
            Direct(wide: true, 0xc7, Unused, dst);
            Int32((int)value);
        }
        else
        {
            InOpcode(wide: true, 0xb8, dst);
            Put(value, sizeof(ulong));
        }
    }

    public void LoadAddress(X64Register dst, X64Memory memory) => Indirect(wide: true, 0x8d, dst, memory);

    /// <summary>op dst: NOT … IDIV; the last three work on rdx:rax.</summary>
    public void Unary(X64Unary operation, bool wide, X64Register operand) => Direct(wide, 0xf7, (X64Register)operation, operand);

    public void Unary(X64Unary operation, bool wide, X64Memory operand) => Indirect(wide, 0xf7, (X64Register)operation, operand);

    /// <summary>Sign-extends eax into edx, or rax into rdx.</summary>
    public void SignExtendAccumulator(bool wide)
    {
        if (wide) Byte(RexWide);
        Byte(0x99);
    }

    public void Multiply(bool wide, X64Register dst, X64Register src) => Direct(wide, Two(0xaf), dst, src);

    /// <summary>dst = src * immediate.</summary>
    public void Multiply(bool wide, X64Register dst, X64Register src, int immediate)
    {
        bool isShort = immediate == (sbyte)immediate;
        Direct(wide, isShort ? 0x6b : 0x69, dst, src);
        Immediate(immediate, isShort);
    }

    public void Shift(X64Shift operation, bool wide, X64Register dst, int count)
    {
        Direct(wide, count == 1 ? 0xd1 : 0xc1, (X64Register)operation, dst);
        Put((byte)count, count == 1 ? 0 : 1);
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
        Vex(wide, map: 2, prefix, 0xf7, dst, count, src);
    }

    /// <summary>RORX (BMI2): dst = src rotated right, without flags.</summary>
    public void RotateRight(bool wide, X64Register dst, X64Register src, int count)
    {
        Vex(wide, map: 3, prefix: 3, 0xf0, dst, Unused, src);
        Byte(count);
    }

    public void ByteSwap(bool wide, X64Register dst) => InOpcode(wide, Two(0xc8), dst);

    /// <summary>Rotates the low 16 bits by eight.</summary>
    public void SwapLowBytes(X64Register dst)
    {
        Byte(OperandOf16Bits);
        Direct(wide: false, 0xc1, (X64Register)X64Shift.Rol, dst);
        Byte(8);
    }

    /// <summary>dst = src, of which <paramref name="bits"/> count: 8, 16 or 32.</summary>
    public void Extend(bool signed, bool wide, int bits, X64Register dst, X64Register src)
    {
        switch (bits)
        {
            case 8: Direct(wide, Two(signed ? 0xbe : 0xb6), dst, src, isByte: true); break;
            case 16: Direct(wide, Two(signed ? 0xbf : 0xb7), dst, src); break;
            default:
                if (signed) Direct(wide: true, 0x63, dst, src);
                else Move(wide: false, dst, src);
                break;
        }
    }

    /// <summary>dst = memory of 1, 2, 4 or 8 bytes, extended to 64 bits.</summary>
    public void Load(int bytes, bool signed, X64Register dst, X64Memory memory)
    {
        bool isWide = signed || bytes == sizeof(ulong);
        Indirect(isWide, bytes < sizeof(uint) ? Two((signed ? 0xbe : 0xb6) + bytes - 1) : signed && bytes == sizeof(uint) ? 0x63 : 0x8b, dst, memory);
    }

    public void Store(int bytes, X64Memory memory, X64Register src)
    {
        Put(OperandOf16Bits, bytes == sizeof(short) ? 1 : 0);
        Indirect(bytes == sizeof(ulong), bytes == 1 ? 0x88 : 0x89, src, memory, isByte: bytes == 1);
    }

    /// <summary>Stores an immediate, sign-extended for eight bytes.</summary>
    public void StoreImmediate(int bytes, X64Memory memory, int immediate)
    {
        Put(OperandOf16Bits, bytes == sizeof(short) ? 1 : 0);
        Indirect(bytes == sizeof(ulong), bytes == 1 ? 0xc6 : 0xc7, Unused, memory);
        Put((uint)immediate, Math.Min(bytes, sizeof(int)));
    }

    /// <summary>LOCK op [memory], src.</summary>
    public void Locked(X64Alu operation, bool wide, X64Memory memory, X64Register src)
    {
        Byte(LockPrefix);
        Indirect(wide, ((int)operation << 3) | 1, src, memory);
    }

    /// <summary>LOCK XADD: src becomes the old value.</summary>
    public void LockedExchangeAdd(bool wide, X64Memory memory, X64Register src)
    {
        Byte(LockPrefix);
        Indirect(wide, Two(0xc1), src, memory);
    }

    /// <summary>LOCK CMPXCHG: compares with rax, which becomes the old value when that is another.</summary>
    public void LockedCompareExchange(bool wide, X64Memory memory, X64Register src)
    {
        Byte(LockPrefix);
        Indirect(wide, Two(0xb1), src, memory);
    }

    /// <summary>XCHG with memory is always locked.</summary>
    public void Exchange(bool wide, X64Memory memory, X64Register src) => Indirect(wide, 0x87, src, memory);

    public void Push(X64Register register) => InOpcode(wide: false, 0x50, register);

    public void Pop(X64Register register) => InOpcode(wide: false, 0x58, register);

    /// <summary>Pushes 64 bits.</summary>
    public void Push(int immediate)
    {
        Byte(0x68);
        Int32(immediate);
    }

    public void Return() => Byte(0xc3);

    /// <summary>Returns and takes so many bytes of arguments off the stack.</summary>
    public void Return(short bytes) => Put(0xc2ul | ((ulong)(ushort)bytes << 8), 3);

    public void Call(X64Register target) => Direct(wide: false, 0xff, (X64Register)2, target);

    public void Jump(X64Register target) => Direct(wide: false, 0xff, (X64Register)4, target);

    /// <summary>CALL with a distance still to be filled in.</summary>
    public void CallNear() => Put(0xe8, 5);

    /// <summary>JMP with a distance of 32 bits still to be filled in.</summary>
    public void JumpNear() => Put(0xe9, 5);

    /// <summary>Jcc with a distance of 32 bits still to be filled in.</summary>
    public void JumpNear(X64Condition condition) => Put(0x0ful | (0x80ul | (ulong)condition) << 8, 6);

    /// <summary>Jcc over a distance of 8 bits, from the end of this instruction.</summary>
    public void JumpShort(X64Condition condition, sbyte distance) => Put((0x70ul | (ulong)condition) | ((ulong)(byte)distance << 8), 2);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow()
    {
        int position = Position;
        nuint capacity = Math.Max(4096, 2 * (nuint)(_end - _start));
        _start = (byte*)NativeMemory.Realloc(_start, capacity);
        _at = _start + position;
        _end = _start + capacity;
    }
}
