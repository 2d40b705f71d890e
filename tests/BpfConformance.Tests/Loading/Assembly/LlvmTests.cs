using System.Collections.Immutable;
using System.Globalization;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Loading.Assembly;
using BpfConformance.Loading.Bytecode;
using NUnit.Framework;

namespace BpfConformance.Tests.Loading.Assembly;

/// <summary>
/// Our text held against llvm-objdump's for functions that clang compiled (Llvm/functions.c). Its lines are
/// <c>pc: instruction &lt;target&gt;</c> between headings; only the instruction counts.
/// </summary>
[TestFixture]
public sealed class LlvmTests
{
    private static string Folder => Path.Combine(TestContext.CurrentContext.TestDirectory, "Loading", "Assembly", "Llvm");

    private static ImmutableArray<Instruction> Program =>
        BpfProgram.FromBytes(HexText.Parse(File.ReadAllText(Path.Combine(Folder, "functions.hex")))).Instructions;

    [Test]
    public void Format_EveryInstruction_IsWhatLlvmPrints()
    {
        ImmutableArray<Instruction> program = Program;
        var expected = Lines(program).Select(line => (line.Pc, AsWePrint(line.Text))).ToList();
        var actual = expected.Select(line => (line.Pc, Disassembler.Format(program.AsSpan(), line.Pc))).ToList();

        Assert.That(expected, Has.Count.GreaterThan(400));
        Assert.That(actual, Is.EqualTo(expected));
    }

    [Test]
    public void Assemble_WhatLlvmPrints_IsTheSameBytes()
    {
        ImmutableArray<Instruction> program = Program;
        string text = string.Join('\n', Lines(program).Select(line => line.Text));
        Assert.That(Assembler.Assemble(text).Instructions, Is.EqualTo(program));
    }

    /// <summary>
    /// The instructions, by pc. LLVM does not print the source field of calls, which alone tells a local call from a
    /// helper's.
    /// </summary>
    private static IEnumerable<(int Pc, string Text)> Lines(ImmutableArray<Instruction> program)
    {
        foreach (string line in File.ReadLines(Path.Combine(Folder, "functions.objdump.txt")))
        {
            if (line.Split(":\t") is not [var number, var text]) continue;
            int pc = int.Parse(number, CultureInfo.InvariantCulture);
            if (text.EndsWith('>')) text = text[..text.LastIndexOf(" <", StringComparison.Ordinal)];
            if (JumpTargets.IsLocalCall(program[pc])) text = text.Replace("call ", "call pc+", StringComparison.Ordinal);
            yield return (pc, text);
        }
    }

    /// <summary>
    /// Three differences: the registers of narrow loads and stores have the kernel's names, 64-bit immediates are
    /// hexadecimal, and the displacement of an indirect packet access is shown (LLVM has none to show).
    /// </summary>
    private static string AsWePrint(string text)
    {
        if (text.StartsWith('w') && text.Contains(" = *(", StringComparison.Ordinal)) return $"r{text[1..]}";
        if (text.StartsWith('*')) return text.Replace(" = w", " = r", StringComparison.Ordinal);
        if (text.Contains("skb[r", StringComparison.Ordinal)) return text.Replace("]", " + 0]", StringComparison.Ordinal);
        return text.Split(' ') is [var register, "=", var value, "ll"]
            ? $"{register} = 0x{long.Parse(value, CultureInfo.InvariantCulture):x} ll"
            : text;
    }
}
