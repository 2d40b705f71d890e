using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.InProcess;
using BpfConformance.Targets.Plugin;
using BpfConformance.Targets.Plugin.Older;
using BpfConformance.Targets.Processes;
using BpfConformance.Tests.Targets.Kernel;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Plugin;

/// <summary>The protocol of the older suite, with a plug-in that takes it literally and refuses anything else.</summary>
internal sealed class OlderProtocolTests
{
    /// <summary>r0 = *(u8 *)(r1 + r2 − 1): the last byte of memory.</summary>
    private static readonly Instruction[] s_lastByte =
        [Slots.Slot(0x0f, 1, 2), Slots.Slot(0x71, 0, 1, -1), Slots.Exit];

    [TestCase("0xf", 15ul)]
    [TestCase("ffffffffffffffff\n", ulong.MaxValue)]
    [TestCase(" 2A ", 42ul)]
    [TestCase("hello", null)]
    [TestCase("", null)]
    [TestCase("-1", null)]
    [TestCase("1ffffffffffffffff", null)]
    public void Result_OfWhatIsPrinted_IsTheNumberOrNone(string text, ulong? expected) =>
        Assert.That(OlderText.Result(text), Is.EqualTo(expected));

    [Test]
    public void Bytes_AreTwoDigitsAndTwoSpacesEach() => Assert.That(OlderText.Bytes([0, 0xab, 7]), Is.EqualTo("00  ab  07  "));

    [TestCase("00  ab  ", true)]
    [TestCase("00", true)]
    [TestCase("run", false)]
    [TestCase("", false)]
    [TestCase("000", false)]
    public void IsBytes_OfAnArgument_TellsThemFromVerbs(string text, bool expected) => Assert.That(OlderText.IsBytes(text), Is.EqualTo(expected));

    [TestCase(1)]
    [TestCase(32_767)]
    public void Run_WithMemoryOfAnyAllowedLength_GivesR0(int bytes)
    {
        using OlderTarget target = Target();
        byte[] memory = new byte[bytes];
        memory[^1] = 0xc3;

        Outcome outcome = Run(target, s_lastByte, memory)[0];

        Assert.That((outcome.Status, outcome.R0, outcome.R0Mask), Is.EqualTo((ExecutionStatus.Returned, (ulong?)0xc3, ulong.MaxValue)));
        Assert.That((outcome.Data, outcome.Registers, outcome.Instructions), Is.EqualTo((default(ReadOnlyMemory<byte>?), default(RegisterFile), default(long?))));
    }

    [Test]
    public void Load_WithMoreMemoryThanAnArgumentHolds_IsUnsupported()
    {
        using OlderTarget target = Target();

        Verdict verdict = target.Load(Slots.Request(s_lastByte, 32_768)).Verdict;

        Assert.That((verdict.Kind, verdict.Message), Is.EqualTo((VerdictKind.Unsupported, "an argument holds at most 32767 bytes of memory, the program has 32768")));
        Assert.That(target.Capabilities.MaxDataBytes, Is.EqualTo(32_767));
    }

    [Test]
    public void Load_WithMaps_IsUnsupported()
    {
        using OlderTarget target = Target();
        MapDefinition map = Slots.Array("m", 8);

        Assert.That(target.Load(Slots.Request([Slots.Move(0, 1), Slots.Exit], 0, map)).Verdict.Message, Is.EqualTo("the bpf_conformance protocol has no maps"));
    }

    [Test]
    public void Run_WithoutMemory_GivesNoArgument()
    {
        using OlderTarget target = Target();

        Assert.That(Run(target, [Slots.Copy(0, 2), Slots.Exit], memories: [[]])[0].R0, Is.Zero);
    }

    [Test]
    public void Run_WithPluginArgs_PutsThemAfterTheMemory()
    {
        using OlderTarget target = Target("--prefix");

        Assert.That(Run(target, s_lastByte, [7, 9])[0].R0, Is.EqualTo(9));
    }

    [Test]
    public void Run_OfOtherInputsThanTheLoad_GivesTheirResults()
    {
        using OlderTarget target = Target();
        using ILoadedProgram program = target.Load(Slots.Request(s_lastByte, 1) with { FirstInput = new RunInput(new byte[] { 7 }) }).Program!;

        Assert.That(new byte[] { 9, 7, 7 }.Select(last => R0(program, last)), Is.EqualTo(new ulong[] { 9, 7, 7 }));

        static ulong R0(ILoadedProgram program, byte last)
        {
            var batch = new ObservationBatch();
            batch.Reset(1, dataBytes: 1);
            program.Run([new RunInput(new[] { last })], batch);
            return batch[0].R0;
        }
    }

    [Test]
    public void Load_OfWhatTheFirstInputShowsToFail_IsARejectionForNoToldReason()
    {
        using OlderTarget target = Target();
        LoadRequest request = Slots.Request([Slots.Slot(0xff), Slots.Exit], 2);

        Verdict verdict = target.Load(request).Verdict;

        Assert.That(verdict, Is.EqualTo(Verdict.Rejected(ReasonClass.Other, "rejected: UnknownOpcode at 0 (rejected or faulted: the protocol does not tell)")));
    }

    [Test]
    public void Run_AnErrorAtALaterInput_IsAFault()
    {
        using OlderTarget target = Target();
        Instruction[] faultsOnZero = [Slots.Slot(0x71, 3, 1), Slots.Move(0, 4), Slots.Slot(0x55, 3, 0, 1), Slots.Slot(0x71, 0, 3), Slots.Exit];

        Outcome[] outcomes = Run(target, faultsOnZero, [1], [0], [2]);

        Assert.That(outcomes.Select(outcome => outcome.Status), Is.EqualTo(new[] { ExecutionStatus.Returned, ExecutionStatus.Faulted, ExecutionStatus.Returned }));
        Assert.That(outcomes.Select(outcome => outcome.R0), Is.EqualTo(new ulong?[] { 4, null, 4 }));
    }

    [TestCase("--abort", "older was ended by signal 6 (SIGABRT)")]
    [TestCase("--words", "older printed 'hello world', expected hexadecimal digits")]
    [TestCase("--much", "older printed more than 65536 bytes")]
    public void Load_BreakingThePlugin_IsCrashed(string option, string message)
    {
        using OlderTarget target = Target(option);

        Assert.That(target.Load(Slots.Request(s_lastByte, 1)).Verdict, Is.EqualTo(Verdict.Crashed(message)));
    }

    [Test]
    public void Load_WithAnErrorOnStandardErrorAlone_TellsThat()
    {
        using OlderTarget target = Target("--errors");

        Assert.That(target.Load(Slots.Request(s_lastByte, 1)).Verdict.Message, Does.StartWith("only on standard error ("));
    }

    [Test]
    public void Run_WithoutAnEnd_IsTimedOut()
    {
        using var target = new OlderTarget("older", new PluginSettings(new ChildCommand(CPlugins.OlderPlugin, "--hang"), TimeSpan.FromMilliseconds(300)));

        Outcome outcome = Run(target, s_lastByte, [1])[0];
        Assert.That((outcome.Status, outcome.Reason), Is.EqualTo((ExecutionStatus.TimedOut, "older did not answer in 0.3 s")));
    }

    [TestCase("calls", 0)]
    [TestCase("divmul64/div64.vector", 0)]
    [TestCase("faults", 0)]
    [TestCase("malformed", 0)]
    public void Vectors_OnThePlugin_FailNowhere(string path, int failures)
    {
        var selection = new CaseSelection { Groups = [ConformanceGroup.Base32, ConformanceGroup.Base64, ConformanceGroup.Divmul64] };
        TestCase[] cases = [.. CaseLoader.Load([Repository.PathOf(["conformance", .. path.Split('/')])]).Cases.Where(selection.Selects).Where(test => test.Inputs.Length < 100).Take(120)];
        using OlderTarget target = Target();
        var runner = new ExperimentRunner([new ReferenceTarget(), target]);

        CaseResult[] results = [.. cases.Select(test => CaseJudge.ForVectors.Judge(runner.Run(test))[1])];

        Assert.That(results.Where(result => result.Status == CaseStatus.Failed).Select(result => $"{result.Case.Name}: {result.Reason}"), Has.Exactly(failures).Items);
        Assert.That(results.Count(result => result.Status == CaseStatus.Passed), Is.GreaterThan(0));
    }

    private static OlderTarget Target(params string[] arguments) =>
        new("older", new PluginSettings(new ChildCommand(CPlugins.OlderPlugin, [.. arguments])));

    private static Outcome[] Run(OlderTarget target, Instruction[] program, params byte[][] memories)
    {
        RunInput[] inputs = [.. memories.Select(memory => new RunInput(memory))];
        LoadResult load = target.Load(Slots.Request(program, memories[0].Length) with { FirstInput = inputs[0] });
        Assert.That(load.Verdict, Is.EqualTo(Verdict.Accepted));
        var batch = new ObservationBatch();
        batch.Reset(inputs.Length, memories[0].Length);
        load.Program!.Run(inputs, batch);
        return [.. Enumerable.Range(0, inputs.Length).Select(batch.Materialize)];
    }
}
