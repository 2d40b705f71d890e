using BpfConformance.Engine.Targets;
using BpfConformance.Targets;

namespace BpfConformance.SeededBugs.Defects;

/// <summary>One of our engines with one of the bugs.</summary>
/// <param name="Bug">Its number.</param>
/// <param name="Engine">As in <c>--target</c>.</param>
/// <param name="CreateHere">Makes it, of a name, in this process.</param>
internal sealed record DefectiveEngine(string Bug, string Engine, Func<string, IExecutionTarget> CreateHere)
{
    /// <summary>The same engine without the bug.</summary>
    public Func<IExecutionTarget> CreateSound { get; init; } = () => TargetRegistry.Find(Engine)!.Create(); // its name is one of the registry's

    /// <summary>Whether it may break the process that it is in.</summary>
    public bool BreaksProcess { get; init; }

    public string Name => $"{Bug}-{Engine}";

    /// <summary>The target, in a process of its own where it needs one.</summary>
    public IExecutionTarget Create() => BreaksProcess ? Worker.Start(Name) : CreateHere(Name);

    public override string ToString() => Name;
}
