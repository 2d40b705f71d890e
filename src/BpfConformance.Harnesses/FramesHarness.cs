using BpfConformance.Abi;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Plugin;
using BpfConformance.Targets.Plugin.Protocol;

namespace BpfConformance.Harnesses;

/// <summary>
/// Frames of the plug-in protocol. Requests: a server refuses them or answers them, and its own host reads the answers; the server is never the
/// one that breaks. Answers: the host refuses them or takes them.
/// </summary>
public sealed class FramesHarness() : Harness("frames", "the plug-in protocol, from either side")
{
    private const byte AnswerBit = 0x80;
    private const int Runs = 2;
    private const int DataBytes = 32;

    private readonly ObservationBatch _batch = new();

    public override byte[]? SeedOf(TestCase test)
    {
        if (test.Expectation.Load == LoadExpectation.Rejected || test.Contention is not null || test.HasNetwork) return null;
        RunInput[] inputs = [.. test.Inputs.Take(Runs).Select(input => input.ForRun)];
        return
        [
            .. Frames.Of(FrameKind.Hello, HelloRequest.Write),
            .. Frames.Of(FrameKind.Load, writer => LoadBody.Write(writer, test.ToRequest(), BodyParts.All)),
            .. Frames.Of(FrameKind.Run, writer =>
            {
                InputsBody.Write(writer, inputs);
                StepsBody.Write(writer, inputs, wantsImages: true);
                ProgramsBody.Write(writer, inputs);
                ContextsBody.Write(writer, inputs, wantsContexts: true);
            }),
            .. Frames.Of(FrameKind.Bye, _ => { }),
        ];
    }

    protected override void Check(ReadOnlySpan<byte> input)
    {
        try
        {
            if (FrameHeader.TryRead(input) is not { } header) return;
            if (((byte)header.Kind & AnswerBit) == 0) CheckServer(input);
            else CheckAnswer(header.Kind, input[PluginProtocol.HeaderBytes..]);
        }
        catch (BpfFormatException)
        {
            // A refusal of bytes names no file, and says the byte itself.
        }
    }

    private static void CheckServer(ReadOnlySpan<byte> input)
    {
        using var target = new AcceptingTarget();
        using var requests = new MemoryStream(WholeFrames(input).ToArray());
        using var answers = new MemoryStream();
        new PluginServer(target, requests, answers).Serve();
        for (ReadOnlySpan<byte> rest = answers.GetBuffer().AsSpan(0, (int)answers.Length); !rest.IsEmpty;)
        {
            FrameHeader header = FrameHeader.TryRead(rest) ?? throw new PropertyException("answers are whole frames", "one is not");
            CheckOwnAnswer(header.Kind, rest.Slice(PluginProtocol.HeaderBytes, header.BodyBytes));
            rest = rest[(PluginProtocol.HeaderBytes + header.BodyBytes)..];
        }
    }

    /// <summary>Without what comes after the last whole frame: the length of that one is bounded, and its room costs nothing but time.</summary>
    private static ReadOnlySpan<byte> WholeFrames(ReadOnlySpan<byte> input)
    {
        int length = 0;
        while (FrameHeader.TryRead(input[length..]) is { } header && header.BodyBytes <= input.Length - length - PluginProtocol.HeaderBytes)
        {
            length += PluginProtocol.HeaderBytes + header.BodyBytes;
            if (header.Kind == FrameKind.Bye) break;
        }

        return input[..length];
    }

    private static void CheckOwnAnswer(FrameKind kind, ReadOnlySpan<byte> bytes)
    {
        const string Property = "a server's answer can be read";
        var body = new BodyReader(bytes);
        try
        {
            if (kind == FrameKind.HelloAnswer) HelloAnswer.Read(ref body);
            else if (kind == FrameKind.Verdict) _ = Load(ref body);
            else if (kind == FrameKind.Trouble && body.U8("whether the machine broke") != 0) throw new PropertyException("a server serves any request", body.Text("what is wrong"));
        }
        catch (BpfFormatException refusal)
        {
            throw new PropertyException(Property, $"{kind}: {refusal.Message}");
        }
    }

    /// <summary>What is read of an answer, written, gives what is read again.</summary>
    private void CheckAnswer(FrameKind kind, ReadOnlySpan<byte> bytes)
    {
        const string Property = "what is read of an answer is written and read as it was";
        byte[] first = Rewritten(kind, bytes);
        Frames.CheckSame(Property, first, Rewritten(kind, first));
    }

    private byte[] Rewritten(FrameKind kind, ReadOnlySpan<byte> bytes)
    {
        var body = new BodyReader(bytes);
        if (kind == FrameKind.HelloAnswer)
        {
            HelloAnswer hello = HelloAnswer.Read(ref body);
            return Frames.BodyOf(kind, hello.Write);
        }

        if (kind == FrameKind.Verdict)
        {
            (Verdict verdict, LoadCost cost) = Load(ref body);
            return Frames.BodyOf(kind, writer =>
            {
                VerdictBody.Write(writer, verdict);
                CostBody.Write(writer, cost);
            });
        }

        _batch.Remark = string.Empty;
        _batch.Reset(Runs, DataBytes, mapBytes: DataBytes, contextBytes: DataBytes);
        OutcomesBody.Read(ref body, _batch, 0, Runs);
        return Frames.BodyOf(kind, writer => OutcomesBody.Write(writer, _batch));
    }

    private static (Verdict Verdict, LoadCost Cost) Load(ref BodyReader body) => (VerdictBody.Read(ref body), CostBody.Read(ref body));
}
