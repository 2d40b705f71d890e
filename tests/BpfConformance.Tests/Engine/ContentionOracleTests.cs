using System.Buffers.Binary;
using System.Diagnostics;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine;

[TestFixture]
public sealed class ContentionOracleTests
{
    private static IEnumerable<TestCaseData> Orders()
    {
        yield return Row("one after the other", "0>1 1>2", "2>3 3>4", 4ul);
        yield return Row("the other first", "2>3 3>4", "0>1 1>2", 4ul);
        yield return Row("by turns", "0>1 2>3", "1>2 3>4", 4ul);
        yield return Row("a value that comes back", "0>1 1>0", "0>2 2>0", 0ul);
        yield return Row("a choice to take back", "0>1 1>5", "0>1 1>0", 5ul);
        yield return Row("operations that change nothing", "0>0 5>5", "0>5 5>5", 5ul);
        yield return Row("nothing but such", "0>0 0>0", "0>0 0>0", 0ul);
    }

    private static IEnumerable<TestCaseData> NoOrders()
    {
        yield return Row(
            "lost update", "0>1 1>2", "1>2 2>3", 3ul, "no order: cell = 0x3 after 1 operations of thread 0 and 2 of thread 1, but thread 0 found 0x1 next and thread 1 had ended");
        yield return Row(
            "old value given twice", "0>1 1>2", "0>3 3>4", 4ul, "no order: cell = 0x2 after 2 operations of thread 0 and 0 of thread 1, but thread 0 had ended and thread 1 found 0x0 next");
        yield return Row("wrong end", "0>1 1>2", "2>3 3>4", 3ul, "cell = 0x3 at the end, after operations that left 0x4");
        yield return Row(
            "a thread out of order", "1>2 0>1", "2>3 3>4", 4ul, "no order: cell = 0x0 after 0 operations of thread 0 and 0 of thread 1, but thread 0 found 0x1 next and thread 1 found 0x2 next");
        yield return Row(
            "not zero at first", "7>1 1>2", "2>3 3>4", 4ul, "no order: cell = 0x0 after 0 operations of thread 0 and 0 of thread 1, but thread 0 found 0x7 next and thread 1 found 0x2 next");
        yield return Row("every choice leads to a wrong end", "0>1 1>0", "0>1 1>0", 1ul, "cell = 0x1 at the end, after operations that left 0x0");
    }

    [TestCaseSource(nameof(Orders))]
    public void Judge_RecordsWithAnOrder_FindsNothing(string first, string second, ulong end) =>
        Assert.That(Judge(end, first, second), Is.Null);

    [TestCaseSource(nameof(NoOrders))]
    public void Judge_RecordsWithoutOne_SaysHowFarItComes(string first, string second, ulong end, string problem) =>
        Assert.That(Judge(end, first, second), Is.EqualTo(problem));

    [Test]
    public void Judge_StatedEnd_IsAllThatCounts()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Judge(3, "0>1 1>2", "0>3 3>4", " ends 3"), Is.Null);
            Assert.That(Judge(2, "0>1 1>2", "2>3 3>4", " ends 4"), Is.EqualTo("cell = 0x2 at the end"));
        });
    }

    /// <summary>8,192 choices, each of which must be tried before it is known that there is no order.</summary>
    [Test]
    public void Judge_AllValuesAlikeAndWrongEnd_IsKnownInTime()
    {
        string toggle = string.Join(' ', Enumerable.Repeat("0>1 1>0", 2048));
        long started = Stopwatch.GetTimestamp();

        string? problem = Judge(1, toggle, toggle);

        Assert.That(problem, Is.EqualTo("cell = 0x1 at the end, after operations that left 0x0"));
        Assert.That(Stopwatch.GetElapsedTime(started), Is.LessThan(TimeSpan.FromSeconds(10)));
    }

    [Test]
    public void Judge_ThreadThatDidNotReturn_IsLeftToOthers()
    {
        Experiment experiment = Experiment(3, "0>1 1>2", "0>3 3>4");
        experiment.Runs[0].Observations![1].Status = ExecutionStatus.TimedOut;

        Assert.That(new ContentionOracle().Judge(experiment), Is.Empty);
    }

    [TestCase("0>1 1>2 2>3", 0)]
    [TestCase("5>6 6>7 7>8", 0)]
    [TestCase("0>1 5>2 2>3", 1)]
    [TestCase("0>1 5>2 3>3", 2)]
    public void Interruptions_OfRecords_AreChangesByOthers(string records, int expected) =>
        Assert.That(new RecordList(Memory(records)).Interruptions, Is.EqualTo(expected));

    private static TestCaseData Row(string name, params object[] arguments) => new TestCaseData(arguments).SetArgDisplayNames(name);

    private static string? Judge(ulong end, string first, string second, string stated = "") =>
        new ContentionOracle().Judge(Experiment(end, first, second, stated)).SingleOrDefault()?.Got;

    private static Experiment Experiment(ulong end, string first, string second, string stated = "")
    {
        byte[][] memories = [Memory(first), Memory(second)];
        TestCase test = VectorReader.Read(
            $"-- maps\ncell: array key 4 value 8 entries 1\n-- asm\nr0 = 1\nexit\n-- result\n1\n-- contention\ncell: threads 2 records {(memories[0].Length - 8) / 16}{stated}\n",
            "x.vector",
            "x.vector");
        var batch = new ObservationBatch();
        batch.Reset(memories.Length, test.DataBytes);
        for (int thread = 0; thread < memories.Length; thread++)
        {
            batch[thread] = FakeTarget.Returned(1) with { DataLength = test.DataBytes };
            memories[thread].CopyTo(batch.Data(thread));
        }

        return new Experiment(test, [new TargetRun("x", Verdict.Accepted, batch) { CellAfter = end }]);
    }

    private static byte[] Memory(string records)
    {
        ulong[] words = [0, .. records.Split(' ', '>').Select(ulong.Parse)];
        var memory = new byte[words.Length * sizeof(ulong)];
        for (int i = 0; i < words.Length; i++) BinaryPrimitives.WriteUInt64LittleEndian(memory.AsSpan(i * sizeof(ulong)), words[i]);
        return memory;
    }
}
