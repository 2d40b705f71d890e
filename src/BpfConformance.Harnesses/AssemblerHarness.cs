using System.Text;
using BpfConformance.Engine.Cases;
using BpfConformance.Loading.Assembly;

namespace BpfConformance.Harnesses;

/// <summary>A text is refused, or is a program whose listing, in either spelling, is the same program again.</summary>
public sealed class AssemblerHarness() : Harness("assembler", "text to slots, and back in both spellings")
{
    public override byte[] SeedOf(TestCase test) => Encoding.UTF8.GetBytes(Disassembler.Listing(test.Program.Instructions.AsSpan()));

    protected override void Check(ReadOnlySpan<byte> input)
    {
        string text = Refusal.TextOf(input);
        if (Refusal.OrValue(text, () => Assembler.Assemble(text, Refusal.File)) is not { } program) return;
        if (program.Lines.Length != program.Instructions.Length) throw new PropertyException("each slot has its line", $"{program.Lines.Length} of {program.Instructions.Length}");
        Listings.Check(program.Instructions.AsSpan());
    }
}
