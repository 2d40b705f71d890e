using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Network;

namespace BpfConformance.Targets.Kernel;

/// <summary>
/// An accepted program, or several. After the first run, at which twins are made, a run by TEST_RUN allocates nothing, unless the case has maps that must
/// be made anew. What happens where programs are attached does: sockets, mapped pages.
/// </summary>
internal sealed class KernelProgram : IContendedProgram
{
    private const string LateBytes = "bytes came out of the connection after the step that sent them, more than were foreseen";

    private readonly KernelTarget _target;
    private readonly KernelBuild _build;
    private readonly GateRun _gate;
    private readonly LoadedTwins _twins;
    private readonly KernelThreads _threads;
    private readonly CaseInNetwork _network;
    private readonly TwinRuns _runs;
    private readonly bool _isOnNetwork;
    private readonly bool _startsTimers;
    private bool _hasRun;
    private bool? _isOneLoadEnough;
    private (bool IsKnown, string? Value) _whyNot;

    /// <param name="target">Where it is, or will be, accepted.</param>
    /// <param name="build">What is; this owns it.</param>
    public KernelProgram(KernelTarget target, KernelBuild build)
    {
        (_target, _build, _gate) = (target, build, new GateRun(target.Gate));
        _twins = new LoadedTwins(target, build, _gate);
        _threads = new KernelThreads(target, build, _twins);
        _network = new CaseInNetwork(target, build, _gate);
        _runs = new TwinRuns(target, build, _twins);
        _isOnNetwork = NetworkNeeds.OfRun(build.Request);
        _startsTimers = KernelTimers.AreStartedBy(build.Request.Program);
    }

    public void Run(ReadOnlySpan<RunInput> inputs, ObservationBatch into)
    {
        if (!_isOnNetwork) RunHere(inputs, into);
        else if (_target.WhyNoNetwork is { } reason) SetInconclusive(into, reason);
        else RunOnNetwork(inputs.ToArray(), into); // the stack of this thread is not another's
    }

    /// <summary>As the gate runs inputs one after the other, it vouches for each alone; what they do to each other the verifier has foreseen.</summary>
    public ulong RunTogether(ReadOnlySpan<RunInput> inputs, int map, ObservationBatch into)
    {
        if (_threads.WhyNot is { } reason)
        {
            SetInconclusive(into, reason);
            return 0;
        }

        if (!AskGate(inputs, into)) return 0;
        string? problem = Enumerable.Range(0, inputs.Length).Select(_gate.Refusal).FirstOrDefault(refusal => refusal is not null)
            ?? _threads.Prepare(inputs.Length);
        if (problem is not null)
        {
            SetInconclusive(into, problem);
            return 0;
        }

        _hasRun = true;
        return _threads.Run(inputs, map, into);
    }

    public void Dispose()
    {
        _threads.Dispose();
        _runs.Dispose();
        _gate.Dispose();
        _twins.Dispose();
        _build.Dispose();
    }

    /// <summary>On its own, as a closure is allocated where its method begins.</summary>
    private void RunOnNetwork(RunInput[] inputs, ObservationBatch into) => _target.Network.Do(() => RunHere(inputs, into));

    private void RunHere(ReadOnlySpan<RunInput> inputs, ObservationBatch into)
    {
        if (!AskGate(inputs, into)) return;
        bool needsFirst = _build.Request.Maps.Any(map => KernelMapAccess.IsPerProcessor(map) || map.Type == MapType.PerfEventArray);
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
                if (_build.Request.IsSequence && into.EndSequenceAfter(i)) break;
            }
        }
        finally
        {
            _runs.Detach();
            _network.Dispose();
        }

        _target.CheckHealth(_build.Request.Program);
    }

    /// <summary>Whether twins that are accepted say all of the programs as given.</summary>
    public bool IsOneLoadEnough => _isOneLoadEnough ??= TwinVerdict.IsThatOfGiven(_build); // of what is refused as given nobody asks

    /// <summary>What the twins took, once there are any.</summary>
    public LoadCost Cost => _twins.Cost;

    /// <summary>Whether this program can run: there are twins.</summary>
    public bool TryPrepare()
    {
        if (!_whyNot.IsKnown) _whyNot = (true, Prepare());
        return _whyNot.Value is null;
    }

    /// <summary>Whether this program can run at all; then the gate has run it on these inputs.</summary>
    private bool AskGate(ReadOnlySpan<RunInput> inputs, ObservationBatch into)
    {
        if (!TryPrepare())
        {
            SetInconclusive(into, _whyNot.Value!);
            return false;
        }

        into.Remark = _twins.Remark;
        _gate.Run(inputs, into.Data(0).Length); // as much room as the caller has
        return true;
    }

    private static void SetInconclusive(ObservationBatch into, string reason)
    {
        for (int i = 0; i < into.Count; i++) into.SetInconclusive(i, reason);
    }

    /// <summary>Why this program does not run, or <c>null</c>: there are twins.</summary>
    private string? Prepare()
    {
        if (!_build.Request.HasNetwork && _build.Parts.All(part => HookRun.WhyNot(part) is not null)) return HookRun.WhyNot(_build.Main);
        return RunDenyList.Reason(_build.Request.Program.Instructions.AsSpan()) ?? (IsOneLoadEnough ? null : _gate.WhyNot(_build.Request)) ?? _twins.Load();
    }

    /// <summary>Gives the kernel one input and records what came of it, or returns why that was not possible.</summary>
    private string? Take(ReadOnlySpan<RunInput> inputs, int index, ObservationBatch into)
    {
        if (_gate.Refusal(index) is { } refusal) return refusal;
        bool begins = index == 0 || !_build.Request.IsSequence;
        if (begins && _hasRun && ResetMaps() is { } problem) return problem;
        _hasRun = true;
        if (begins && (_build.Request.HasNetwork || NetworkNeeds.HoldsSockets(_build.Request))) _network.Begin(inputs);
        if (_network.HasMoreBytes(waits: false)) return LateBytes;
        if (_isOnNetwork) (_build.Maps.Objects ??= new CaseObjects(_target.Network)).Receiver = _network.Receiver;
        if (TakeStep(inputs[index], index, into) is { } reason) return reason;
        if (_startsTimers && inputs[index].Step is null) KernelTimers.Settle();

        bool isShown = !_build.Request.IsSequence || index == inputs.Length - 1;
        if (isShown && _network.HasMoreBytes(waits: true)) return LateBytes;
        if (isShown) KernelMapImage.Record(_build.Maps, into, index);
        return null;
    }

    private string? TakeStep(in RunInput input, int index, ObservationBatch into)
    {
        if (input.Step is null) return _runs.Run(input, index, into);
        if (input.Step is NetworkStep inNetwork)
        {
            _runs.Detach(); // what the step does is seen there
            _network.Take(inNetwork, _twins.Programs, index, into);
        }
        else
        {
            KernelSteps.Take(input.Step, _build.Maps, into, index);
        }

        return null;
    }

    private string? ResetMaps()
    {
        _build.ResetMaps(out bool mustReload);
        if (!mustReload) return null;
        _runs.Detach();
        return _twins.LoadAgain();
    }
}
