using System.Diagnostics;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Plugin;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Plugin;

/// <summary>Whatever a child does: an outcome or one clear error, every other result as it should be, and no process left.</summary>
internal sealed class HostileChildTests
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(600);
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(20);

    private static readonly byte[][] s_inputs = [[1, 0], [2, 0], [0xee, 0], [3, 0]];

    [SetUp]
    public void Need() => Python.Need();

    [TestCase("segv", "hostile was ended by signal 11 (SIGSEGV); it said: about to fault")]
    [TestCase("exit", "hostile ended with exit code 3")]
    [TestCase("killed", "hostile was ended by signal 9 (SIGKILL)")]
    [TestCase("garbage", "hostile does not follow the protocol: a frame says that it has 168364039 bytes, expected 5 to 67108869")]
    [TestCase("huge", "hostile does not follow the protocol: a frame says that it has 4294967280 bytes, expected 5 to 67108869")]
    [TestCase("half-exit", "hostile ended with exit code 0")]
    [TestCase("wrong-kind", "hostile does not follow the protocol: it answered with a frame of kind 0x93, expected 0x83")]
    [TestCase("short", "hostile does not follow the protocol: byte 2 of the body: number of outcomes needs 4 bytes, and 1 are left")]
    [TestCase("many", "hostile does not follow the protocol: byte 6 of the body: 4294967295 outcomes, expected 1")]
    [TestCase("broke", "hostile says: the machine is broken")]
    [TestCase("grandchild", "hostile ended with exit code 4")]
    [TestCase("daemon", "hostile ended with exit code 4")]
    public void Run_ThatBreaksTheChild_IsCrashedAndNoOtherIsLost(string action, string message)
    {
        using PluginTarget target = Python.Hostile(action, "run", s_long);

        Outcome[] outcomes = Run(target, s_inputs);

        Assert.That(outcomes[2].Status, Is.EqualTo(ExecutionStatus.Crashed));
        Assert.That(outcomes[2].Reason, Is.EqualTo(message));
        Assert.That(outcomes.Select(outcome => outcome.R0), Is.EqualTo(new ulong?[] { 2, 4, null, 6 }));
    }

    [TestCase("wrong-number", "it answered request")]
    [TestCase("close-output", "closed its output and goes on")]
    public void Run_WithoutAnAnswer_IsCrashed(string action, string words)
    {
        using PluginTarget target = Python.Hostile(action, "run", s_long);

        Outcome[] outcomes = Run(target, [[0xee, 0], [3, 0]]);

        Assert.That((outcomes[0].Status, outcomes[1].R0), Is.EqualTo((ExecutionStatus.Crashed, (ulong?)6)));
        Assert.That(outcomes[0].Reason, Does.Contain(words));
    }

    [TestCase("hang")]
    [TestCase("half")]
    [TestCase("flood-forever")]
    public void Run_ThatTakesTooLong_IsTimedOutAndNoOtherIsLost(string action)
    {
        using PluginTarget target = Python.Hostile(action, "run", s_short);
        long started = Stopwatch.GetTimestamp();

        Outcome[] outcomes = Run(target, s_inputs);

        Assert.That(outcomes[2].Status, Is.EqualTo(ExecutionStatus.TimedOut));
        Assert.That(outcomes.Select(outcome => outcome.R0), Is.EqualTo(new ulong?[] { 2, 4, null, 6 }));
        Assert.That(Stopwatch.GetElapsedTime(started), Is.LessThan(TimeSpan.FromSeconds(15)));
    }

    [TestCase("twice")]
    [TestCase("early")]
    public void Run_AnsweredToNothing_IsFoundAtTheNextRequest(string action)
    {
        using PluginTarget target = Python.Hostile(action, "run", s_long);
        using ILoadedProgram program = Load(target, 0).Program!;

        Outcome first = Run(program, [[0xee, 0]])[0];
        Outcome second = Run(program, [[5, 0]])[0];

        Assert.That(first.R0, Is.EqualTo(2 * 0xee));
        Assert.That(second.Status, Is.EqualTo(action == "early" ? ExecutionStatus.Returned : ExecutionStatus.Crashed));
    }

    [TestCase("flood")]
    [TestCase("slow")]
    [TestCase("more")]
    public void Run_OddButRight_IsTaken(string action)
    {
        using PluginTarget target = Python.Hostile(action, "run", s_long);

        Assert.That(Run(target, s_inputs).Select(outcome => outcome.R0), Is.EqualTo(new ulong?[] { 2, 4, 2 * 0xee, 6 }));
    }

    [Test]
    public void Load_OfMoreThanAPipeHoldsByAChildThatNeverReads_IsCrashed()
    {
        using PluginTarget target = Python.Hostile("deaf", "never", s_short);
        var program = new BpfProgram([.. Enumerable.Repeat(new Instruction(0x95, 0, 0, 0), 100_000)]);

        Verdict verdict = target.Load(new LoadRequest(program, [], 0)).Verdict;

        Assert.That(verdict, Is.EqualTo(Verdict.Crashed("hostile did not answer in 0.6 s")));
    }

    [Test]
    public void Run_ThatAlwaysBreaks_EndsAfterFourChildren()
    {
        using PluginTarget target = Python.Hostile("exit", "run", s_long);

        Outcome[] outcomes = Run(target, [.. Enumerable.Repeat(new byte[] { 0xee, 0 }, 300), [1, 0]]);

        Assert.That(outcomes.Count(outcome => outcome.Status == ExecutionStatus.Crashed), Is.EqualTo(4));
        Assert.That(outcomes[4].Reason, Is.EqualTo("not run: hostile gave no answer 4 times"));
        Assert.That(outcomes[300].Status, Is.EqualTo(ExecutionStatus.Inconclusive));
    }

    [TestCase("segv", "hostile was ended by signal 11 (SIGSEGV); it said: about to fault")]
    [TestCase("exit", "hostile ended with exit code 3")]
    [TestCase("killed", "hostile was ended by signal 9 (SIGKILL)")]
    [TestCase("short", "hostile does not follow the protocol: byte 3 of the body: pc needs 4 bytes, and 0 are left")]
    [TestCase("close-output", "hostile closed its output and goes on")]
    public void Load_ThatBreaksTheChild_IsCrashedAndTheNextIsNot(string action, string message)
    {
        using PluginTarget target = Python.Hostile(action, "load", s_long);

        Assert.That(Load(target, 666).Verdict, Is.EqualTo(Verdict.Crashed(message)));
        Assert.That(Load(target, 1).Verdict, Is.EqualTo(Verdict.Accepted));
    }

    [Test]
    public void Load_ThatTakesTooLong_IsCrashed()
    {
        using PluginTarget target = Python.Hostile("hang", "load", s_short);

        Assert.That(Load(target, 666).Verdict, Is.EqualTo(Verdict.Crashed("hostile did not answer in 0.6 s")));
    }

    [TestCase("trouble", false, "hostile says: no machine today")]
    [TestCase("broke", true, "hostile says: the machine is broken")]
    public void Load_AnsweredWithTrouble_IsTroubleOfTheEnvironment(string action, bool isCrash, string message)
    {
        using PluginTarget target = Python.Hostile(action, "load", s_long);

        TargetException trouble = Assert.Throws<TargetException>(() => Load(target, 666));

        Assert.That((trouble.Message, trouble.IsCrash), Is.EqualTo((message, isCrash)));
        Assert.That(Load(target, 1).Verdict, Is.EqualTo(Verdict.Accepted));
    }

    [TestCase("exit", "hostile ended with exit code 3")]
    [TestCase("garbage", "hostile does not follow the protocol: a frame says that it has 168364039 bytes, expected 5 to 67108869")]
    [TestCase("short", "hostile does not follow the protocol: byte 2 of the body: name needs 2 bytes, and 1 are left")]
    [TestCase("trouble", "hostile says: no machine today")]
    [TestCase("killed", "hostile was ended by signal 9 (SIGKILL)")]
    public void Hello_ThatIsNone_IsOneClearError(string action, string message)
    {
        using PluginTarget target = Python.Hostile(action, "hello", s_long);

        Assert.That(Assert.Throws<TargetException>(() => Load(target, 1)).Message, Is.EqualTo(message));
    }

    [TestCase("exit", ExecutionStatus.Crashed)]
    [TestCase("hang", ExecutionStatus.TimedOut)]
    public void RunTogether_ThatBreaksTheChild_IsToldOfAllThreads(string action, ExecutionStatus expected)
    {
        using PluginTarget target = Python.Hostile(action, "together", s_short);
        using var program = (IContendedProgram)Load(target, 0).Program!;
        ObservationBatch batch = Batch(2);

        program.RunTogether([new RunInput(new byte[2]), new RunInput(new byte[2])], 0, batch);

        Assert.That((batch[0].Status, batch[1].Status), Is.EqualTo((expected, expected)));
    }

    [TestCase("hang")]
    [TestCase("grandchild")]
    [TestCase("daemon")]
    [TestCase("job")]
    [TestCase("flood-forever")]
    public void Dispose_AfterWhateverItDid_LeavesNoProcess(string action)
    {
        using (PluginTarget target = Python.Hostile(action, "run", s_short)) Run(target, s_inputs);

        Assert.That(ProcessesOf(action), Is.Empty);
    }

    [TestCase("daemon")]
    [TestCase("job")]
    public void Run_ThatCostsTheChild_LeavesOnlyTheNextOne(string action)
    {
        using PluginTarget target = Python.Hostile(action, "run", s_short);

        Run(target, s_inputs);

        Assert.That(ProcessesOf(action), Is.EqualTo(new[] { $"/proc/{target.ProcessId}" }));
    }

    [Test]
    public void Run_WhenTheChildIsKilledInBetween_AnswersAllTheSame()
    {
        using PluginTarget target = Python.Hostile("none", "never", s_long);
        using ILoadedProgram program = Load(target, 0).Program!;
        for (byte round = 0; round < 3; round++)
        {
            using (var child = Process.GetProcessById(target.ProcessId!.Value)) child.Kill();
            Assert.That(Run(program, [[round, 0]])[0].R0, Is.EqualTo(2ul * round));
        }
    }

    private static string[] ProcessesOf(string action)
    {
        string script = $"hostile.py\0{action}\0run\0";
        return [.. Directory.EnumerateDirectories("/proc").Where(folder => CommandLineOf(folder).Contains(script, StringComparison.Ordinal))];
    }

    private static string CommandLineOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            return string.Empty; // it is no process, or gone
        }
    }

    private static LoadResult Load(PluginTarget target, int immediate)
    {
        Instruction[] program = [new(0xb7, 0, 0, immediate), new(0x95, 0, 0, 0)];
        return target.Load(new LoadRequest(new BpfProgram([.. program]), [], 2));
    }

    private static Outcome[] Run(PluginTarget target, byte[][] inputs)
    {
        using ILoadedProgram program = Load(target, 0).Program!;
        return Run(program, inputs);
    }

    private static Outcome[] Run(ILoadedProgram program, byte[][] inputs)
    {
        ObservationBatch batch = Batch(inputs.Length);
        program.Run(inputs.Select(input => new RunInput(input)).ToArray(), batch);
        return [.. Enumerable.Range(0, inputs.Length).Select(batch.Materialize)];
    }

    private static ObservationBatch Batch(int count)
    {
        var batch = new ObservationBatch();
        batch.Reset(count, dataBytes: 2);
        return batch;
    }
}
