using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Harnesses;

/// <summary>Any slots have a listing that is the same slots again; where they have the typed form, so has that.</summary>
public sealed class DisassemblerHarness() : Harness("disassembler", "slots to text and to the typed form, and back")
{
    private const string Property = "the typed form of slots is the same slots again";

    public override byte[] SeedOf(TestCase test) => test.Program.ToBytes();

    protected override void Check(ReadOnlySpan<byte> input)
    {
        var program = BpfProgram.FromBytes(input[..^(input.Length % Instruction.SizeBytes)]);
        Listings.Check(program.Instructions.AsSpan());
        if (IrProgram.TryDecode(program) is not { } typed) return;
        if (typed.TryEncode() is not { } again) throw new PropertyException(Property, "it has none");
        if (!again.Instructions.AsSpan().SequenceEqual(program.Instructions.AsSpan())) throw new PropertyException(Property, "they differ");
    }
}
