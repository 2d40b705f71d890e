using System.Diagnostics;
using Iced.Intel;
using NUnit.Framework;
using Decoded = Iced.Intel.Instruction;

namespace BpfConformance.Tests.Jit.X64;

/// <summary>Jumps are as short as they can be, and lead where they should.</summary>
[TestFixture]
internal sealed class CodeLayoutTests
{
    [TestCase(0, false, 2)]
    [TestCase(127, false, 2)]
    [TestCase(128, false, 5)]
    [TestCase(127, true, 2)]
    [TestCase(128, true, 6)]
    [TestCase(32767, true, 6)]
    [TestCase(70000, false, 5)]
    public void Jump_ForwardOverBytes_IsShortUpTo127(int bytes, bool isConditional, int length)
    {
        using LaidOutCode code = new LaidOutCode(labels: 1).Jump(0, isConditional).Fill(bytes).Label(0).Fill(1);
        Decoded jump = Disassembly.Of(code.Finish())[0];
        Assert.That((jump.Length, jump.NearBranchTarget), Is.EqualTo((length, (ulong)(length + bytes))));
    }

    [TestCase(0, false, 2)]
    [TestCase(126, false, 2)]
    [TestCase(127, false, 5)]
    [TestCase(126, true, 2)]
    [TestCase(127, true, 6)]
    [TestCase(70000, true, 6)]
    public void Jump_BackOverBytes_IsShortUpTo128WithItself(int bytes, bool isConditional, int length)
    {
        using LaidOutCode code = new LaidOutCode(labels: 1).Label(0).Fill(bytes).Jump(0, isConditional);
        Decoded jump = Disassembly.Of(code.Finish())[^1];
        Assert.That((jump.Length, jump.NearBranchTarget), Is.EqualTo((length, 0ul)));
    }

    [Test]
    public void Jump_ThatOnlyReachesWhenTheOnesItSpansAreShort_IsShort()
    {
        // Over 121 bytes and two others: 125 when those are short, 132 when they are long.
        using LaidOutCode code = new LaidOutCode(labels: 2).Jump(0).Jump(1, isConditional: true).Jump(1).Fill(121).Label(0).Label(1).Fill(1);
        Assert.That(Disassembly.Of(code.Finish()).Take(3).Select(jump => jump.Length), Is.EqualTo(new[] { 2, 2, 2 }));
    }

    [TestCase(3)]
    [TestCase(60)]
    [TestCase(64, Description = "as many as there is room for at first")]
    public void Chain_OfWhichEachWaitsForTheNext_IsAllShort(int jumps)
    {
        using LaidOutCode code = Chain(jumps);
        Assert.That(Jumps(code.Finish()).Select(jump => jump.Length), Has.All.EqualTo(2));
    }

    [Test]
    public void Chain_ThatNeedsARoundForEachOfManyJumps_IsRightAndFast()
    {
        const int Count = 20_000;
        long start = Stopwatch.GetTimestamp();
        using LaidOutCode code = Chain(Count);
        byte[] bytes = code.Finish();
        Assert.That(Stopwatch.GetElapsedTime(start), Is.LessThan(TimeSpan.FromSeconds(2)));

        List<Decoded> jumps = Jumps(bytes);
        Assert.That(jumps, Has.Count.EqualTo(Count));
        Assert.That(jumps[^64..].Select(jump => jump.Length), Has.All.EqualTo(2));
        for (int n = 0; n < Count - 1; n++)
        {
            Assert.That(jumps[n].NearBranchTarget, Is.EqualTo(jumps[n + 1].NextIP), "each leads behind the next");
        }
    }

    [Test]
    public void Jumps_Hostile65536ToEitherEnd_LeadThereAndAreLaidOutQuickly()
    {
        const int Count = 65_536;
        var code = new LaidOutCode(labels: 2);
        code.Label(0);
        for (int n = 0; n < Count; n++) code.Jump(n & 1, isConditional: true);
        code.Label(1).Fill(1);
        long start = Stopwatch.GetTimestamp();
        byte[] bytes = code.Finish();
        Assert.That(Stopwatch.GetElapsedTime(start), Is.LessThan(TimeSpan.FromSeconds(2)));

        List<Decoded> jumps = Jumps(bytes);
        Assert.That(jumps.Select(jump => jump.NearBranchTarget).Distinct(), Is.EqualTo(new[] { 0ul, (ulong)(bytes.Length - 1) }));
        // A short one and a long one take eight bytes: sixteen reach the start, and sixteen the end.
        Assert.That(jumps.Count(jump => jump.Length == 2), Is.InRange(30, 34));
        code.Dispose();
    }

    [Test]
    public void Layout_OfRandomJumpsCallsAndLabels_LeadsEachToItsLabel()
    {
        int seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (int round = 0; round < 300; round++) AssertRandomLayout(random);
    }

    private static void AssertRandomLayout(Random random)
    {
        int labels = random.Next(1, 40);
        using var code = new LaidOutCode(labels);
        int[] order = [.. Enumerable.Range(0, labels)];
        random.Shuffle(order);
        var targets = new List<int>();
        foreach (int label in order)
        {
            code.Fill(random.Next(2) == 0 ? random.Next(10) : random.Next(140)).Label(label);
            for (int n = random.Next(3); n > 0; n--)
            {
                targets.Add(random.Next(labels));
                if (random.Next(5) == 0) code.Call(targets[^1]);
                else code.Jump(targets[^1], random.Next(2) == 0);
            }
        }

        List<Decoded> jumps = Jumps(code.Fill(1).Finish());
        Assert.That(jumps.Select(jump => (int)jump.NearBranchTarget), Is.EqualTo(targets.Select(code.Layout.FinalOf)));
        IEnumerable<Decoded> longOnes = jumps.Where(jump => jump.Length > 2 && jump.FlowControl != FlowControl.Call);
        Assert.That(longOnes.Select(jump => (long)(jump.NearBranchTarget - jump.NextIP)), Has.None.InRange(-131, 127));
    }

    /// <summary>Jump n leads behind jump n + 1: over 127 bytes when that is short, over 130 when it is long.</summary>
    private static LaidOutCode Chain(int jumps)
    {
        var code = new LaidOutCode(labels: jumps);
        for (int n = 0; n < jumps; n++)
        {
            code.Jump(n);
            if (n > 0) code.Label(n - 1);
            code.Fill(125);
        }

        return code.Label(jumps - 1).Fill(1);
    }

    private static List<Decoded> Jumps(byte[] code) =>
        [.. Disassembly.Of(code).Where(each => each.FlowControl is not FlowControl.Return)];
}
