namespace BpfConformance.Engine.Targets;

/// <summary>A machine whose verifier can tell what it believed.</summary>
public interface IVerifierTarget : IExecutionTarget
{
    /// <summary>Loads one program of a request and tells how it was verified; nothing stays loaded.</summary>
    /// <param name="request">What is loaded.</param>
    /// <param name="program">Which program of it, by its index.</param>
    /// <param name="observer">Is told of it.</param>
    Exploration Explore(LoadRequest request, int program, IExplorationObserver observer);
}

/// <summary>How an exploration ended.</summary>
/// <param name="Verdict">On that program alone.</param>
/// <param name="IsComplete">Whether all that the verifier followed was told of.</param>
/// <param name="Bug">What the verifier found wrong in itself, and went on; <c>null</c>: nothing, or nothing that it told of.</param>
public sealed record Exploration(Verdict Verdict, bool IsComplete, VerifierBug? Bug = null);

/// <summary>Something that a verifier found wrong in itself.</summary>
/// <param name="Pc">The slot that it was at.</param>
/// <param name="Message">Its own words.</param>
public sealed record VerifierBug(int Pc, string Message);
