using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Cases.Grids;
using BpfConformance.Loading.Assembly;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Grids;

/// <summary>Grids as texts, and what is made of them.</summary>
internal static class Grid
{
    private const string File = "x.grid";

    public static ImmutableArray<TestCase> Read(string text) => GridReader.ReadUnsigned(text, File, File);

    public static string[] Members(string axes) =>
        [.. Read($"-- axes\n{axes}\n-- asm\nexit\n").Select(test => test.Member)];

    /// <summary>The program of the first member, an instruction a line.</summary>
    public static string Program(string axes, string asm) =>
        Disassembler.Listing(Read($"-- axes\n{axes}\n-- asm\n{asm}\n")[0].Program.Instructions.AsSpan()).TrimEnd('\n');

    /// <summary>What the only number of a program of one member is.</summary>
    public static string Value(string expression) => Program("a = 7\nb = -2", $"r0 = {{{expression}}} ll")["r0 = ".Length..];

    /// <summary>The memories of the runs.</summary>
    public static string[] Memories(string items) =>
    [
        .. Read($"-- axes\nn = 1\n-- asm\nexit\n-- items\n{items}\n")[0].Inputs.Select(input => Convert.ToHexStringLower(input.Data.Span)),
    ];

    /// <summary>What is wrong, and in which line.</summary>
    public static (int Line, string Problem) Error(string text)
    {
        BpfFormatException error = Assert.Throws<BpfFormatException>(() => Read(text));
        Assert.That(error.Origin, Is.EqualTo(File));
        return (error.Line, error.Problem);
    }
}
