using System.CommandLine;

namespace BpfConformance.Cli;

/// <summary>A verb with examples and exit codes, which <c>--help</c> shows after everything else.</summary>
/// <param name="name">The verb.</param>
/// <param name="description">One sentence.</param>
/// <param name="examples">Whole command lines, each with a <c>#</c> comment.</param>
internal sealed class ExampleCommand(string name, string description, params string[] examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples => examples;

    /// <summary>What each exit code means that it can end with, in their order.</summary>
    public IReadOnlyList<(int Code, string Meaning)> ExitCodes { get; private set; } = [];

    /// <summary>How long it may take to end by itself when it is interrupted.</summary>
    public TimeSpan Grace { get; set; } = Interruption.UsualGrace;

    /// <summary>Has it end at once, for who asks a second time; <c>null</c>: it is ended with the process.</summary>
    public Action? Hurry { get; set; }

    /// <summary>Says what its exit codes mean, but for those that mean the same everywhere.</summary>
    /// <param name="success">0.</param>
    /// <param name="failure">1; <c>null</c>: it does not end so.</param>
    /// <param name="nothingRan">3; <c>null</c>: it does not end so.</param>
    public void SetExitCodes(string success, string? failure = null, string? nothingRan = null)
    {
        (int Code, string? Meaning)[] all =
        [
            (ExitCode.Success, success),
            (ExitCode.Failure, failure),
            (ExitCode.Usage, "wrong usage, or files that are not what they should be"),
            (ExitCode.NothingRan, nothingRan),
            (ExitCode.Internal, "a fault of this program"),
            (ExitCode.Interrupted, "Ctrl-C"),
        ];
        ExitCodes = [.. all.Where(each => each.Meaning is not null).Select(each => (each.Code, each.Meaning!))];
    }
}
