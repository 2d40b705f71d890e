namespace BpfConformance.Cli;

/// <summary>What the process answers to whoever started it.</summary>
public static class ExitCode
{
    public const int Success = 0;

    /// <summary>Something failed, or targets differ.</summary>
    public const int Failure = 1;

    /// <summary>Wrong usage, or a file that cannot be read or written.</summary>
    public const int Usage = 2;

    /// <summary>Nothing was run, or not on a target that was asked for by name.</summary>
    public const int NothingRan = 3;

    /// <summary>A fault of this program (sysexits.h, EX_SOFTWARE).</summary>
    public const int Internal = 70;

    /// <summary>Ended by Ctrl-C, as shells count it.</summary>
    public const int Interrupted = 130;
}
