namespace BpfConformance.Engine.Targets;

/// <summary>A machine that can tell what its runs do.</summary>
public interface ITracingTarget : IExecutionTarget
{
    /// <summary>Runs some inputs.</summary>
    /// <param name="request">What is loaded.</param>
    /// <param name="inputs">What is run.</param>
    /// <param name="contextBytes">The most bytes that a context has.</param>
    /// <param name="into">Gets what they did.</param>
    /// <returns>Whether there was a program to run.</returns>
    bool Trace(LoadRequest request, ReadOnlySpan<RunInput> inputs, int contextBytes, ExecutionTrace into);
}
