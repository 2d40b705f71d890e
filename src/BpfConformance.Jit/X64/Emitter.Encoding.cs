using System.Runtime.CompilerServices;

namespace BpfConformance.Jit.X64;

/// <summary>
/// The formats of instructions (Intel SDM volume 2, chapter 2): each is put together in a register and written at once. What is there or not is written either way, and counts
/// or not: operands are as nobody can predict, and a wrong guess of this processor takes longer than all of an instruction.
/// </summary>
internal unsafe partial struct Emitter
{
    private const int RexPrefix = 0x40;
    private const int RexWide = 0x48;
    private const int OperandOf16Bits = 0x66;
    private const int LockPrefix = 0xf0;
    private const int FirstOfTwo = 0x0f;

    /// <summary>An opcode behind 0F.</summary>
    private static int Two(int opcode) => FirstOfTwo | (opcode << 8);

    /// <summary>The register is in the opcode's low three bits: those of its last byte.</summary>
    private void InOpcode(bool wide, int opcode, X64Register register)
    {
        bool isTwo = (opcode & 0xff) == FirstOfTwo;
        int rex = Rex(wide, Unused, Unused, register);
        ulong bytes = (uint)(opcode | (((int)register & 7) << (isTwo ? 8 : 0)));
        PutWith(rex, bytes, isTwo ? 2 : 1);
    }

    /// <summary>Two registers. A byte register above bl needs REX: without, its number means ah … bh.</summary>
    private void Direct(bool wide, int opcode, X64Register reg, X64Register rm, bool isByte = false)
    {
        int length = (opcode & 0xff) == FirstOfTwo ? 2 : 1;
        int rex = Rex(wide, reg, Unused, rm);
        if (isByte && rm >= X64Register.Rsp) rex |= RexPrefix;
        ulong modRm = 0xc0u | (uint)(((int)reg & 7) << 3) | (uint)((int)rm & 7);
        PutWith(rex, (uint)opcode | (modRm << (8 * length)), length + 1);
    }

    /// <summary>A register and memory.</summary>
    private void Indirect(bool wide, int opcode, X64Register reg, X64Memory memory, bool isByte = false)
    {
        int length = (opcode & 0xff) == FirstOfTwo ? 2 : 1;
        (X64Register first, int displacement, X64Register index) = memory;
        bool hasIndex = index != X64Register.Rsp;
        int rex = Rex(wide, reg, hasIndex ? index : Unused, first);
        if (isByte && reg >= X64Register.Rsp) rex |= RexPrefix;

        // rbp and r13 without displacement would mean another form; rsp and r12 as a base need a SIB byte.
        bool isNone = displacement == 0 && ((int)first & 7) != (int)X64Register.Rbp;
        bool isShort = displacement == (sbyte)displacement;
        bool hasSib = hasIndex || ((int)first & 7) == (int)X64Register.Rsp;
        int mode = isNone ? 0 : isShort ? 0x40 : 0x80;
        int modRm = mode | (((int)reg & 7) << 3) | (hasSib ? (int)X64Register.Rsp : (int)first & 7);
        int sib = hasSib ? (memory.IndexShift << 6) | (((int)index & 7) << 3) | ((int)first & 7) : 0;
        PutWith(rex, (uint)opcode | ((ulong)(uint)(modRm | (sib << 8)) << (8 * length)), length + (hasSib ? 2 : 1));
        Put((uint)displacement, isNone ? 0 : isShort ? 1 : sizeof(int));
    }

    /// <summary>VEX of three bytes, and two registers behind the opcode.</summary>
    private void Vex(bool wide, int map, int prefix, int opcode, X64Register reg, X64Register second, X64Register rm)
    {
        int extensions = (((~(int)reg >> 3) & 1) << 7) | (1 << 6) | (((~(int)rm >> 3) & 1) << 5) | map;
        int rest = (wide ? 0x80 : 0) | ((~(int)second & 15) << 3) | prefix;
        ulong modRm = 0xc0u | (uint)(((int)reg & 7) << 3) | (uint)((int)rm & 7);
        Put(0xc4ul | ((ulong)extensions << 8) | ((ulong)rest << 16) | ((ulong)opcode << 24) | (modRm << 32), 5);
    }

    /// <summary>0 when it says nothing.</summary>
    private static int Rex(bool wide, X64Register reg, X64Register index, X64Register rm)
    {
        int rex = (wide ? 8 : 0) | (((int)reg >> 3) << 2) | (((int)index >> 3) << 1) | ((int)rm >> 3);
        return rex == 0 ? 0 : RexPrefix | rex;
    }

    private void PutWith(int rex, ulong bytes, int length)
    {
        int isThere = rex == 0 ? 0 : 1;
        Put((bytes << (8 * isThere)) | (uint)rex, length + isThere);
    }

    private void Immediate(int value, bool isShort) => Put((uint)value, isShort ? 1 : sizeof(int));

    private void Byte(int value) => Put((byte)value, 1);

    private void Int32(int value) => Put((uint)value, sizeof(int));

    /// <summary>Writes eight bytes, of which the first ones count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put(ulong bytes, int length)
    {
        Unsafe.WriteUnaligned(_at, bytes);
        _at += length;
    }
}
