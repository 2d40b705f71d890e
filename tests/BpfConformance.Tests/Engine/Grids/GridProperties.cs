using System.Diagnostics;
using BpfConformance.Abi;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.NUnit;

namespace BpfConformance.Tests.Engine.Grids;

/// <summary>Whatever is done to a grid, it is read or refused with its file and a line that exists, and soon.</summary>
public sealed class GridProperties
{
    private const string Valid = """
        -- axes
        form add: w{d} += w{s}
        form sub: w{d} -= {other}
        other x: w{s}
        d = 0 2..3
        s = 2 edges8
        -- asm
        @for i = 0..3
        w{d} = *(u32 *)(r1 {+12*i})
        {form}
        @for j = i..3
        *(u32 *)(r1 + {12*i+8}) = w{d}
        @end
        @end
        if w0 > {d-1} goto end
        end:
        exit
        -- items
        per-run 4
        a = edges16
        b = 1..3
        u32 {a}
        u32 {b*(a+1)}
        fill 4 0xa5
        """;

    private static readonly string[] s_pieces =
    [
        "{", "}", "@for i = ", "@end\n", "..", "1000000", "1000000000", "0xffffffffffffffff", "9223372036854775807", "-", "+", "*", "/", "%", "(", ")", "0",
        "edges64 ", "{form}", "{other}", "d", "s", " = ", ":", "\n", "-- items\n", "-- faults\n", "-- rejected\n", "fill ", "u64 ", "per-run ", "#", "\0", "é",
    ];

    private static Arbitrary<string> Mutants { get; } = Gen
        .ListOf(Gen.Choose(0, Valid.Length - 1).Zip(Gen.Choose(0, 12)).Zip(Gen.Elements(s_pieces)))
        .Select(changes => changes.Take(6).Aggregate(Valid, (text, change) => Changed(text, change.Item1.Item1, change.Item1.Item2, change.Item2)))
        .ToArbitrary();

    [Property(MaxTest = 100)]
    public Property Grid_AnyMutant_IsReadOrRefusedSoon() => Prop.ForAll(Mutants, IsReadOrRefused);

    private static string Changed(string text, int at, int length, string piece)
    {
        int start = Math.Min(at, text.Length);
        return string.Concat(text.AsSpan(0, start), piece, text.AsSpan(Math.Min(start + length, text.Length)));
    }

    private static bool IsReadOrRefused(string text)
    {
        var time = Stopwatch.StartNew();
        try
        {
            return !Grid.Read(text).IsEmpty && time.Elapsed < TimeSpan.FromSeconds(60);
        }
        catch (BpfFormatException error)
        {
            bool hasPlace = error.Origin == "x.grid" && error.Line >= 0 && error.Line <= text.Split('\n').Length;
            return hasPlace && error.Problem.Length > 0 && time.Elapsed < TimeSpan.FromSeconds(60);
        }
    }
}
