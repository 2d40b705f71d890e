using System.Runtime.CompilerServices;

namespace BpfConformance.Mutants.Meanings;

/// <summary>A number as a type: what a defect is about is part of its code.</summary>
internal interface INumber
{
    static abstract long Value { get; }
}

/// <summary>Types of any number, put together from hexadecimal digits.</summary>
internal static class Number
{
    private const int DigitBits = 4;

    private static readonly Type[] s_digits =
    [
        typeof(D0), typeof(D1), typeof(D2), typeof(D3), typeof(D4), typeof(D5), typeof(D6), typeof(D7),
        typeof(D8), typeof(D9), typeof(Da), typeof(Db), typeof(Dc), typeof(Dd), typeof(De), typeof(Df),
    ];

    public static Type Of(long value)
    {
        Type number = s_digits[(ulong)value >> 60];
        bool isLeading = number == typeof(D0);
        for (int shift = 60 - DigitBits; shift >= 0; shift -= DigitBits)
        {
            Type digit = s_digits[(value >> shift) & 0xf];
            number = isLeading ? digit : typeof(Digits<,>).MakeGenericType(number, digit);
            isLeading &= digit == typeof(D0);
        }

        return number;
    }
}

internal struct Digits<THigher, TLowest> : INumber
    where THigher : struct, INumber
    where TLowest : struct, INumber
{
    public static long Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (THigher.Value << 4) | TLowest.Value;
    }
}

internal struct D0 : INumber
{
    public static long Value => 0;
}

internal struct D1 : INumber
{
    public static long Value => 0x1;
}

internal struct D2 : INumber
{
    public static long Value => 0x2;
}

internal struct D3 : INumber
{
    public static long Value => 0x3;
}

internal struct D4 : INumber
{
    public static long Value => 0x4;
}

internal struct D5 : INumber
{
    public static long Value => 0x5;
}

internal struct D6 : INumber
{
    public static long Value => 0x6;
}

internal struct D7 : INumber
{
    public static long Value => 0x7;
}

internal struct D8 : INumber
{
    public static long Value => 0x8;
}

internal struct D9 : INumber
{
    public static long Value => 0x9;
}

internal struct Da : INumber
{
    public static long Value => 0xa;
}

internal struct Db : INumber
{
    public static long Value => 0xb;
}

internal struct Dc : INumber
{
    public static long Value => 0xc;
}

internal struct Dd : INumber
{
    public static long Value => 0xd;
}

internal struct De : INumber
{
    public static long Value => 0xe;
}

internal struct Df : INumber
{
    public static long Value => 0xf;
}
