using System.CommandLine;

namespace BpfConformance.Cli;

/// <summary>The files and folders of cases that a command line names.</summary>
internal static class CasePaths
{
    private const string Default = "conformance";

    /// <summary>The argument that verbs share.</summary>
    public static Argument<string[]> Argument() => new("PATH")
    {
        Description = $"Files and folders of cases, and FILE.grid/MEMBER. Default: {Default}/",
        Arity = ArgumentArity.ZeroOrMore,
    };

    /// <summary>What was given, or the default.</summary>
    public static string[] Of(string[]? given) => given is { Length: > 0 } ? given : [Default];
}
