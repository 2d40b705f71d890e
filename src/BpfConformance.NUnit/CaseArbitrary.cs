using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Reduction;
using FsCheck;
using FsCheck.Fluent;

namespace BpfConformance.NUnit;

/// <summary>Generated cases for FsCheck: bytes that it makes are what a generator decides by, and what fails is made smaller as findings are.</summary>
public static class CaseArbitrary
{
    /// <param name="generator">Of which profile; one thread at a time.</param>
    /// <param name="limits">What those who are asked have in common.</param>
    public static Arbitrary<TestCase> Of(IProgramGenerator generator, GeneratorLimits limits)
    {
        Gen<TestCase> cases = Gen.Sized(size => Gen.ArrayOf(Gen.Choose(byte.MinValue, byte.MaxValue), (size + 1) * Entropy.RecordBytes))
            .Select(bytes => Case(generator, limits, [.. bytes.Select(each => (byte)each)]));
        return Arb.From(cases, Smaller);
    }

    private static TestCase Case(IProgramGenerator generator, GeneratorLimits limits, byte[] bytes)
    {
        Entropy entropy = Entropy.OfBytes(bytes);
        return generator.Next(ref entropy, limits);
    }

    private static IEnumerable<TestCase> Smaller(TestCase test) => ReductionPasses.All.SelectMany(pass => pass.Candidates(test));
}
