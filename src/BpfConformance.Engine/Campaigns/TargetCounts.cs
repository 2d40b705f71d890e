using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Campaigns;

/// <summary>What a target answered.</summary>
public sealed class TargetCounts
{
    /// <summary>Different reasons that are told apart; further ones are counted as <see cref="OtherReasons"/>.</summary>
    public const int MaxReasons = 1024;

    public const string OtherReasons = "others";

    public long Accepted { get; set; }

    public long Rejected { get; set; }

    /// <summary>It could not be asked.</summary>
    public long Unsupported { get; set; }

    /// <summary>Nothing follows: trouble of the environment.</summary>
    public long Inconclusive { get; set; }

    public long Crashed { get; set; }

    /// <summary>Runs of accepted programs.</summary>
    public long Inputs { get; set; }

    /// <summary>Of these, those of which something could be compared.</summary>
    public long Conclusive { get; set; }

    /// <summary>How often it gave which reason for not accepting, numbers in it left out.</summary>
    public IDictionary<string, long> Reasons { get; init; } = new Dictionary<string, long>();

    /// <summary>Accepted of those that it accepted or rejected; <c>null</c>: there are none.</summary>
    public double? AcceptanceRate => Accepted + Rejected == 0 ? null : (double)Accepted / (Accepted + Rejected);

    public void Add(TargetRun run)
    {
        switch (run.Verdict.Kind)
        {
            case VerdictKind.Accepted: Accepted++; break;
            case VerdictKind.Rejected: Rejected++; break;
            case VerdictKind.Unsupported: Unsupported++; break;
            case VerdictKind.Inconclusive: Inconclusive++; break;
            case VerdictKind.Crashed: Crashed++; break;
        }

        if (run.Verdict.Kind != VerdictKind.Accepted) AddReason(ReasonText.Of(run.Verdict), 1);
        if (run.Observations is not { } seen) return;
        Inputs += seen.Count;
        for (int input = 0; input < seen.Count; input++)
        {
            if (seen[input].Status != ExecutionStatus.Inconclusive) Conclusive++;
        }
    }

    public void Add(TargetCounts other)
    {
        Accepted += other.Accepted;
        Rejected += other.Rejected;
        Unsupported += other.Unsupported;
        Inconclusive += other.Inconclusive;
        Crashed += other.Crashed;
        Inputs += other.Inputs;
        Conclusive += other.Conclusive;
        foreach ((string reason, long count) in other.Reasons) AddReason(reason, count);
    }

    private void AddReason(string reason, long count)
    {
        if (Reasons.Count >= MaxReasons && !Reasons.ContainsKey(reason)) reason = OtherReasons;
        Reasons[reason] = Reasons.TryGetValue(reason, out long before) ? before + count : count;
    }
}
