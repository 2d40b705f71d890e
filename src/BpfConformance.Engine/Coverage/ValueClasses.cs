using System.Collections.Immutable;
using System.Globalization;

namespace BpfConformance.Engine.Coverage;

/// <summary>Values of a field that machines are likely to treat alike, both bounds included.</summary>
public readonly record struct ValueClass(long Low, long High)
{
    public override string ToString() => (Low, High) switch
    {
        (_, long.MaxValue) => $"≥ {Text(Low)}",
        (long.MinValue, _) => $"≤ {Text(High)}",
        _ when Low == High => Text(Low),
        // Written away from zero, as one counts.
        _ when High < 0 => $"{Text(High)}…{Text(Low)}",
        _ => $"{Text(Low)}…{Text(High)}",
    };

    private static string Text(long value) =>
        value < 0 ? $"−{(-value).ToString(CultureInfo.InvariantCulture)}" : value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The classes of one kind of field; at most 32.</summary>
public sealed class ValueClasses
{
    private ValueClasses(ImmutableArray<ValueClass> all) => All = all;

    /// <summary>
    /// Offsets of memory accesses: 127 and 128 are where the displacement of an x86 access outgrows a byte, 4095 and
    /// 4096 where that of an ARM64 access does its 12 bits.
    /// </summary>
    public static ValueClasses Offsets { get; } = new(
    [
        new(0, 0),
        new(1, 7), new(8, 126), new(127, 129), new(130, 4094), new(4095, 4097), new(4098, 32766), new(32767, 32767),
        new(-7, -1), new(-126, -8), new(-129, -127), new(-4094, -130), new(-4097, -4095), new(-32766, -4098), new(-32768, -32767),
    ]);

    /// <summary>
    /// Distances of conditional jumps, in slots. Somewhere in 8…63 the native code outgrows the 127 bytes of a short
    /// jump; what jumps to itself never ends, so −1 is none of them.
    /// </summary>
    public static ValueClasses ConditionalDistances { get; } = new(
    [
        new(0, 0),
        new(1, 7), new(8, 63), new(64, 999), new(1000, 32766), new(32767, 32767),
        new(-7, -2), new(-63, -8), new(-999, -64), new(-32766, -1000), new(-32768, -32767),
    ]);

    /// <summary>Distances in the offset field, with the endless loop of one.</summary>
    public static ValueClasses Distances { get; } = new([.. ConditionalDistances.All, new(-1, -1)]);

    /// <summary>Distances in the immediate field, which go beyond 16 bits.</summary>
    public static ValueClasses LongDistances { get; } =
        new([.. Distances.All, new(32768, long.MaxValue), new(long.MinValue, -32769)]);

    /// <summary>Immediates: the edges of 8, 16 and 32 bits, signed and unsigned.</summary>
    public static ValueClasses Immediates { get; } = new(
    [
        new(0, 0), new(1, 1), new(-1, -1),
        new(127, 128), new(-129, -128), new(255, 256),
        new(32767, 32768), new(-32769, -32768), new(65535, 65536),
        new(int.MaxValue, int.MaxValue), new(int.MinValue, int.MinValue),
    ]);

    public ImmutableArray<ValueClass> All { get; }

    /// <summary>The bit of the class that holds a value; 0: none does.</summary>
    public uint BitOf(long value)
    {
        for (int i = 0; i < All.Length; i++)
        {
            if (value >= All[i].Low && value <= All[i].High) return 1u << i;
        }

        return 0;
    }
}
