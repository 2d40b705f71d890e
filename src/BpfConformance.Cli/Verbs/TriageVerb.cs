using System.CommandLine;
using System.Globalization;
using BpfConformance.Cli.Campaigns;

namespace BpfConformance.Cli.Verbs;

/// <summary><c>bpfconf triage</c>: what campaigns have found, and what of it is known.</summary>
internal static class TriageVerb
{
    private static DateOnly Today => DateOnly.FromDateTime(DateTime.UtcNow);

    public static Command Create() => new("triage", "List what campaigns have found, show one kind of finding, or say why it may be.") { List(), Show(), Known() };

    private static ExampleCommand List()
    {
        var database = new DatabaseOptions();
        var command = new ExampleCommand("list", "All kinds of findings.", "bpfconf triage list");
        command.SetExitCodes("all are known", "some are new, or were known for a time that is over");
        database.AddTo(command);
        command.SetAction(parsed =>
        {
            using CampaignDatabase campaigns = database.OpenExisting(parsed);
            TextWriter output = parsed.InvocationConfiguration.Output;
            List<KnownFinding> findings = campaigns.Findings;
            string folder = database.Folder(parsed);
            foreach (KnownFinding finding in findings)
            {
                output.WriteLine($"{finding.Found.Signature.Slug}  {StatusText.Times(finding.Count)}  first seen {finding.FirstSeen:yyyy-MM-dd HH:mm}  {finding.Status(Today)}{(FindingFolder.WhyNotFiled(folder, finding.Found) is { } why ? $"  not filed: {why}" : string.Empty)}");
            }

            if (findings.Count == 0) output.WriteLine("no findings");
            return findings.Exists(finding => finding.IsNew(Today)) ? ExitCode.Failure : ExitCode.Success;
        });
        return command;
    }

    private static ExampleCommand Show()
    {
        var database = new DatabaseOptions();
        Argument<string> slug = Slug();
        var command = new ExampleCommand("show", "The case that showed a kind of finding first.", "bpfconf triage show state-x64") { slug };
        command.SetExitCodes("it is shown");
        database.AddTo(command);
        command.SetAction(parsed =>
        {
            using CampaignDatabase campaigns = database.OpenExisting(parsed);
            KnownFinding finding = Named(parsed.GetRequiredValue(slug), campaigns);
            TextWriter output = parsed.InvocationConfiguration.Output;
            output.Write(FindingFolder.TextOf(finding.Found));
            output.WriteLine($"status: {finding.Status(Today)}");
            output.WriteLine($"seen: {StatusText.Times(finding.Count)}, first {finding.FirstSeen:yyyy-MM-dd HH:mm:ss} UTC");
            string folder = database.Folder(parsed);
            output.WriteLine($"filed: {(FindingFolder.WhyNotFiled(folder, finding.Found) is { } why ? $"no: {why}" : "yes")}");
            output.WriteLine($"folder: {FindingFolder.PathOf(folder, finding.Found)}");
            return ExitCode.Success;
        });
        return command;
    }

    private static ExampleCommand Known()
    {
        var database = new DatabaseOptions();
        Argument<string> slug = Slug();
        var reason = new Option<string>("--reason") { Description = "Why it may be", HelpName = "TEXT", Required = true };
        var until = new Option<string>("--until") { Description = "The last day on which that counts; afterwards it is new again", HelpName = "YYYY-MM-DD", Required = true };
        var command = new ExampleCommand(
            "known",
            "Say why a kind of finding may be: until a day it is no new one.",
            "bpfconf triage known state-my-vm --reason 'https://example.org/issues/7' --until 2027-06-30")
        {
            slug, reason, until,
        };
        command.SetExitCodes("it is known now");
        database.AddTo(command);
        command.SetAction(parsed =>
        {
            string why = parsed.GetRequiredValue(reason).ReplaceLineEndings(" ").Trim(); // a finding has a line of a list
            string day = parsed.GetRequiredValue(until);
            if (why.Length == 0) throw new UsageException($"{reason.Name} says nothing");
            if (!DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly last) || last < Today)
            {
                throw new UsageException($"{until.Name} {day}: expected a day that is not over, such as 2027-06-30");
            }

            using CampaignDatabase campaigns = database.OpenExisting(parsed);
            KnownFinding finding = Named(parsed.GetRequiredValue(slug), campaigns);
            campaigns.SetKnown(finding.Found.Signature, why, last);
            parsed.InvocationConfiguration.Output.WriteLine($"{finding.Found.Signature.Slug}: known until {KnownFinding.Text(last)}: {why}");
            return ExitCode.Success;
        });
        return command;
    }

    private static Argument<string> Slug() => new("FINDING") { Description = "As 'bpfconf triage list' names it; its beginning is enough, where no other has the same" };

    /// <exception cref="UsageException">There is none, or more than one.</exception>
    private static KnownFinding Named(string beginning, CampaignDatabase campaigns)
    {
        KnownFinding[] findings = [.. campaigns.Findings.Where(finding => finding.Found.Signature.Slug.StartsWith(beginning, StringComparison.Ordinal))];
        return findings switch
        {
            [var only] => only,
            [] => throw new UsageException($"there is no finding '{beginning}'; 'bpfconf triage list' names them"),
            _ => throw new UsageException($"'{beginning}' begins the names of {findings.Length} findings: {string.Join(", ", findings.Select(finding => finding.Found.Signature.Slug))}"),
        };
    }
}
