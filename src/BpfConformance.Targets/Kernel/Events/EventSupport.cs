using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Targets.Kernel.Probes;

namespace BpfConformance.Targets.Kernel.Events;

/// <summary>What programs that are attached need beside themselves, and what stays there for those that come after them.</summary>
/// <param name="loader">Loads it.</param>
/// <param name="results">A map that nobody needs in between.</param>
internal sealed class EventSupport(ProgramLoader loader, KernelMap results) : IDisposable
{
    private readonly Dictionary<(ProgramType Type, AttachType AttachType), Witness> _witnesses = [];
    private Instruction[]? _guard;

    public ProbePlaces Places { get; } = new();

    /// <summary>Who looks at contexts of a hook; made for the first program there.</summary>
    /// <param name="point">Of that program.</param>
    /// <param name="view">Its context.</param>
    /// <param name="bytes">How much of that there is.</param>
    /// <exception cref="Engine.Targets.TargetException">There is none.</exception>
    public Witness WitnessOf(AttachPoint point, ContextView view, int bytes)
    {
        (ProgramType, AttachType) hook = (point.Type, point.AttachType);
        if (_witnesses.TryGetValue(hook, out Witness? witness)) return witness;
        witness = new Witness(loader, AttachPoints.Of(point.Type) with { AttachType = point.AttachType }, view, bytes, Guard(point.Type));
        _witnesses.Add(hook, witness);
        return witness;
    }

    /// <summary>What a program of a type begins with where it is attached. The calling thread is always the same.</summary>
    /// <exception cref="Engine.Targets.TargetException">There is none.</exception>
    public Instruction[] Guard(ProgramType type) => HookEvents.AreOfAllTasks(type) ? _guard ??= TaskGuard.OfThisThread(loader, results) : [];

    public void Dispose()
    {
        foreach (Witness witness in _witnesses.Values) witness.Dispose();
        Places.Dispose();
    }
}
