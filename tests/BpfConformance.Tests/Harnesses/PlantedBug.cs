using System.Text;
using BpfConformance.Engine.Cases;
using BpfConformance.Harnesses;
using BpfConformance.Harnesses.Coverage;

namespace BpfConformance.Tests.Harnesses;

/// <summary>A harness that fails for inputs that begin with a word, and raises a counter for each letter of it that is right: as instrumented code would.</summary>
internal sealed class PlantedBug(string word = "BPF!") : Harness("planted", "a bug behind a word")
{
    public override byte[] SeedOf(TestCase test) => Encoding.ASCII.GetBytes(word[..1]);

    protected override void Check(ReadOnlySpan<byte> input)
    {
        int right = 0;
        while (right < word.Length && right < input.Length && input[right] == word[right]) BranchMap.Hit((ulong)++right);
        BranchMap.Hit(0);
        if (right == word.Length) throw new PropertyException("the word is not there", $"it is, in {input.Length} bytes");
    }
}
