using System.Numerics;
using System.Runtime.CompilerServices;
using BpfConformance.Interpreter;
using BpfConformance.Interpreter.Handlers;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Mutants.Meanings;

internal unsafe struct InDst : IFetch
{
    public static int Register(Slot* s) => s->Dst;
}

internal unsafe struct In<TRegister> : IFetch
    where TRegister : struct, INumber
{
    public static int Register(Slot* s) => (int)TRegister.Value;
}

/// <summary>The register after another one; r0 after r9.</summary>
internal unsafe struct After<TPlace> : IFetch
    where TPlace : struct, IFetch
{
    public static int Register(Slot* s) => (TPlace.Register(s) + 1) % (int)Abi.Instructions.Register.R10;
}

/// <summary>Under which circumstances a defect shows.</summary>
internal unsafe interface ICase
{
    static abstract bool Holds(Slot* s, Machine* m);
}

internal unsafe struct IsRegister<TPlace, TRegister> : ICase
    where TPlace : struct, IFetch
    where TRegister : struct, INumber
{
    public static bool Holds(Slot* s, Machine* m) => TPlace.Register(s) == TRegister.Value;
}

internal unsafe struct SameRegister : ICase
{
    public static bool Holds(Slot* s, Machine* m) => s->Dst == s->Src;
}

internal unsafe struct SrcIsR0 : ICase
{
    public static bool Holds(Slot* s, Machine* m) => s->Src == 0;
}

internal unsafe struct Both<TFirst, TSecond> : ICase
    where TFirst : struct, ICase
    where TSecond : struct, ICase
{
    public static bool Holds(Slot* s, Machine* m) => TFirst.Holds(s, m) && TSecond.Holds(s, m);
}

internal unsafe struct Not<TCase> : ICase
    where TCase : struct, ICase
{
    public static bool Holds(Slot* s, Machine* m) => !TCase.Holds(s, m);
}

/// <summary>The low bits of the second operand are a certain number.</summary>
internal unsafe struct SourceIs<TSource, TBits, TNumber> : ICase
    where TSource : struct, ISource
    where TBits : struct, INumber
    where TNumber : struct, INumber
{
    public static bool Holds(Slot* s, Machine* m) =>
        ((TSource.Read(s, m) ^ (ulong)TNumber.Value) & Bits.Below((int)TBits.Value)) == 0;
}

/// <summary>The low bits of a register are a certain number.</summary>
internal unsafe struct Holds<TPlace, TBits, TNumber> : ICase
    where TPlace : struct, IFetch
    where TBits : struct, INumber
    where TNumber : struct, INumber
{
    static bool ICase.Holds(Slot* s, Machine* m) =>
        ((m->Registers[TPlace.Register(s)] ^ (ulong)TNumber.Value) & Bits.Below((int)TBits.Value)) == 0;
}

internal unsafe struct ImmediateIs<TNumber> : ICase
    where TNumber : struct, INumber
{
    public static bool Holds(Slot* s, Machine* m) => s->Immediate == TNumber.Value;
}

internal unsafe struct ImmediateIsNegative : ICase
{
    public static bool Holds(Slot* s, Machine* m) => s->Immediate < 0;
}

internal unsafe struct IsUnaligned<TPlace, TValue> : ICase
    where TPlace : struct, IFetch
    where TValue : unmanaged
{
    public static bool Holds(Slot* s, Machine* m) =>
        ((m->Registers[TPlace.Register(s)] + (ulong)s->Immediate) & (ulong)(sizeof(TValue) - 1)) != 0;
}

/// <summary>Inside a function that the program called.</summary>
internal unsafe struct IsNested : ICase
{
    public static bool Holds(Slot* s, Machine* m) => m->Depth > 0;
}

/// <summary>Memory holds what r0 does: CMPXCHG will store.</summary>
internal unsafe struct Exchanges<TValue> : ICase
    where TValue : unmanaged, IBinaryInteger<TValue>
{
    public static bool Holds(Slot* s, Machine* m)
    {
        ulong address = m->Registers[s->Dst] + (ulong)s->Immediate;
        Region* region = GuestMemory.Find(m, address, sizeof(TValue));
        return region != null
            && Unsafe.ReadUnaligned<TValue>(region->Base + (uint)address) == TValue.CreateTruncating(m->Registers[0]);
    }
}

/// <summary>The second operand, of so many bits, needs no more than a few low ones.</summary>
internal unsafe struct FitsIn<TSource, TWidth, TBits> : ICase
    where TSource : struct, ISource
    where TWidth : struct, INumber
    where TBits : struct, INumber
{
    public static bool Holds(Slot* s, Machine* m) =>
        (TSource.Read(s, m) & Bits.Below((int)TWidth.Value) & ~Bits.Below((int)TBits.Value)) == 0;
}

/// <summary>The upper half of a register is not zero.</summary>
internal unsafe struct HasUpperHalf<TPlace> : ICase
    where TPlace : struct, IFetch
{
    public static bool Holds(Slot* s, Machine* m) => m->Registers[TPlace.Register(s)] >> 32 != 0;
}
