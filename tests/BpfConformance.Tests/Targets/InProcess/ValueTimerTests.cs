using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;
using BpfConformance.Loading.Assembly;
using BpfConformance.Targets.InProcess;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.InProcess;

/// <summary>When timers in values of maps call back, and when that is each machine's own.</summary>
[TestFixture]
internal sealed class ValueTimerTests
{
    private const long Budget = 1 << 20;
    private const string Second = "1000000000";
    private const string Hour = "3600000000000";

    /// <summary>Starts a timer; callbacks count in the value, and may start it anew.</summary>
    private const string Program = """
        *(u32 *)(r10 - 4) = 0
        r2 = r10
        r2 += -4
        r1 = map_by_fd(0) ll
        call 1
        if r0 == 0 goto out
        r6 = r0
        r1 = r0
        r1 += 8
        r2 = map_by_fd(0) ll
        r3 = 1
        call 169
        r1 = r6
        r1 += 8
        r2 = code_addr(fired) ll
        call 170
        r1 = r6
        r1 += 8
        r2 = {0} ll
        r3 = {1}
        call 171
        out:
        r0 = 0
        exit
        fired:
        r4 = *(u64 *)(r3 + 0)
        r4 += 1
        *(u64 *)(r3 + 0) = r4
        {2}
        r0 = 0
        exit
        """;

    [TestCase("0", 0, 1)]
    [TestCase("5000000", 0, 1)]
    [TestCase("5000001", 0, null)]
    [TestCase("12000000", 0, null)]
    [TestCase("3599999999999", 0, null)]
    [TestCase(Hour, 0, 0)]
    [TestCase("-1", 0, 0)]
    [TestCase(Second, 1, 1)]
    [TestCase("2000000000", 1, null, Description = "over on every machine that runs for a while")]
    [TestCase("4611686018427387903", 1, null)]
    [TestCase("4611686018427387904", 1, 0)]
    [TestCase("-1", 1, 1, Description = "before all clocks")]
    public void Run_ThatStartsATimer_IsKnownWhereItIsSoonOrFarAway(string nanoseconds, int flags, int? calls) =>
        Assert.That(Run(nanoseconds, flags, string.Empty), Is.EqualTo(calls is null ? ExecutionStatus.Inconclusive : ExecutionStatus.Returned));

    [Test]
    public void Callback_ThatStartsItAnewEachMillisecond_IsNotKnown() =>
        Assert.That(Run("0", 0, Restart("1000000")), Is.EqualTo(ExecutionStatus.Inconclusive));

    /// <summary>Each call costs what it executes, however many timers the map has room for.</summary>
    [Test]
    [CancelAfter(60_000)]
    public void Callback_ThatStartsItAnewAtOnce_UsesUpTheBudget() =>
        Assert.That(Run("0", 0, Restart("0"), entries: 60_000), Is.EqualTo(ExecutionStatus.TimedOut));

    [Test]
    public void Run_InACaseWithTailCalls_IsNotKnown() =>
        Assert.That(Run("0", 0, string.Empty, 1, new MapDefinition("p", MapType.ProgArray, 4, 4, 1)), Is.EqualTo(ExecutionStatus.Inconclusive));

    [Test]
    public void Program_NamedAsTheOneThatLetsTimersCallBack_IsNotRunAfterOthers()
    {
        const string text = "r0 = 1\nexit\nr0 = 0\nr0 = *(u64 *)(r0 + 0)\nexit";
        var program = new BpfProgram([.. Assembler.Assemble(text).Instructions], ProgramType.Xdp)
        {
            Others = [new ProgramPart("(timers)", 2, ProgramType.Xdp)],
        };
        var request = new LoadRequest(program, [], 16);
        using var reference = new ReferenceTarget();
        using ILoadedProgram loaded = reference.Load(request).Program!;
        var seen = new ObservationBatch();
        seen.Reset(1, request.ObservedBytes);
        loaded.Run([new RunInput(new byte[16])], seen);
        Assert.That((seen[0].Status, seen[0].R0), Is.EqualTo((ExecutionStatus.Returned, 1ul)));
    }

    private static string Restart(string nanoseconds) => $"r1 = r3\nr1 += 8\nr2 = {nanoseconds}\nr3 = 0\ncall 171";

    private static ExecutionStatus Run(string nanoseconds, int flags, string more, int entries = 1, params MapDefinition[] others)
    {
        string text = Program.Replace("{0}", nanoseconds).Replace("{1}", $"{flags}").Replace("{2}", more);
        MapDefinition map = new("m", MapType.Array, sizeof(uint), 24, entries) { Fields = [new(ValueFieldKind.Timer, 8)] };
        var request = new LoadRequest(new BpfProgram([.. Assembler.Assemble(text).Instructions], ProgramType.Xdp), [map, .. others], 16)
        {
            IsSequence = true,
            InstructionBudget = Budget,
        };
        using var reference = new ReferenceTarget();
        using ILoadedProgram program = reference.Load(request).Program!;
        var seen = new ObservationBatch();
        seen.Reset(1, request.ObservedBytes, (int)MapImage.MaxBytes(request.Maps));
        program.Run([new RunInput(new byte[16])], seen);
        return seen[0].Status;
    }
}
