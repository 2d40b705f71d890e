using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Targets;
using BpfConformance.Interpreter;
using BpfConformance.Runtime.Execution;
using BpfConformance.Targets.InProcess;
using BpfConformance.Targets.Plugin;
using BpfConformance.Targets.Plugin.Protocol;
using NUnit.Framework;
using static BpfConformance.Tests.Targets.Kernel.Slots;

namespace BpfConformance.Tests.Targets.Plugin;

/// <summary>What a worker answers to requests that no host of ours sends, and what it does afterwards.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PluginServerTests : IDisposable
{
    private const int DataBytes = 8;

    /// <summary>A cell; one of two entries, and one of four bytes.</summary>
    private static readonly MapDefinition[] s_maps = [Array("cell", 8), Array("two", 8, maxEntries: 2), Array("narrow", 4)];

    private readonly FrameWriter _writer = new();
    private readonly MemoryStream _requests = new();

    [TestCase(0u, FrameKind.OutcomesTogether)]
    [TestCase(1u, FrameKind.Trouble)]
    [TestCase(2u, FrameKind.Trouble)]
    [TestCase(3u, FrameKind.Trouble)]
    [TestCase(4u, FrameKind.Trouble)]
    [TestCase(63u, FrameKind.Trouble)]
    [TestCase(0xffff_ffffu, FrameKind.Trouble)]
    public void RunTogether_OverAMap_NeedsOneThatHoldsACell(uint map, FrameKind answer)
    {
        Load(s_maps);
        RunTogether(map, threads: 2);
        RunTogether(0, threads: 2);

        Assert.That(Served(new ReferenceTarget()), Is.EqualTo(new[] { FrameKind.Verdict, answer, FrameKind.OutcomesTogether }));
    }

    [TestCase(0u)]
    [TestCase(1u)]
    public void RunTogether_BesideAnotherKindOfMap_IsTrouble(uint map)
    {
        Load([Array("cell", 8), new MapDefinition("hash", MapType.Hash, 4, 8, 1)]);
        RunTogether(map, threads: 2);

        Assert.That(Served(new ReferenceTarget()), Is.EqualTo(new[] { FrameKind.Verdict, FrameKind.Trouble }));
    }

    [TestCase(8, FrameKind.OutcomesTogether)]
    [TestCase(9, FrameKind.Trouble)]
    public void RunTogether_OnThreads_HasALimit(int threads, FrameKind answer)
    {
        Load(s_maps);
        RunTogether(0, threads);

        Assert.That(Served(new ReferenceTarget()), Is.EqualTo(new[] { FrameKind.Verdict, answer }));
    }

    [Test]
    public void RunTogether_WithMoreMemoryThanAnAnswerHolds_IsTrouble()
    {
        Load(s_maps, dataBytes: 16 << 20);
        RunTogether(0, threads: 3);

        Assert.That(Served(new ReferenceTarget()), Is.EqualTo(new[] { FrameKind.Verdict, FrameKind.Trouble }));
    }

    [Test]
    public void Load_IntoAMachineThatThrows_IsTroubleThatSaysSo()
    {
        Load([]);
        Load([]);
        var target = new InProcessTarget("throws", new ReferenceTarget().Capabilities, Throw);

        (FrameKind Kind, byte[] Body)[] answers = Answers(target);

        Assert.That(answers.Select(answer => answer.Kind), Is.EqualTo(new[] { FrameKind.Trouble, FrameKind.Trouble }));
        var trouble = new BodyReader(answers[0].Body);
        Assert.That((trouble.U8("crash"), trouble.Text("message")), Is.EqualTo(((byte)1, "internal error: InvalidOperationException: upside down")));

        static IMachineProgram? Throw(LoadRequest request, out ValidationError? error) => throw new InvalidOperationException("upside down");
    }

    [TestCase(192u, FrameKind.Outcomes)]
    [TestCase(193u, FrameKind.Trouble)]
    [TestCase(0xffff_ffffu, FrameKind.Trouble)]
    public void Run_WithAContext_IsNoLongerThanItsStructure(uint bytes, FrameKind answer)
    {
        // A machine with contexts and nothing else is sent them behind the inputs.
        var target = new InProcessTarget(
            "x", new ReferenceTarget().Capabilities with { HasUserSpace = false, HasSeveralPrograms = false }, ReferenceTarget.Loader(HandlerTable.Sanitized));
        var program = new BpfProgram([Slot(0x61, 0, 1, 8), Exit], ProgramType.SchedCls) { AttachType = AttachType.TcxIngress };
        Send(FrameKind.Load, () => LoadBody.Write(_writer, new LoadRequest(program, [], DataBytes), BodyParts.Contexts));
        RunWithContext(bytes);
        RunWithContext(12);

        (FrameKind Kind, byte[] Body)[] answers = Answers(target);

        Assert.That(answers.Select(each => each.Kind), Is.EqualTo(new[] { FrameKind.Verdict, answer, FrameKind.Outcomes }));
        var seen = new ObservationBatch();
        seen.Reset(1, DataBytes, contextBytes: 192);
        var outcomes = new BodyReader(answers[^1].Body);
        OutcomesBody.Read(ref outcomes, seen, first: 0, count: 1, BodyParts.Contexts);
        Assert.That((seen[0].Status, seen[0].R0, seen[0].ContextLength), Is.EqualTo((ExecutionStatus.Returned, 0x05050505, 192)));
    }

    public void Dispose() => _requests.Dispose();

    private void RunWithContext(uint bytes) => Send(FrameKind.Run, () =>
    {
        InputsBody.Write(_writer, [new RunInput(new byte[DataBytes])]);
        _writer.U8(1);
        _writer.U32(1);
        _writer.U32(0);
        _writer.U32(bytes);
        _writer.Bytes([.. Enumerable.Repeat((byte)5, (int)Math.Min(bytes, 200))]);
    });

    private void Load(MapDefinition[] maps, int dataBytes = DataBytes) =>
        Send(FrameKind.Load, () => LoadBody.Write(_writer, Request([Move(0, 1), Exit], dataBytes, maps), BodyParts.None));

    private void RunTogether(uint map, int threads) => Send(FrameKind.RunTogether, () =>
    {
        _writer.U32(map);
        InputsBody.Write(_writer, [.. Enumerable.Range(0, threads).Select(_ => new RunInput(new byte[DataBytes]))]);
    });

    [TestCase(6, "standard input: ends within a frame")]
    [TestCase(12, "standard input: ends within a frame")]
    [TestCase(0, "a frame says that it has 1819043176 bytes, expected 5 to ")]
    public void Input_ThatIsNoFrame_EndsIt(int length, string problem)
    {
        byte[] junk = "hello, world"u8.ToArray();
        if (length > 0) BitConverter.TryWriteBytes(junk, length);
        if (length == 6) junk = junk[..6];
        using var target = new ReferenceTarget();
        using var input = new MemoryStream(junk);
        using var output = new MemoryStream();

        Assert.That(() => new PluginServer(target, input, output).Serve(), Throws.TypeOf<BpfFormatException>().With.Message.StartsWith(problem));
    }

    private void Send(FrameKind kind, Action writeBody)
    {
        _writer.Begin(kind, request: 7);
        writeBody();
        _writer.End();
        _requests.Write(_writer.Frame.Span);
    }

    private FrameKind[] Served(IExecutionTarget target) => [.. Answers(target).Select(answer => answer.Kind)];

    private (FrameKind Kind, byte[] Body)[] Answers(IExecutionTarget target)
    {
        using var output = new MemoryStream();
        _requests.Position = 0;
        new PluginServer(target, _requests, output).Serve();

        var answers = new List<(FrameKind, byte[])>();
        for (ReadOnlyMemory<byte> left = output.ToArray(); FrameHeader.TryRead(left.Span) is { } header; left = left[(PluginProtocol.HeaderBytes + header.BodyBytes)..])
        {
            answers.Add((header.Kind, left.Slice(PluginProtocol.HeaderBytes, header.BodyBytes).ToArray()));
        }

        return [.. answers];
    }
}
