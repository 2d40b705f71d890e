using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Events;
using BpfConformance.Targets.Kernel.States;
using BpfConformance.Targets.Kernel.Network;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>
/// The Linux kernel by raw bpf(2). A verdict is that of the program as given, or of a twin that cannot get another (<see cref="TwinVerdict"/>); a run is one of its twin, and only
/// on inputs that the gate, a sanitised reference, returned from. One thread at a time.
/// </summary>
public sealed class KernelTarget : IVerifierTarget
{
    private const int TimerInit = 169;

    // Of 20,000 valid programs (seed 7, 30 instructions); Linux 6.18, x86-64. Other processors take no more than twice the bytes.
    private static readonly UsualCost s_usualCost = new(VerifiedInstructions: 1.2, CodeBytes: 6.8);

    // Memory for a timer comes from where no lock is waited for, and there is none while somebody else holds it (kernel/bpf/helpers.c, 6.18, __bpf_async_init: kmalloc_nolock).
    private static readonly ImmutableSortedSet<int> s_mayLackMemory = [TimerInit];

    private readonly ProgramLoader _loader = new();
    private readonly KernelHealth _health;
    private readonly MemoryPool _memory = new();
    private readonly KernelMap _results;
    private readonly Lazy<TargetCapabilities> _capabilities;
    private readonly Lazy<PrivateNetwork> _network = new(PrivateNetwork.Create); // which keeps why there is none
    private bool _acceptedLast = true;

    private KernelTarget(IExecutionTarget gate, string taintFile, string logFile)
    {
        Gate = gate;
        _health = new KernelHealth(taintFile, logFile);
        _results = KernelMap.CreateMemory(ResultsLayout.AllBytes, "results");
        Events = new EventSupport(_loader, _results);
        _capabilities = new(Probe);
    }

    public string Name => "kernel";

    public TargetCapabilities Capabilities => _capabilities.Value;

    /// <summary>The machine that decides which inputs may run here; the caller's.</summary>
    internal IExecutionTarget Gate { get; }

    internal KernelMap Results => _results;

    internal EventSupport Events { get; }

    /// <summary>Made for the first case that needs it.</summary>
    /// <exception cref="TargetException">This process may not have one.</exception>
    internal PrivateNetwork Network => _network.Value;

    /// <summary>The message of what <see cref="Network"/> throws; <c>null</c>: there is one. A program that was loaded keeps its verdict.</summary>
    internal string? WhyNoNetwork
    {
        get
        {
            try
            {
                _ = Network;
                return null;
            }
            catch (TargetException problem)
            {
                return problem.Message;
            }
        }
    }

    /// <summary>Why bpf(2) cannot be used here, or <c>null</c> when it can.</summary>
    public static string? WhyUnavailable() => KernelAvailability.Problem;

    /// <param name="gate">The sanitised reference; it stays the caller's.</param>
    /// <param name="taintFile">Where the kernel says that something in it went wrong.</param>
    /// <param name="logFile">Where it says what.</param>
    /// <exception cref="TargetException">bpf(2) cannot be used; the message is that of <see cref="WhyUnavailable"/>.</exception>
    public static KernelTarget Create(IExecutionTarget gate, string taintFile = TaintWatch.Path, string logFile = KernelLog.Path) =>
        WhyUnavailable() is { } reason ? throw new TargetException(reason) : new KernelTarget(gate, taintFile, logFile);

    /// <summary>Everything that can be asked of this kernel, for people: map types, helpers, flags, TEST_RUN.</summary>
    public ImmutableArray<CapabilityProbe> ProbeEverything() => [.. Capabilities.Probes, .. KernelProbes.All(_loader)];

    public LoadResult Load(LoadRequest request) => NetworkNeeds.OfLoad(request) ? Network.Do(() => LoadHere(request)) : LoadHere(request);

    public Exploration Explore(LoadRequest request, int program, IExplorationObserver observer) =>
        NetworkNeeds.OfLoad(request) ? Network.Do(() => ExploreHere(request, program, observer)) : ExploreHere(request, program, observer);

    public void Dispose()
    {
        if (_network.IsValueCreated) _network.Value.Dispose();
        Events.Dispose();
        _loader.Dispose();
        _memory.Dispose();
        _results.Dispose();
        _health.Dispose();
    }

    /// <summary>The verifier says at once why not: a twin can be too complex, and that is not to be found out twice.</summary>
    /// <param name="twin">Its slots, map references resolved.</param>
    /// <param name="point">Of the program that it is the twin of.</param>
    /// <param name="fds">fd_array of this load.</param>
    internal LoadAnswer LoadTwin(ReadOnlySpan<Instruction> twin, AttachPoint point, int[] fds) =>
        _loader.Explain(twin, point, fds, LogLevel.Messages);

    /// <exception cref="TargetException">The kernel has said that something in it went wrong.</exception>
    internal void CheckHealth(BpfProgram program)
    {
        if (_health.ProblemWith(program) is { } broken) throw broken;
    }

    private LoadResult LoadHere(LoadRequest request)
    {
        if (TryBuild(request, out Verdict problem) is not { } build) return new LoadResult(problem, null);
        var program = new KernelProgram(this, build);
        try
        {
            // What is refused once is mostly followed by more of its kind, and a twin that is refused says nothing.
            LoadCost cost = _acceptedLast && program.IsOneLoadEnough && program.TryPrepare() ? program.Cost : default;
            Verdict? refusal = TwinVerdict.IsFarFromLimits(cost) ? null : FirstRefusal(build, out cost);
            _acceptedLast = refusal is null;
            if (refusal is null) return new LoadResult(Verdict.Accepted, program) { Cost = cost };
            program.Dispose();
            return new LoadResult(refusal, null);
        }
        catch (TargetException)
        {
            program.Dispose();
            throw;
        }
    }

    private Exploration ExploreHere(LoadRequest request, int program, IExplorationObserver observer)
    {
        using KernelBuild? build = TryBuild(request, out Verdict problem);
        if (build is null) return new Exploration(problem, IsComplete: false);
        KernelPart part = build.Parts[program];
        Instruction[] given = part.Given(build.Fds);
        LoadAnswer answer = _loader.Explore(given, part.Point, build.Fds, out ReadOnlySpan<byte> log);
        answer.Program?.Dispose();
        CheckHealth(request.Program);
        var exploration = new ExplorationLog(given, part.PrologueSlots, part.Part.Start, observer);
        bool isComplete = exploration.Read(log);
        return new Exploration(VerdictOf(answer, part, build, isComplete), isComplete, exploration.Bug);
    }

    private static Verdict VerdictOf(LoadAnswer answer, KernelPart part, KernelBuild build, bool hasWholeLog)
    {
        if (answer.Program is not null) return Verdict.Accepted;
        if (answer.Errno == (int)Errno.ENOSPC && !hasWholeLog) return Verdict.Inconclusive("the log is too long");
        return Errnos.IsTrouble(answer.Errno) ? throw Trouble(answer) : KernelVerdicts.Of(answer, part, build);
    }

    /// <summary>Makes what a request needs; <c>null</c>: it is not there, and <paramref name="problem"/> says why.</summary>
    private KernelBuild? TryBuild(LoadRequest request, out Verdict problem)
    {
        _health.CheckUsable();
        problem = Verdict.Accepted;
        if (KernelSupport.WhyNot(request, Capabilities) is { } unsupported)
        {
            problem = unsupported;
            return null;
        }

        CaseMaps? maps = CaseMaps.TryCreate(
            request, NetworkNeeds.BeginsWithGroups(request) ? new CaseObjects(Network) : null, out string message, out int errno);
        if (maps is not null) return new KernelBuild(request, maps, Memory(request, maps), _results); // owns maps and memory from here

        // ENOMEM is also the answer to a map that is too large.
        if (Errnos.IsTrouble(errno) && errno != (int)Errno.ENOMEM) throw new TargetException(message);
        problem = errno == (int)Errno.EPERM ? Verdict.Unsupported(ReasonClass.Permission, message)
            : errno != (int)Errno.ENOMEM && MapProbes.HasAllKinds(request.Maps) ? Verdict.Rejected(ReasonClass.InvalidMapDefinition, message, errno: errno)
            : Verdict.Unsupported(ReasonClass.NotImplemented, message);
        return null;
    }

    private static TargetException Trouble(LoadAnswer answer) => new($"BPF_PROG_LOAD: {Errnos.Name(answer.Errno)}");

    private TargetCapabilities Probe()
    {
        TargetCapabilities found = KernelFeatures.Probe(_loader);
        return found with
        {
            HasContexts = true,
            HasUserSpace = true,
            HasSeveralPrograms = true,
            HasNetwork = true,
            HasObjects = true,
            HasSockets = true,
            HasValueFields = true,
            Verifies = true,
            MayLackMemory = s_mayLackMemory,
            UsualCost = s_usualCost,
            HasUpperPartsOfFields = KernelFeatures.HasUpperPartsOfFields(_loader),
            OnlyLoaded = [.. AttachPoints.Rows.Where(row => row is { RunSince: null, NamesFunction: false } && !HookEvents.AreOf(row.Type)).Select(row => row.Type)],
            Probes = [.. found.Probes, _health.Probe()],
        };
    }

    private MemoryPool.Lease? Memory(LoadRequest request, CaseMaps maps)
    {
        bool hasUser = Enumerable.Range(0, request.Program.Count).Any(index => request.Program[index].Type == ProgramType.Unspecified);
        if (!hasUser || request.DataBytes == 0) return null;
        try
        {
            return _memory.Borrow(request.DataBytes);
        }
        catch (TargetException)
        {
            maps.Dispose();
            throw;
        }
    }

    /// <summary>The verdict on the first program that the kernel does not load, or <c>null</c>.</summary>
    /// <param name="build">The programs.</param>
    /// <param name="cost">Of those that it loads, together; nobody asks what programs cost whose verdict is stated.</param>
    /// <exception cref="TargetException">It says nothing of the program, or something went wrong in it.</exception>
    private Verdict? FirstRefusal(KernelBuild build, out LoadCost cost)
    {
        cost = build.Request.IsVerdictOpen ? new LoadCost(0, 0) : default;
        foreach (KernelPart part in build.Parts)
        {
            LoadAnswer answer = _loader.Load(part.Given(build.Fds), part.Point, build.Fds);
            if (answer.Program is { } loaded && build.Request.IsVerdictOpen) cost += ProgramInfo.Of(loaded).Cost;
            answer.Program?.Dispose();
            CheckHealth(build.Request.Program);
            if (answer.Program is not null) continue;
            if (Errnos.IsTrouble(answer.Errno)) throw Trouble(answer);
            return KernelVerdicts.Of(answer, part, build);
        }

        return null;
    }
}
