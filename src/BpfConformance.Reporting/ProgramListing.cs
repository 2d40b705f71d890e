using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Loading.Assembly;

namespace BpfConformance.Reporting;

/// <summary>The part of a program that a message shows.</summary>
public static class ProgramListing
{
    private const int SlotsAround = 3;
    private const int SlotsWithoutPc = 12;

    /// <summary>The instructions up to three slots before and after <paramref name="pc"/>, which is marked; without one, the first of the program.</summary>
    public static ImmutableArray<ListingLine> Around(TestCase test, int? pc)
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
                start, test.Lines[start], Disassembler.Format(program, start), IsMarked: pc >= start && pc < next));
        }

        return lines.ToImmutable();
    }
}
