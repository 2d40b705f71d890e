using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Plugin.Protocol;
using BpfConformance.Targets.Processes;

namespace BpfConformance.Targets.Plugin;

/// <summary>
/// A machine in a child that speaks <c>conformance/PROTOCOL.md</c>. A child that breaks, hangs or is killed is replaced by
/// another; the load or run that did it is told, and no other is lost. One thread at a time.
/// </summary>
public sealed class PluginTarget : IExecutionTarget
{
    /// <summary>How often a child may be killed by somebody else before that is taken for the program's doing.</summary>
    internal const int MaxKills = 10;

    private readonly PluginSettings _settings;
    private readonly string _mark = StrayProcesses.NewMark();
    private PluginConnection? _connection;
    private HelloAnswer? _hello;
    private TargetCapabilities? _capabilities;
    private PluginProgram? _loaded;

    /// <param name="name">As in reports.</param>
    /// <param name="settings">What to start, and how long to wait.</param>
    public PluginTarget(string name, PluginSettings settings) => (Name, _settings) = (name, settings);

    public string Name { get; }

    /// <exception cref="TargetException">There is no child that introduces itself.</exception>
    public TargetCapabilities Capabilities => _capabilities ??= _settings.Completed(Hello.Capabilities);

    /// <summary>Of the child that runs now; <c>null</c>: none does.</summary>
    public int? ProcessId => _connection?.ProcessId;

    private HelloAnswer Hello
    {
        get
        {
            if (_hello is null && Connect() is { } failure) throw Trouble(failure);
            return _hello!; // who connects has it
        }
    }

    public LoadResult Load(LoadRequest request)
    {
        bool hasThreads = Hello.HasThreads;
        PluginProgram program = hasThreads ? new ContendedPluginProgram(this, request) : new PluginProgram(this, request);
        for (int kills = 0; ; kills++)
        {
            ChildFailure? failure = Load(program, out LoadResult load);
            if (failure is null) return load;
            if (failure.Kind == FailureKind.Trouble) throw Trouble(failure);
            if (failure.Kind == FailureKind.WasKilled && kills < MaxKills) continue;
            return new LoadResult(Verdict.Crashed(Sentence(failure)), null);
        }
    }

    public void Dispose()
    {
        _connection?.Leave();
        Disconnect();
    }

    /// <summary>Runs inputs of a program, which is loaded again if need be; or says why there are no outcomes.</summary>
    /// <param name="program">An accepted one.</param>
    /// <param name="inputs">No more than a request may have.</param>
    /// <param name="into">Where to record.</param>
    /// <param name="first">Where in it the first outcome goes.</param>
    internal ChildFailure? Run(PluginProgram program, ReadOnlySpan<RunInput> inputs, ObservationBatch into, int first)
    {
        if (Reload(program) is { } failure) return failure;
        _connection!.Begin(FrameKind.Run);
        InputsBody.Write(_connection.Writer, inputs);
        BodyParts parts = Hello.Capabilities.Parts();
        if (parts.HasFlag(BodyParts.UserSpace)) StepsBody.Write(_connection.Writer, inputs, wantsImages: !into.Maps(first).IsEmpty);
        if (parts.HasFlag(BodyParts.Programs)) ProgramsBody.Write(_connection.Writer, inputs);
        if (parts.HasFlag(BodyParts.Contexts)) ContextsBody.Write(_connection.Writer, inputs, wantsContexts: !into.Context(first).IsEmpty);
        int count = inputs.Length;
        return Ask(FrameKind.Outcomes, (ref BodyReader body) =>
        {
            OutcomesBody.Read(ref body, into, first, count, parts);
            for (int i = first; i < first + count; i++)
            {
                bool isImage = into[i].MapsLength < 0 || MapImage.IsOf(program.Request.Maps, into.Maps(i)[..into[i].MapsLength]);
                if (!isImage) throw body.Error($"outcome {i - first} has an image that is none of its maps");
            }
        });
    }

    /// <inheritdoc cref="Run"/>
    internal ChildFailure? RunTogether(
        PluginProgram program, ReadOnlySpan<RunInput> inputs, int map, ObservationBatch into, out ulong cell)
    {
        cell = 0;
        if (Reload(program) is { } failure) return failure;
        _connection!.Begin(FrameKind.RunTogether);
        _connection.Writer.U32((uint)map);
        InputsBody.Write(_connection.Writer, inputs);
        int count = inputs.Length;
        ulong seen = 0;
        failure = Ask(FrameKind.OutcomesTogether, (ref BodyReader body) =>
        {
            seen = body.U64("cell");
            OutcomesBody.Read(ref body, into, first: 0, count, BodyParts.None);
        });
        cell = seen;
        return failure;
    }

    internal void Unload(PluginProgram program)
    {
        if (_loaded != program) return;
        _loaded = null;
        _connection!.Begin(FrameKind.Unload); // what is loaded is loaded somewhere
        if (!_connection.Tell(_settings.Limit)) Disconnect();
    }

    /// <summary>The failure as a sentence about this target.</summary>
    internal string Sentence(ChildFailure failure) => $"{Name} {failure.Message}";

    private ChildFailure? Reload(PluginProgram program)
    {
        if (_loaded == program) return null;
        if (Load(program, out LoadResult load) is { } failure) return failure;
        return load.Program is not null
            ? null
            : new ChildFailure(FailureKind.Trouble, $"accepted the program, and then not: {load.Verdict.Message}");
    }

    private ChildFailure? Load(PluginProgram program, out LoadResult load)
    {
        load = new LoadResult(Verdict.Accepted, program);
        if (_connection is null && Connect() is { } trouble) return trouble;
        _connection!.Begin(FrameKind.Load); // who connects has it
        LoadBody.Write(_connection.Writer, program.Request, Hello.Capabilities.Parts());
        _loaded = null;
        LoadResult said = load;
        ChildFailure? failure = Ask(FrameKind.Verdict, (ref BodyReader body) =>
        {
            Verdict verdict = VerdictBody.Read(ref body);
            said = new LoadResult(verdict, verdict.Kind == VerdictKind.Accepted ? program : null) { Cost = CostBody.Read(ref body) };
        });
        load = said;
        if (failure is null) _loaded = (PluginProgram?)load.Program;
        return failure;
    }

    /// <summary>Starts a child and lets it introduce itself; one that does not is trouble, and says nothing of any program.</summary>
    private ChildFailure? Connect()
    {
        for (int kills = 0; ; kills++)
        {
            _connection = new PluginConnection(_settings.Command, _mark);
            _connection.Begin(FrameKind.Hello);
            HelloRequest.Write(_connection.Writer);
            ChildFailure? failure = Ask(FrameKind.HelloAnswer, (ref BodyReader body) => _hello = HelloAnswer.Read(ref body), _settings.StartLimit);
            if (failure is null) return null;
            if (failure.Kind == FailureKind.WasKilled && kills < MaxKills) continue;
            Disconnect();
            return failure with { Kind = FailureKind.Trouble };
        }
    }

    private ChildFailure? Ask(FrameKind expected, BodyAction read, TimeSpan? limit = null)
    {
        ChildFailure? failure = _connection!.Ask(expected, limit ?? _settings.Limit, read); // who asks is connected
        if (failure is { Kind: not FailureKind.Trouble }) Disconnect();
        return failure;
    }

    private void Disconnect()
    {
        _connection?.Dispose();
        StrayProcesses.EndMarked(_mark);
        (_connection, _loaded) = (null, null);
    }

    private TargetException Trouble(ChildFailure failure) => new(Sentence(failure)) { IsCrash = failure.IsCrash };
}
