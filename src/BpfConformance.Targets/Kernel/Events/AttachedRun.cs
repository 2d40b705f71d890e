using System.Diagnostics;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Events;

/// <summary>
/// Runs programs of types without TEST_RUN: they are attached to the control group of the private network's thread, to perf events of that thread, or to
/// a tracepoint, and it then does what gives them the context that the case states. One is attached at a time, and stays so for the runs that follow, until
/// somebody else is to come.
/// </summary>
internal sealed class AttachedRun(KernelTarget target) : IDisposable
{
    private const int MaxAttempts = 100;

    private readonly List<FileDescriptor> _links = [];
    private FileDescriptor? _attached;
    private KernelPart? _part;
    private IHookEvent? _event;
    private byte[] _prepared = [];
    private byte[] _context = [];

    /// <summary>Runs once and records what came of it, or returns why not.</summary>
    /// <param name="part">The program; its type is one of <see cref="HookEvents"/>.</param>
    /// <param name="program">Its twin.</param>
    /// <param name="shape">What the twin shows.</param>
    /// <param name="results">Where.</param>
    /// <param name="input">What it is to be given.</param>
    /// <param name="into">Where to.</param>
    /// <param name="index">Of the input.</param>
    /// <exception cref="TargetException">What it is to be attached to is not there.</exception>
    public string? Run(KernelPart part, FileDescriptor program, TwinShape shape, Span<byte> results, in RunInput input, ObservationBatch into, int index)
    {
        if (part.Hook?.Context is not { } view) return $"nothing is known of a hook {Vocabulary.AttachTypes[part.Part.AttachType]}";
        var wanted = new WantedContext(part.Part.Hook, ContextOf(view.Layout, input), input.Data.Span);
        IHookEvent happens = EventFor(part);
        happens.Complete(wanted);
        if (happens.WhyNot(wanted) is { } reason) return reason;

        Witness witness = target.Events.WitnessOf(part.Point, view, happens.KnownBytes ?? view.Layout.SizeBytes);
        if (Attach(program, witness, happens, wanted) is { } refusal) return happens.WhyRefused is { } why ? $"{refusal}: {why}" : refusal.ToString();
        witness.Clear();
        results.Clear();
        CallFailure? problem = Cause(happens, witness, wanted);
        happens.Restore(wanted);
        if (witness.Runs == 0) return problem?.ToString() ?? "the hook was not reached";
        if (witness.Runs > 1) return $"the hook was reached {witness.Runs} times";
        if (witness.Deviation(wanted) is { } deviation) return deviation;
        ref Observation seen = ref into[index];
        if (!KernelObserver.TryRecordRegisters(results, shape, ref seen)) return "the program did not come to its end";
        seen.Status = ExecutionStatus.Returned;
        witness.Record(into, index, isRefusal: seen.R0 == 0);
        return null;
    }

    /// <summary>Takes the program away from its hook; it may be unloaded then.</summary>
    public void Detach()
    {
        if (_event is { Place: HookPlace.PerfEvents }) CloseAtOnce();
        else _links.ForEach(link => link.Dispose());
        _links.Clear();
        _attached = null;
    }

    public void Dispose()
    {
        Detach();
        (_event as IDisposable)?.Dispose();
    }

    /// <summary>
    /// Perf events wait until nobody can be in a program any more (kernel/trace/bpf_trace.c, 6.18, <c>perf_event_detach_bpf_prog</c>), for several at
    /// once as long as for one.
    /// </summary>
    private void CloseAtOnce() => Task.WaitAll(
        [.. _links.Select(link => Task.Factory.StartNew(link.Dispose, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))]);

    private CallFailure? Cause(IHookEvent happens, Witness witness, WantedContext wanted)
    {
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                CallFailure? problem = happens.Cause(wanted);
                if (witness.Runs > 0 || problem is not null || !happens.CanBeMissed || attempt == MaxAttempts) return problem;
                Thread.Sleep(1); // who was interrupted goes on
            }
        }
        finally
        {
            if (happens.HappensAnyway) Detach();
        }
    }

    private Span<byte> ContextOf(ContextLayout layout, in RunInput input)
    {
        int bytes = layout.IsOpen ? input.Context.Length : layout.SizeBytes;
        if (_context.Length != bytes) _context = new byte[bytes];
        int given = Math.Min(input.Context.Length, _context.Length);
        input.Context.Span[..given].CopyTo(_context);
        _context.AsSpan(given).Clear();
        return _context;
    }

    private IHookEvent EventFor(KernelPart part)
    {
        if (_event is not null && part == _part) return _event;
        Dispose();
        _part = part;
        return _event = HookEvents.Of(part.Part.Type, target.Events.Places, target.Events.Tested)!; // it is one of them
    }

    /// <summary>Attaches all, or none and returns why.</summary>
    private CallFailure? Attach(FileDescriptor program, Witness witness, IHookEvent happens, WantedContext wanted)
    {
        if (ReferenceEquals(program, _attached) && wanted.All.SequenceEqual(_prepared)) return null;
        Detach();
        happens.Prepare(wanted);
        _prepared = wanted.All.ToArray();
        try
        {
            foreach (FileDescriptor each in (FileDescriptor[])[witness.Before, program, witness.After])
            {
                if (TryAttach(each, happens.Place, wanted.Hook, out CallFailure? refusal) is not { } link) return refusal;
                _links.Add(link);
            }

            _attached = program;
            return null;
        }
        finally
        {
            if (_attached is null) Detach();
        }
    }

    private FileDescriptor? TryAttach(FileDescriptor program, HookPlace place, AttachType hook, out CallFailure? refusal)
    {
        int errno;
        FileDescriptor? link = place switch
        {
            HookPlace.Group => BpfLink.TryCreate(program, target.Network.Group.Folder.Number, hook, out errno),
            HookPlace.PerfEvents each => BpfLink.TryCreate(program, each.Events[_links.Count].Number, AttachType.PerfEvent, out errno),
            HookPlace.Tracepoint itself => BpfLink.TryOpen(program, itself.Name, out errno),
            _ => throw new UnreachableException($"a place that is a {place.GetType().Name}"),
        };
        refusal = link is null ? new CallFailure(place is HookPlace.Tracepoint ? "BPF_RAW_TRACEPOINT_OPEN" : "BPF_LINK_CREATE", errno) : null;
        return link;
    }
}
