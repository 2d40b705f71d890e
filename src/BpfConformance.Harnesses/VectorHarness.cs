using BpfConformance.Engine.Cases;

namespace BpfConformance.Harnesses;

/// <summary>A <c>.vector</c> file is refused, or is a case that can be handed to a machine.</summary>
public sealed class VectorHarness() : Harness("vector", "files of this suite")
{
    public override byte[]? SeedOf(TestCase test) =>
        Path.GetExtension(test.File) == CaseFile.VectorExtension ? SourceFile.ReadBytes(test.File) : null;

    protected override void Check(ReadOnlySpan<byte> input)
    {
        string text = Refusal.TextOf(input);
        if (Refusal.OrValue(text, () => VectorReader.Read(text, Refusal.File, Refusal.File)) is { } test) CaseProperties.Check(test);
    }
}
