namespace BpfConformance.Harnesses;

/// <summary>What the process answers to whoever started it.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>Something does not hold, or a worker broke or did not come back.</summary>
    public const int Failure = 1;

    /// <summary>What was asked for cannot be done here.</summary>
    public const int Usage = 2;
}
