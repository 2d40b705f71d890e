using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Generation.Valid;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.InProcess;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Generation.Valid;

[TestFixture]
public sealed class ValidGeneratorTests
{
    private const int Many = 4000;

    private static readonly ReferenceTarget s_reference = new();
    private static readonly GeneratorLimits s_limits = GeneratorLimits.Of([s_reference.Capabilities]);

    [Test]
    public void Next_OfTheSameSeed_IsTheSameCase()
    {
        for (ulong index = 0; index < 100; index++)
        {
            TestCase one = OfSeed(new ValidGenerator(), 7, index);
            TestCase other = OfSeed(s_used, 7, index);
            Assert.That(other.Program, Is.EqualTo(one.Program), $"index {index}");
            Assert.That(other.Lines, Has.Length.EqualTo(other.Program.Instructions.Length), $"index {index}");
            Assert.That(other.Inputs.Select(input => input.Data.ToArray()), Is.EqualTo(one.Inputs.Select(input => input.Data.ToArray())), $"index {index}");
        }
    }

    [Test]
    public void Next_OfSeeds_RunsCleanOnTheReference()
    {
        var batch = new ObservationBatch();
        for (ulong index = 0; index < 1000; index++) AssertClean(OfSeed(s_used, 11, index), batch, $"seed 11, index {index}");
    }

    [Test]
    public void Next_OfAnyBytes_RunsCleanOnTheReference()
    {
        var batch = new ObservationBatch();
        var random = new Random(13);
        for (int length = 0; length < 400; length++)
        {
            var bytes = new byte[length];
            if (length % 3 > 0) random.NextBytes(bytes);
            if (length % 3 == 2) bytes.AsSpan(length / 2).Fill(byte.MaxValue);
            var entropy = Entropy.OfBytes(bytes);
            AssertClean(s_used.Next(ref entropy, s_limits), batch, $"seed 13, {length} bytes");
        }
    }

    [Test]
    public void Next_OfChangedBytesOfAStep_ChangesFewSlots()
    {
        var bytes = new byte[40 * Entropy.RecordBytes];
        new Random(3).NextBytes(bytes);
        byte[] changed = [.. bytes];
        changed[(36 * Entropy.RecordBytes) + 3] ^= 1; // late: what follows depends on what is known before it
        Instruction[] before = [.. OfBytes(bytes).Program.Instructions];
        Instruction[] after = [.. OfBytes(changed).Program.Instructions];

        int same = before.Zip(after).TakeWhile(pair => pair.First == pair.Second).Count();

        Assert.That(same, Is.GreaterThan(before.Length / 2));
    }

    [Test]
    public void Next_OfManySeeds_HasEveryRowThatRunsAndManyHelpersAndPointers()
    {
        var rows = new HashSet<int>();
        var kinds = new HashSet<int>();
        var helpers = new HashSet<int>();
        long slots = 0;
        for (ulong index = 0; index < Many; index++)
        {
            slots += OfSeed(s_used, 5, index).Program.Instructions.Length;
            rows.UnionWith(s_used.LastShape.Cells.Select(cell => cell / GeneratedShape.Kinds));
            kinds.UnionWith(s_used.LastShape.Cells.Select(cell => cell % GeneratedShape.Kinds));
            helpers.UnionWith(s_used.LastShape.Helpers);
        }

        IEnumerable<string> missing = InstructionTable.Rows.Where(row => s_limits.Rows[row.Index] && !rows.Contains(row.Index)).Select(row => row.Name);
        Assert.That(missing, Is.EqualTo(new[] { "call-btf", "lddw-var", "callx" }), "which nobody runs here");
        Assert.That(kinds, Has.Count.GreaterThanOrEqualTo(13));
        Assert.That(helpers, Has.Count.GreaterThanOrEqualTo(45));
        Assert.That(slots / Many, Is.InRange(30, 50));
    }

    /// <summary>Where a signed displacement of 8 bits ends within a word.</summary>
    [Test]
    public void Next_OfManySeeds_AccessesWordsAcrossTheEndOfShortDisplacements()
    {
        int across = Enumerable.Range(0, Many).Sum(index => OfSeed(s_used, 5, (ulong)index).Program.Instructions
            .Count(slot => InstructionTable.Find(slot) is { Name: "ldx64" } && slot.Offset is > sbyte.MaxValue - sizeof(int) and <= sbyte.MaxValue));
        Assert.That(across, Is.GreaterThan(Many / 200), "seed 5");
    }

    [TestCase(ConformanceGroup.Base32)]
    [TestCase(ConformanceGroup.Base32, ConformanceGroup.Base64)]
    [TestCase(ConformanceGroup.Base32, ConformanceGroup.Base64, ConformanceGroup.Divmul32, ConformanceGroup.Divmul64)]
    public void Next_WithFewGroups_HasNoOthers(params ConformanceGroup[] groups)
    {
        var limits = new GeneratorLimits(s_reference.Capabilities with { Groups = [.. groups] });
        var batch = new ObservationBatch();
        for (ulong index = 0; index < 300; index++)
        {
            var entropy = Entropy.OfSeed(17, index);
            TestCase test = s_used.Next(ref entropy, limits);
            Assert.That(ProgramNeeds.Of(test.Program.Instructions.AsSpan()).Groups, Is.SubsetOf(groups), $"seed 17, index {index}");
            AssertClean(test, batch, $"seed 17, index {index}");
        }
    }

    private static readonly ValidGenerator s_used = new(); // whatever came before

    private static TestCase OfSeed(ValidGenerator generator, ulong seed, ulong index)
    {
        var entropy = Entropy.OfSeed(seed, index);
        return generator.Next(ref entropy, s_limits);
    }

    private static TestCase OfBytes(byte[] bytes)
    {
        var entropy = Entropy.OfBytes(bytes);
        return s_used.Next(ref entropy, s_limits);
    }

    private static void AssertClean(TestCase test, ObservationBatch batch, string origin)
    {
        Assert.That(ProgramValidator.Validate(test.Program), Is.Null, origin);
        LoadRequest request = test.ToRequest();
        LoadResult loaded = s_reference.Load(request);
        using ILoadedProgram? program = loaded.Program;
        Assert.That(loaded.Verdict, Is.EqualTo(Verdict.Accepted), origin);
        RunInput[] inputs = [.. test.Inputs.Select(input => input.ForRun)];
        batch.Reset(inputs.Length, request.ObservedBytes, test.MapBytes, test.ContextBytes);
        program!.Run(inputs, batch);
        for (int i = 0; i < inputs.Length; i++)
        {
            Assert.That((batch[i].Status, batch[i].Fault), Is.EqualTo((ExecutionStatus.Returned, FaultKind.None)), $"{origin}, input {i}: {batch.Reason(i)}");
        }
    }
}
