using BpfConformance.Engine.Cases;

namespace BpfConformance.Engine.Reduction;

/// <summary>Shortens memories, packets and contexts: those of all runs together.</summary>
public sealed class DataPass : IReductionPass
{
    public string Name => "sizes";

    public IEnumerable<TestCase> Candidates(TestCase current)
    {
        foreach (int length in Shorter(Longest(current, input => input.Data))) yield return Changed(current, input => input with { Data = Start(input.Data, length) });
        foreach (int length in Shorter(Longest(current, input => input.Context))) yield return Changed(current, input => input with { Context = Start(input.Context, length) });
    }

    private static int Longest(TestCase test, Func<CaseInput, ReadOnlyMemory<byte>> bytes) =>
        test.Inputs.Where(input => input.Step is null).Select(input => bytes(input).Length).DefaultIfEmpty().Max();

    private static IEnumerable<int> Shorter(int length)
    {
        if (length > 0) yield return 0;
        for (int less = length / 2; less > 0; less /= 2) yield return length - less;
    }

    private static TestCase Changed(TestCase test, Func<CaseInput, CaseInput> change) =>
        test with { Inputs = [.. test.Inputs.Select(input => input.Step is null ? change(input) : input)] };

    private static ReadOnlyMemory<byte> Start(ReadOnlyMemory<byte> bytes, int length) => bytes.Length <= length ? bytes : bytes[..length];
}
