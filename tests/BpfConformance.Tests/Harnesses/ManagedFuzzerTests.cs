using System.Text;
using BpfConformance.Harnesses;
using BpfConformance.Harnesses.Coverage;
using BpfConformance.Harnesses.Managed;
using NUnit.Framework;

namespace BpfConformance.Tests.Harnesses;

/// <summary>The managed loop, with harnesses whose answers are known. The counters are the process's.</summary>
[TestFixture]
[NonParallelizable]
public sealed class ManagedFuzzerTests
{
    private const long MostExecutions = 2_000_000;

    private DirectoryInfo _folder = null!; // before each test

    private InputFolder Corpus => new(Path.Combine(_folder.FullName, "corpus"));

    private InputFolder FailureFolder => new(Path.Combine(_folder.FullName, "failures"));

    [SetUp]
    public void CreateFolder()
    {
        _folder = Directory.CreateTempSubdirectory("bpfconf-harnesses-");
        BranchMap.Counters.Clear();
    }

    [TearDown]
    public void DeleteFolder() => _folder.Delete(recursive: true);

    [Test]
    public void Run_OfAPlantedBug_FindsItAndTellsHowToSeeItAgain()
    {
        using var output = new StringWriter();
        long executions = FuzzUntilFound(seed: 1, output);

        string file = FailureFolder.Files.Single();
        Assert.Multiple(() =>
        {
            Assert.That(executions, Is.LessThan(MostExecutions), "seed 1");
            Assert.That(File.ReadAllText(file), Is.EqualTo("BPF!"), "made as short as it can be");
            Assert.That(Path.GetFileName(file), Is.EqualTo("crash-" + InputFolder.NameOf("BPF!"u8)));
            Assert.That(output.ToString(), Does.StartWith("planted: the word is not there: it is, in ").And.Contain("./run-fuzz.sh managed planted ").And.Contain(Path.GetFileName(file)));
        });
    }

    [Test]
    public void Run_WithTheSameSeed_DoesTheSame()
    {
        long first = FuzzUntilFound(seed: 7, TextWriter.Null);
        _folder.Delete(recursive: true);
        CreateFolder();
        Assert.That(FuzzUntilFound(seed: 7, TextWriter.Null), Is.EqualTo(first), "seed 7");
    }

    [Test]
    public void Run_WithoutCoverage_DoesNotFindIt()
    {
        var runner = new InputRunner(new Silent(new PlantedBug()));
        var failures = new Failures(runner, FailureFolder, TextWriter.Null);
        var fuzzer = new ManagedFuzzer(runner, Corpus, failures, seed: 1);
        fuzzer.Run(() => fuzzer.Executions < 100_000 && failures.Count == 0);
        Assert.That(failures.Count, Is.Zero, "counters are what leads to it: seed 1");
    }

    [Test]
    public void Run_KeepsWhatIsNew_AndLoadsItAgain()
    {
        FuzzUntilFound(seed: 1, TextWriter.Null);
        string[] kept = [.. Corpus.Files.Select(File.ReadAllText)];

        var runner = new InputRunner(new PlantedBug());
        var again = new ManagedFuzzer(runner, Corpus, new Failures(runner, FailureFolder, TextWriter.Null), seed: 1);
        again.Load(Corpus);
        Assert.Multiple(() =>
        {
            Assert.That(kept, Has.Some.StartsWith("BPF").And.All.Not.StartsWith("BPF!"));
            Assert.That(again.Kept, Is.InRange(1, kept.Length));
        });
    }

    [Test]
    public void Reduce_OfACorpus_KeepsTheShortestThatShowAllOfIt()
    {
        foreach (string input in (string[])["x", "yyyyyyyy", "B", "BPx", "BPxxxx", "BPF", "Bxxxx"]) Corpus.Save(Encoding.ASCII.GetBytes(input));
        var runner = new InputRunner(new PlantedBug());
        (int before, int after) = CorpusCover.Reduce(Corpus, runner, new Failures(runner, FailureFolder, TextWriter.Null));
        Assert.Multiple(() =>
        {
            Assert.That((before, after), Is.EqualTo((7, 1)));
            Assert.That(Corpus.Files.Select(File.ReadAllText), Is.EqualTo(new[] { "BPF" }));
        });
    }

    [Test]
    public void Mutate_OfAnyInput_StaysWithinTheBound()
    {
        var mutator = new Mutator(new Random(3), maxBytes: 40);
        byte[] input = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        int longest = Enumerable.Range(0, 20_000).Max(_ => mutator.Mutate(input, "donor 12"u8).Length);
        Assert.That(longest, Is.InRange(33, 40), "seed 3");
    }

    private long FuzzUntilFound(int seed, TextWriter output)
    {
        var runner = new InputRunner(new PlantedBug());
        var failures = new Failures(runner, FailureFolder, output);
        var fuzzer = new ManagedFuzzer(runner, Corpus, failures, seed);
        fuzzer.Run(() => failures.Count == 0 && fuzzer.Executions < MostExecutions);
        return fuzzer.Executions;
    }

    /// <summary>Another harness whose counters nobody sees.</summary>
    private sealed class Silent(Harness harness) : Harness("silent", "a bug without a trace")
    {
        public override byte[]? SeedOf(BpfConformance.Engine.Cases.TestCase test) => harness.SeedOf(test);

        protected override void Check(ReadOnlySpan<byte> input)
        {
            try
            {
                harness.Run(input);
            }
            finally
            {
                BranchMap.Counters.Clear();
            }
        }
    }
}
