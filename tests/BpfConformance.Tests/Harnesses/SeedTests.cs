using System.Text;
using BpfConformance.Harnesses;
using NUnit.Framework;

namespace BpfConformance.Tests.Harnesses;

/// <summary>The seeds that are kept with the code: they hold, and so each harness runs with something real.</summary>
[TestFixture]
public sealed class SeedTests
{
    public static IEnumerable<string> Names => HarnessList.All.Select(harness => harness.Name);

    [TestCaseSource(nameof(Names))]
    public void Seeds_OfAHarness_ShowNoFailure(string name)
    {
        var seeds = new InputFolder(Repository.PathOf("corpus", "seeds", name));
        var runner = new InputRunner(HarnessList.Find(name));
        Assert.That(seeds.Files.Count(), Is.GreaterThan(5));
        Assert.That(seeds.Files.Select(file => (file, runner.Run(File.ReadAllBytes(file))?.Message)).Where(run => run.Message is not null), Is.Empty);
    }

    /// <summary>What engines have found, and was right.</summary>
    [TestCase("vector", "-- raw\nffffffffffffffff\n-- faults\n")]
    [TestCase("vector", "-- raw\nffffffffffffffff\n-- rejected\n")]
    public void Found_GivenAgain_ShowsNoFailure(string name, string input) =>
        Assert.That(new InputRunner(HarnessList.Find(name)).Run(Encoding.UTF8.GetBytes(input))?.Message, Is.Null);

    [TestCaseSource(nameof(Names))]
    public void AnyBytes_GivenToAHarness_ShowNoFailure(string name)
    {
        var runner = new InputRunner(HarnessList.Find(name));
        var random = new Random(11);
        for (int i = 0; i < 200; i++)
        {
            var input = new byte[random.Next(64)];
            random.NextBytes(input);
            Assert.That(runner.Run(input)?.Message, Is.Null, $"seed 11, {Convert.ToHexStringLower(input)}");
        }
    }
}
