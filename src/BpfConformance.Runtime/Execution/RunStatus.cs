namespace BpfConformance.Runtime.Execution;

/// <summary>How a run ended, or that it has not.</summary>
public enum RunStatus : byte
{
    Running,
    Returned,
    Faulted,
    OutOfBudget,
}
