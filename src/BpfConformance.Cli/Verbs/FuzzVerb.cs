using System.CommandLine;

namespace BpfConformance.Cli.Verbs;

/// <summary><c>bpfconf fuzz</c>: keeps its place on the command line, and says that there is nothing behind it yet.</summary>
internal static class FuzzVerb
{
    public static Command Create()
    {
        var command = new Command("fuzz", "Not available yet: the differential fuzzer.") { Hidden = true, TreatUnmatchedTokensAsErrors = false };
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Error.WriteLine("bpfconf: fuzz is not available in this version; 'bpfconf run' compares vectors");
            return ExitCode.Usage;
        });
        return command;
    }
}
