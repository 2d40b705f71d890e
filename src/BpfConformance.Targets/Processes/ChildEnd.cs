namespace BpfConformance.Targets.Processes;

/// <summary>How a child ended.</summary>
/// <param name="ExitCode">What it answered; 0 when a signal ended it.</param>
/// <param name="Signal">What ended it; 0: it ended itself.</param>
public readonly record struct ChildEnd(int ExitCode, int Signal)
{
    /// <summary>Whether somebody else ended it, such as a person, or a system without memory: no machine sends itself these.</summary>
    public bool IsFromOutside => Signal is Hangup or Interrupt or Kill or Terminate;

    private const int Hangup = 1;
    private const int Interrupt = 2;
    private const int Kill = 9;
    private const int Terminate = 15;

    /// <param name="status">As waitpid(2) has it.</param>
    public static ChildEnd Of(int status) =>
        (status & 0x7f) == 0 ? new ChildEnd(status >> 8 & 0xff, 0) : new ChildEnd(0, status & 0x7f);

    /// <summary>The same in a word or two.</summary>
    public string Word => Signal == 0 ? $"exit code {ExitCode}" : NameOf(Signal) ?? $"signal {Signal}";

    public override string ToString() => Signal == 0
        ? $"ended with exit code {ExitCode}"
        : $"was ended by signal {Signal}{(NameOf(Signal) is { } name ? $" ({name})" : string.Empty)}";

    private static string? NameOf(int signal) => signal switch
    {
        Hangup => "SIGHUP",
        Interrupt => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        Kill => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        Terminate => "SIGTERM",
        24 => "SIGXCPU",
        31 => "SIGSYS",
        _ => null,
    };
}
