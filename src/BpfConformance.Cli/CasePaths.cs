using System.CommandLine;

namespace BpfConformance.Cli;

/// <summary>The files and folders of cases that a command line names.</summary>
internal static class CasePaths
{
    private const string Default = "conformance";

    /// <summary>The argument that verbs share.</summary>
    public static Argument<string[]> Argument()
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = $"Files and folders of cases, and FILE.grid/MEMBER. Default: {Default}/",
            Arity = ArgumentArity.ZeroOrMore,
        };
        paths.Validators.Add(result =>
        {
            foreach (string word in result.Tokens.Select(token => token.Value).Where(word => word.StartsWith('-')))
            {
                result.AddError($"there is no option '{word}'; a file of that name is ./{word}");
            }
        });
        return paths;
    }

    /// <summary>What was given, or the default.</summary>
    public static string[] Of(string[]? given) => given is { Length: > 0 } ? given : [Default];
}
