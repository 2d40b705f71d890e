using BpfConformance.Abi;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Plugin.Protocol;

namespace BpfConformance.Targets.Plugin;

/// <summary>Serves a target to a host over the protocol of <c>conformance/PROTOCOL.md</c>.</summary>
/// <param name="target">It stays the caller's.</param>
/// <param name="input">Requests.</param>
/// <param name="output">Answers.</param>
public sealed class PluginServer(IExecutionTarget target, Stream input, Stream output)
{
    private const string NoRoom = "so many runs have no room in an answer";

    private static readonly LoadRequest s_nothing = new(new BpfProgram([]), Maps: [], DataBytes: 0);

    private readonly FrameWriter _writer = new();
    private readonly ObservationBatch _batch = new();
    private byte[] _frame = new byte[1 << 12];
    private ILoadedProgram? _program;
    private LoadRequest _loaded = s_nothing;
    private BodyParts? _parts;

    /// <summary>What the hello says that the machine has. Asking it may be trouble.</summary>
    private BodyParts Parts => _parts ??= target.Capabilities.Parts();

    /// <summary>Returns when the host says bye, or has closed the input.</summary>
    /// <exception cref="BpfFormatException">It does not follow the protocol: where the next frame begins is not known any more.</exception>
    public void Serve()
    {
        try
        {
            while (ReadFrame() is { } header)
            {
                if (header.Kind == FrameKind.Bye) break;
                if (!Answer(header)) continue;
                _writer.End();
                output.Write(_writer.Frame.Span);
                output.Flush();
            }
        }
        finally
        {
            _program?.Dispose();
        }
    }

    private FrameHeader? ReadFrame()
    {
        int bytes = input.ReadAtLeast(_frame.AsSpan(0, PluginProtocol.HeaderBytes), PluginProtocol.HeaderBytes, throwOnEndOfStream: false);
        if (bytes == 0) return null;
        if (bytes < PluginProtocol.HeaderBytes) throw HalfFrame();
        FrameHeader header = FrameHeader.TryRead(_frame.AsSpan(0, PluginProtocol.HeaderBytes))!.Value; // all of it is there
        if (_frame.Length < header.BodyBytes) _frame = new byte[header.BodyBytes];
        bool isWhole = input.ReadAtLeast(_frame.AsSpan(0, header.BodyBytes), header.BodyBytes, throwOnEndOfStream: false) == header.BodyBytes;
        return isWhole ? header : throw HalfFrame();
    }

    private static BpfFormatException HalfFrame() => new("standard input", 0, 0, "ends within a frame");

    /// <summary>Does what a request asks for, and writes the answer; whether there is one.</summary>
    private bool Answer(FrameHeader header)
    {
        var body = new BodyReader(_frame.AsSpan(0, header.BodyBytes));
        try
        {
            return Answer(header, ref body);
        }
        catch (TargetException trouble)
        {
            return Trouble(header, trouble.Message, trouble.IsCrash);
        }
        catch (BpfFormatException bad)
        {
            return Trouble(header, $"a request cannot be read: {bad.Message}");
        }
        catch (Exception bug)
        {
            // Of the machine that is served: the next program may well find it whole.
            return Trouble(header, $"internal error: {bug.GetType().Name}: {bug.Message}", isCrash: true);
        }
    }

    private bool Answer(FrameHeader header, ref BodyReader body)
    {
        switch (header.Kind)
        {
            case FrameKind.Hello:
                (ushort lowest, ushort highest) = HelloRequest.Read(ref body);
                if (PluginProtocol.Version < lowest || PluginProtocol.Version > highest)
                {
                    return Trouble(header, $"protocol versions {lowest} to {highest} are not spoken here, only {PluginProtocol.Version}");
                }

                bool hasThreads = HasThreads();
                _writer.Begin(FrameKind.HelloAnswer, header.Request);
                new HelloAnswer(PluginProtocol.Version, target.Name, target.Capabilities, hasThreads).Write(_writer);
                return true;

            case FrameKind.Load:
                LoadResult load = Load(LoadBody.Read(ref body, Parts));
                _writer.Begin(FrameKind.Verdict, header.Request);
                VerdictBody.Write(_writer, load.Verdict);
                CostBody.Write(_writer, load.Cost);
                return true;

            case FrameKind.Run:
                RunInput[] inputs = InputsBody.Read(ref body, _loaded.DataBytes);
                if (_program is null) return Trouble(header, "no program is loaded");
                bool wantsImages = Parts.HasFlag(BodyParts.UserSpace) && StepsBody.Read(ref body, inputs, _loaded);
                if (Parts.HasFlag(BodyParts.Programs)) ProgramsBody.Read(ref body, inputs, _loaded.Program.Count);
                bool wantsContexts = Parts.HasFlag(BodyParts.Contexts) && ContextsBody.Read(ref body, inputs, _loaded.Program);
                if (!ResetBatch(inputs, wantsImages, wantsContexts)) return Trouble(header, NoRoom);
                _program.Run(inputs, _batch);
                _writer.Begin(FrameKind.Outcomes, header.Request);
                OutcomesBody.Write(_writer, _batch);
                return true;

            case FrameKind.RunTogether:
                return RunTogether(header, ref body);

            case FrameKind.Unload:
                Unload();
                return false;

            default:
                return Trouble(header, $"requests of kind 0x{(byte)header.Kind:x2} are not known here");
        }
    }

    private bool RunTogether(FrameHeader header, ref BodyReader body)
    {
        uint map = body.U32("map");
        RunInput[] inputs = InputsBody.Read(ref body, _loaded.DataBytes, PluginProtocol.MaxThreads);
        if (_program is not IContendedProgram contended) return Trouble(header, "two threads do not run over one map here");
        if (map >= _loaded.Maps.Length || !Contention.HasCell(_loaded.Maps[(int)map])) return Trouble(header, $"map {map} is no array of one entry with a value of at least eight bytes");
        if (!ResetBatch(inputs, wantsImages: false, wantsContexts: false)) return Trouble(header, NoRoom);

        ulong cell = contended.RunTogether(inputs, (int)map, _batch);
        _writer.Begin(FrameKind.OutcomesTogether, header.Request);
        _writer.U64(cell);
        OutcomesBody.Write(_writer, _batch);
        return true;
    }

    /// <summary>Makes room for runs; whether their memories, with masks, have room in an answer, too.</summary>
    private bool ResetBatch(RunInput[] inputs, bool wantsImages, bool wantsContexts)
    {
        long mapBytes = wantsImages ? MapImage.MaxBytes(_loaded.Maps) : 0;
        int contextBytes = wantsContexts ? _loaded.Program.ContextBytes(given: inputs.Select(input => input.Context.Length).DefaultIfEmpty().Max()) : 0;
        int dataBytes = (_loaded with { LongestBatch = BatchStep.LongestIn(inputs.Select(input => input.Step), _loaded.Maps) }).ObservedBytes;
        if (inputs.Length * (dataBytes + mapBytes + contextBytes) > PluginProtocol.MaxBodyBytes / 2) return false;
        _batch.Reset(inputs.Length, dataBytes, (int)mapBytes, contextBytes);
        return true;
    }

    private LoadResult Load(LoadRequest request)
    {
        Unload();
        LoadResult load = target.Load(request);
        (_program, _loaded) = (load.Program, request);
        return load.Verdict.Kind == VerdictKind.Crashed
            ? throw new TargetException(load.Verdict.Message) { IsCrash = true }
            : load;
    }

    /// <summary>Only a program that was loaded shows it.</summary>
    private bool HasThreads()
    {
        var program = new BpfProgram([Code.MoveImmediate(Register.R0, 0), Code.Exit]);
        using ILoadedProgram? loaded = target.Load(new LoadRequest(program, Maps: [], DataBytes: 0)).Program;
        return loaded is IContendedProgram;
    }

    private void Unload()
    {
        _program?.Dispose();
        (_program, _loaded) = (null, s_nothing);
    }

    private bool Trouble(FrameHeader header, string message, bool isCrash = false)
    {
        _writer.Begin(FrameKind.Trouble, header.Request);
        _writer.U8(isCrash ? (byte)1 : (byte)0);
        _writer.Text(message);
        return true;
    }
}
