using BpfConformance.Engine.Targets;

namespace BpfConformance.Tests.Engine;

/// <summary>A verifier that tells what the test says.</summary>
/// <param name="explore">Tells it.</param>
/// <param name="isComplete">Whether that is all.</param>
internal sealed class FakeVerifier(Action<IExplorationObserver> explore, bool isComplete = true) : IVerifierTarget
{
    private readonly FakeTarget _machine = new("verifier");

    public string Name => _machine.Name;

    public TargetCapabilities Capabilities => _machine.Capabilities;

    public Verdict Verdict { get; init; } = Verdict.Accepted;

    public VerifierBug? Bug { get; init; }

    public LoadResult Load(LoadRequest request) => _machine.Load(request);

    public Exploration Explore(LoadRequest request, int program, IExplorationObserver observer)
    {
        explore(observer);
        return new Exploration(Verdict, isComplete, Bug);
    }

    public void Dispose() => _machine.Dispose();
}
