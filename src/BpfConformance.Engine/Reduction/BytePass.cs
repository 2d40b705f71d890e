using BpfConformance.Engine.Cases;

namespace BpfConformance.Engine.Reduction;

/// <summary>Puts zeros into memories, packets and contexts.</summary>
public sealed class BytePass : IReductionPass
{
    public string Name => "bytes";

    public IEnumerable<TestCase> Candidates(TestCase current)
    {
        for (int index = 0; index < current.Inputs.Length; index++)
        {
            CaseInput input = current.Inputs[index];
            if (input.Step is not null) continue;
            foreach (ReadOnlyMemory<byte> data in Zeroed(input.Data)) yield return With(input with { Data = data });
            foreach (ReadOnlyMemory<byte> context in Zeroed(input.Context)) yield return With(input with { Context = context });

            TestCase With(CaseInput plainer) => current with { Inputs = current.Inputs.SetItem(index, plainer) };
        }
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Zeroed(ReadOnlyMemory<byte> bytes)
    {
        foreach ((int start, int count) in Chunks.Of(bytes.Length).Prepend((0, bytes.Length)))
        {
            if (!bytes.Span.Slice(start, count).ContainsAnyExcept((byte)0)) continue;
            byte[] zeroed = bytes.ToArray();
            zeroed.AsSpan(start, count).Clear();
            yield return zeroed;
        }
    }
}
