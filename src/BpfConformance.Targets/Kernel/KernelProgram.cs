using System.Buffers.Binary;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Events;
using BpfConformance.Targets.Kernel.Network;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>
/// An accepted program, or several. Their twins are made at the first run, as many programs are only loaded; after that a run
/// allocates nothing, unless the case has maps that must be made anew.
/// </summary>
internal sealed class KernelProgram(KernelTarget target, KernelBuild build) : IContendedProgram
{
    private const string LateBytes = "bytes came out of the connection after the step that sent them, more than were foreseen";

    private readonly ObservationBatch _gateSeen = new();
    private readonly List<KernelThread> _threads = [];
    private readonly HookRun _hooks = new();
    private readonly AttachedRun _attached = new(target);
    private readonly bool _isOnNetwork = NetworkNeeds.OfRun(build.Request);
    private readonly bool _startsTimers = KernelTimers.AreStartedBy(build.Request.Program);
    private bool _isPrepared;
    private bool _hasRun;
    private string? _whyNot;
    private string _remark = string.Empty;
    private TwinSet? _twins;
    private FileDescriptor[] _programs = [];
    private ILoadedProgram? _gate;
    private NetworkRun? _network;

    public void Run(ReadOnlySpan<RunInput> inputs, ObservationBatch into)
    {
        if (!_isOnNetwork) RunHere(inputs, into);
        else if (target.WhyNoNetwork is { } reason) SetInconclusive(into, reason);
        else RunOnNetwork(inputs.ToArray(), into); // the stack of this thread is not another's
    }

    /// <summary>As the gate runs inputs one after the other, it vouches for each alone; what they do to each other the verifier has foreseen.</summary>
    public ulong RunTogether(ReadOnlySpan<RunInput> inputs, int map, ObservationBatch into)
    {
        if (!AskGate(inputs, into)) return 0;
        string? problem = Enumerable.Range(0, inputs.Length).Select(Refusal).FirstOrDefault(reason => reason is not null)
            ?? ProblemOfThreads(inputs.Length);
        if (problem is not null)
        {
            SetInconclusive(into, problem);
            return 0;
        }

        _hasRun = true;
        build.ClearMaps();
        for (int i = 0; i < inputs.Length; i++) _threads[i].Prepare(inputs[i].Data.Span);
        Simultaneous.Run(inputs.Length, thread => _threads[thread].Run());
        for (int i = 0; i < inputs.Length; i++) _threads[i].Record(into, i);
        target.CheckHealth(build.Request.Program);
        return BinaryPrimitives.ReadUInt64LittleEndian(build.Maps[map].Memory);
    }

    public void Dispose()
    {
        _threads.ForEach(thread => thread.Dispose());
        _attached.Dispose();
        _gate?.Dispose();
        Unload();
        build.Dispose();
    }

    /// <summary>On its own, as a closure is allocated where its method begins.</summary>
    private void RunOnNetwork(RunInput[] inputs, ObservationBatch into) => target.Network.Do(() => RunHere(inputs, into));

    private void RunHere(ReadOnlySpan<RunInput> inputs, ObservationBatch into)
    {
        if (!AskGate(inputs, into)) return;
        bool needsFirst = build.Request.Maps.Any(map => KernelMapAccess.IsPerProcessor(map) || map.Type == MapType.PerfEventArray);
        using FirstProcessor? first = needsFirst ? FirstProcessor.TryStayOn() : null;
        if (needsFirst && first is null)
        {
            SetInconclusive(into, "this thread may not run on the first processor, whose values are those that are looked at");
            return;
        }

        try
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                if (Take(inputs, i, into) is { } reason) into.SetInconclusive(i, reason);
                if (build.Request.IsSequence && into.EndSequenceAfter(i)) break;
            }
        }
        finally
        {
            LeaveHooks();
        }

        target.CheckHealth(build.Request.Program);
    }

    /// <summary>Other loads have the same network, and the same control group.</summary>
    private void LeaveHooks()
    {
        _attached.Detach();
        _network?.Dispose();
        _network = null;
    }

    /// <summary>Whether this program can run at all; then the gate has run it on these inputs.</summary>
    private bool AskGate(ReadOnlySpan<RunInput> inputs, ObservationBatch into)
    {
        if (!_isPrepared) _whyNot = Prepare();
        _isPrepared = true;
        if (_whyNot is not null)
        {
            SetInconclusive(into, _whyNot);
            return false;
        }

        into.Remark = _remark;
        _gateSeen.Reset(inputs.Length, into.Data(0).Length); // as much room as the caller has
        _gate!.Run(inputs, _gateSeen); // Prepare has set it, or said why not.
        return true;
    }

    private static void SetInconclusive(ObservationBatch into, string reason)
    {
        for (int i = 0; i < into.Count; i++) into.SetInconclusive(i, reason);
    }

    /// <summary>Loads as many threads as are missing; why that is not possible, or <c>null</c>.</summary>
    private string? ProblemOfThreads(int count)
    {
        if (build.Memory is null || !build.CanClearMaps) return "only programs with memory, no hook and arrays run on several threads here";
        if (build.Parts.Length > 1 || build.HasProgArrays) return "only single programs run on several threads here";
        while (_threads.Count < count) _threads.Add(new KernelThread(target, build, _twins!)); // Prepare has set it, or said why not.
        return _threads.Select(thread => thread.Problem).FirstOrDefault(problem => problem is not null);
    }

    /// <summary>Loads the twins here and in the gate, ones that show less if need be, or returns why this program does not run.</summary>
    private string? Prepare()
    {
        if (!build.Request.HasNetwork && build.Parts.All(part => HookRun.WhyNot(part) is not null)) return HookRun.WhyNot(build.Main);
        if (RunDenyList.Reason(build.Request.Program.Instructions.AsSpan()) is { } denied) return denied;

        // A twin replaces exits, so what the reference refuses as given must not come here repaired.
        LoadResult given = target.Gate.Load(build.Request);
        given.Program?.Dispose();
        if (given.Program is null) return $"not run: {target.Gate.Name} does not load it: {given.Verdict.Reason}: {given.Verdict.Message}";

        if (Prepare(TwinShape.AllRegisters) is not { } problem) return null;
        _remark = $"r6–r9 were not compared: {problem.Split('\n', 2)[0]}";
        return Prepare(TwinShape.ResultOnly);
    }

    private string? Prepare(TwinShape shape)
    {
        _twins = TwinSet.Build(build, shape, target.Capabilities.Cpu >= CpuVersion.V4, out string problem);
        if (_twins is null) return "no twin: " + problem;

        LoadResult gate = target.Gate.Load(_twins.ForGate);
        if (gate.Program is null)
        {
            return $"{target.Gate.Name} does not load the twin: {gate.Verdict.Reason}: {gate.Verdict.Message}";
        }

        _gate?.Dispose();
        _gate = gate.Program;
        return LoadTwins();
    }

    private string? LoadTwins()
    {
        FileDescriptor[]? programs = _twins!.TryLoad(target, build.Fds, out string problem); // Prepare makes them before anybody comes here.
        Unload();
        target.CheckHealth(build.Request.Program);
        if (programs is null) return problem;
        _programs = programs;
        build.Maps.Fill(programs);
        return null;
    }

    private void Unload()
    {
        _attached.Detach();
        foreach (FileDescriptor program in _programs) program.Dispose();
        _programs = [];
    }

    /// <summary>Why the gate does not let this input pass, or <c>null</c>.</summary>
    private string? Refusal(int index)
    {
        ref Observation seen = ref _gateSeen[index];
        if (seen.Status == ExecutionStatus.Returned) return null;
        if (seen.Status == ExecutionStatus.Inconclusive) return $"{target.Gate.Name}: {_gateSeen.Reason(index)}";

        string fault = seen.Fault == FaultKind.None ? string.Empty : $" ({seen.Fault})";
        string place = seen.FaultPc < 0 ? string.Empty
            : _twins?.OriginalPc(seen.FaultPc) is { } pc ? $" at pc {pc}"
            : " in the twin's own code";
        return $"not run: {target.Gate.Name} {seen.Status}{fault}{place}";
    }

    /// <summary>Gives the kernel one input and records what came of it, or returns why that was not possible.</summary>
    private string? Take(ReadOnlySpan<RunInput> inputs, int index, ObservationBatch into)
    {
        if (Refusal(index) is { } refusal) return refusal;
        bool begins = index == 0 || !build.Request.IsSequence;
        if (begins && _hasRun && ResetMaps() is { } problem) return problem;
        _hasRun = true;
        if (begins && (build.Request.HasNetwork || NetworkNeeds.HoldsSockets(build.Request))) BeginNetwork(inputs);
        if (_network?.HasMoreBytes(waits: false) == true) return LateBytes;
        if (_isOnNetwork) build.Maps.Objects = new CaseObjects(target.Network) { Receiver = _network?.Sockets[NetworkPlace.Receiver] };
        if (inputs[index].Step is NetworkStep) _attached.Detach(); // what it does is seen there
        if (inputs[index].Step is NetworkStep inNetwork) TakeInNetwork(inNetwork, index, into);
        else if (inputs[index].Step is { } step) KernelSteps.Take(step, build.Maps, into, index);
        else if (RunOne(inputs[index], index, into) is { } reason) return reason;
        if (_startsTimers && inputs[index].Step is null) KernelTimers.Settle();

        bool isShown = !build.Request.IsSequence || index == inputs.Length - 1;
        if (isShown && _network?.HasMoreBytes(waits: true) == true) return LateBytes;
        if (isShown) KernelMapImage.Record(build.Maps, into, index);
        return null;
    }

    /// <summary>Runs one of the twins and records what came of it, or returns why that was not possible.</summary>
    private string? RunOne(in RunInput input, int index, ObservationBatch into)
    {
        KernelPart part = build.Parts[input.Program];
        bool hasHook = part.Part.Type != ProgramType.Unspecified;
        if (hasHook && !part.IsAttached && HookRun.WhyNot(part, input) is { } reason) return reason;
        ReadOnlySpan<byte> data = input.Data.Span;
        if (!hasHook && data.Length != build.Request.DataBytes)
        {
            return $"{data.Length} bytes of memory; the program was loaded for {build.Request.DataBytes}";
        }

        Span<byte> results = target.Results.Memory.Slice(_twins!.ResultsPlace(input.Program), ResultsLayout.Bytes); // Prepare has set it, or said why not.
        FileDescriptor program = _programs[input.Program];
        if (part.IsAttached) return _attached.Run(part, program, _twins.Shape, results, input, into, index);
        results.Clear();
        TestRun run = hasHook ? _hooks.Run(part, program, input, into, index) : RunOnMemory(program, data);
        if (run.Errno != 0) return $"TEST_RUN: {Errnos.Name(run.Errno)}";

        ref Observation seen = ref into[index];
        seen.Status = ExecutionStatus.Returned;
        KernelObserver.RecordRegisters(results, run.ReturnValue, _twins.Shape, ref seen);
        if (hasHook) _hooks.Record(part, run, into, index);
        else KernelObserver.RecordMemory(build.Memory is { } memory ? memory.Memory[..data.Length] : [], into, index);
        return null;
    }

    private void BeginNetwork(ReadOnlySpan<RunInput> inputs)
    {
        _network?.Dispose();
        _network = new NetworkRun(target.Network, build.Request.Program, isConnected: !NetworkStep.Connects(inputs));
        build.Maps.FillWithSockets(_network.Sockets);
    }

    /// <summary>What is a machine's own in packets, the gate has found out.</summary>
    private void TakeInNetwork(NetworkStep step, int index, ObservationBatch into)
    {
        Span<byte> results = target.Results.Memory;
        results.Clear();
        var fate = new PacketFate(into.Data(index), into.DataMask(index), build.Parts.Length);
        long result = _network!.Take(step, _programs, build.Maps, ref fate); // it is made where a sequence begins
        if (step is WriteStep or ConnectStep) ReadStream(index, ref fate);
        KernelObserver.RecordFate(result, results, build.Parts.Length, ref fate, ref into[index]);
        _gateSeen.DataMask(index)[..fate.Length].CopyTo(into.DataMask(index));
        if (!step.HasFate) into[index].DataLength = 0;
    }

    private void ReadStream(int index, ref PacketFate fate)
    {
        byte[] foreseen = _gateSeen.Data(index)[.._gateSeen[index].DataLength].ToArray();
        int programs = build.Parts.Length;
        new StreamReading(_network!.Sockets.Connection!, foreseen, programs).Read(() => KernelObserver.HaveRun(target.Results.Memory, programs, foreseen), ref fate);
    }

    private string? ResetMaps()
    {
        build.ResetMaps(out bool mustReload);
        return mustReload ? LoadTwins() : null;
    }

    private TestRun RunOnMemory(FileDescriptor program, ReadOnlySpan<byte> data)
    {
        if (build.Memory is { } memory) data.CopyTo(memory.Memory);
        return TestRun.Of(program, dataIn: [], dataOut: [], context: [], repeat: 0);
    }
}
