using System.Text;
using BpfConformance.Engine.Cases;
using BpfConformance.Loading.Assembly;

namespace BpfConformance.Harnesses;

/// <summary>A <c>.data</c> file is refused, or is a case with one run.</summary>
public sealed class DataHarness() : Harness("data", "files of the older suite")
{
    public override byte[]? SeedOf(TestCase test) => test is { HasPackets: false, Maps: [], Inputs: [{ Result: { } result } input, ..] }
        ? Encoding.UTF8.GetBytes($"-- asm\n{Disassembler.Listing(test.Program.Instructions.AsSpan(), Syntax.Legacy)}-- mem\n{Convert.ToHexStringLower(input.Data.Span)}\n-- result\n0x{result:x}\n")
        : null;

    protected override void Check(ReadOnlySpan<byte> input)
    {
        string text = Refusal.TextOf(input);
        if (Refusal.OrValue(text, () => DataReader.Read(text, Refusal.File, Refusal.File, [])) is not { } test) return;
        if (test.Inputs.Length != 1) throw new PropertyException("a case of a .data file has one run", $"{test.Inputs.Length}");
        CaseProperties.Check(test);
    }
}
