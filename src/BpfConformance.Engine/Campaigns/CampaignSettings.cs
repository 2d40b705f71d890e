using System.Collections.Immutable;
using BpfConformance.Engine.Findings;
using BpfConformance.Engine.Oracles;

namespace BpfConformance.Engine.Campaigns;

/// <summary>What a campaign is to do.</summary>
/// <param name="Targets">In the order in which a worker asks them.</param>
/// <param name="Workers">How many there are at a time.</param>
/// <param name="CaseLimit">How long a worker may take for a case.</param>
public sealed record CampaignSettings(ImmutableArray<string> Targets, int Workers, TimeSpan CaseLimit)
{
    /// <summary>How much longer it may take for a finding: a filer reduces for 5 s, and then runs and compiles what is left in every form.</summary>
    public TimeSpan FilingLimit { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>When no range is begun any more, counted from the campaign's first start; <c>null</c>: it has no such end.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>What there is to tell of a worker that has ended with a case in hand.</summary>
    public FoundCase FoundBy(JournalEntry entry, WorkerEnd end)
    {
        string who = entry.Stage switch
        {
            CaseStage.None or CaseStage.Generating => "generator",
            CaseStage.Filing when end.Kind == WorkerEnd.Slow => "filer",
            CaseStage.Running or CaseStage.Filing when entry.Target < Targets.Length => Targets[entry.Target], // asked by whomever
            CaseStage.Running => "oracles",
            CaseStage.Filing => "filer",
        };
        string program = entry.Program.Length <= FoundCase.MaxProgramBytes ? Convert.ToHexStringLower(entry.Program.Span) : string.Empty;
        string text = $"the worker {end.How} while {who} had the case{(end.Errors.Length > 0 ? $"; it said: {end.Errors}" : string.Empty)}";
        return new FoundCase(new FindingSignature(CrashOracle.OracleName, who, string.Empty, end.Kind), entry.Case, text, program) { WhyNotFiled = "a worker ended with it, and it is not run again" };
    }
}
