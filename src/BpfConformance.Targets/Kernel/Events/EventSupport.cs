using System.Diagnostics;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Probes;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Events;

/// <summary>What programs that are attached need beside themselves, and what stays there for those that come after them.</summary>
/// <param name="loader">Loads it.</param>
/// <param name="results">A map that nobody needs in between.</param>
internal sealed class EventSupport(ProgramLoader loader, KernelMap results) : IDisposable
{
    private readonly Dictionary<(ProgramType Type, AttachType AttachType), Witness> _witnesses = [];
    private (Thread Thread, Instruction[] Code)? _guard;

    public ProbePlaces Places { get; } = new();

    /// <summary>A program that does nothing, for TEST_RUNs that come to a hook; made for the first of them.</summary>
    /// <exception cref="TargetException">There is none.</exception>
    public Lazy<FileDescriptor> Tested { get; } = new(() => LoadTested(loader));

    /// <summary>Who looks at contexts of a hook; made for the first program there.</summary>
    /// <param name="point">Of that program.</param>
    /// <param name="view">Its context.</param>
    /// <param name="bytes">How much of that there is.</param>
    /// <exception cref="TargetException">There is none.</exception>
    public Witness WitnessOf(AttachPoint point, ContextView view, int bytes)
    {
        (ProgramType, AttachType) hook = (point.Type, point.AttachType);
        if (_witnesses.TryGetValue(hook, out Witness? witness)) return witness;
        witness = new Witness(loader, AttachPoints.Of(point.Type) with { AttachType = point.AttachType }, view, bytes, Guard(point.Type));
        _witnesses.Add(hook, witness);
        return witness;
    }

    /// <summary>
    /// What a program of a type begins with where it is attached, to be of the calling thread alone: where programs run for all tasks, always the same thread asks.
    /// </summary>
    /// <exception cref="TargetException">There is none.</exception>
    public Instruction[] Guard(ProgramType type)
    {
        if (!HookEvents.AreOfAllTasks(type)) return [];
        _guard ??= (Thread.CurrentThread, TaskGuard.OfThisThread(loader, results));
        return _guard.Value.Thread == Thread.CurrentThread ? _guard.Value.Code : throw new UnreachableException("programs are attached by several threads");
    }

    public void Dispose()
    {
        foreach (Witness witness in _witnesses.Values) witness.Dispose();
        Places.Dispose();
        if (Tested.IsValueCreated) Tested.Value.Dispose();
    }

    private static FileDescriptor LoadTested(ProgramLoader loader)
    {
        LoadAnswer answer = loader.Decide([Code.MoveImmediate(Register.R0, 0), Code.Exit], AttachPoints.Of(ProgramType.SocketFilter), fds: []);
        return answer.Program ?? throw new CallFailure("BPF_PROG_LOAD of what a TEST_RUN is of", answer.Errno).ToException();
    }
}
