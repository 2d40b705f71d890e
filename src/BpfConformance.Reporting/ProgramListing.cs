using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Oracles;
using BpfConformance.Loading.Assembly;

namespace BpfConformance.Reporting;

/// <summary>The part of a program that a message shows.</summary>
public static class ProgramListing
{
    private const int SlotsAround = 3;
    private const int SlotsWithoutPc = 12;

    /// <summary>The program around a finding; of what user space does, or another line of the file states, the program says nothing.</summary>
    public static ImmutableArray<ListingLine> Of(TestCase test, Finding finding)
    {
        int? pc = finding.PcIn(test);
        bool isAboutProgram = finding.Line is null && (pc is not null || finding.Input is not { } input || test.Inputs[input].Step is null);
        return isAboutProgram ? Around(test, pc) : [];
    }

    /// <summary>The instructions up to three slots before and after <paramref name="pc"/>, which is marked; without one, the first of the program.</summary>
    private static ImmutableArray<ListingLine> Around(TestCase test, int? pc)
    {
        (int first, int last) = pc is { } middle ? (middle - SlotsAround, middle + SlotsAround) : (0, SlotsWithoutPc - 1);
        ReadOnlySpan<Instruction> program = test.Program.Instructions.AsSpan();
        ImmutableArray<ListingLine>.Builder lines = ImmutableArray.CreateBuilder<ListingLine>();
        int next;
        for (int start = 0; start < program.Length && start <= last; start = next)
        {
            next = start + (program[start].IsWide ? 2 : 1);
            if (next <= first) continue;
            lines.Add(new ListingLine(
                start, test.Lines[start], Format(test, start), IsMarked: pc >= start && pc < next));
        }

        return lines.ToImmutable();
    }

    /// <summary>An instruction of a case, with the name of its map instead of the index.</summary>
    public static string Format(TestCase test, int pc)
    {
        Instruction instruction = test.Program.Instructions[pc];
        string text = Disassembler.Format(test.Program.Instructions.AsSpan(), pc);
        bool namesMap = instruction.NamesMap && instruction.Immediate >= 0 && instruction.Immediate < test.Maps.Length;
        return namesMap ? text.Replace($"map_by_fd({instruction.Immediate})", $"map_by_fd({test.Maps[instruction.Immediate].Name})", StringComparison.Ordinal) : text;
    }
}
