using System.Text.Json.Serialization;

namespace BpfConformance.Engine.Comparison;

/// <summary>How many cases ended how.</summary>
/// <param name="Passed">Everything compared, and right.</param>
/// <param name="Failed">At least one finding.</param>
/// <param name="Unsupported">Not asked, with a reason.</param>
/// <param name="Deviations">Failures that a deviations file of the target expects; they are not among <paramref name="Failed"/>.</param>
/// <param name="LegalDivergences">Rejected, or returned, where the case allows it.</param>
/// <param name="Inconclusive">Nothing could be compared, with a reason.</param>
public sealed record Counts(
    int Passed, int Failed, int Unsupported, int Deviations, int LegalDivergences, int Inconclusive)
{
    [JsonIgnore]
    public int Total => Passed + Failed + Unsupported + Deviations + LegalDivergences + Inconclusive;

    public static Counts Of(IReadOnlyCollection<CaseStatus> statuses)
    {
        int Number(CaseStatus status) => statuses.Count(other => other == status);
        return new Counts(
            Number(CaseStatus.Passed),
            Number(CaseStatus.Failed),
            Number(CaseStatus.Unsupported),
            Number(CaseStatus.Deviates),
            Number(CaseStatus.LegalDivergence),
            Number(CaseStatus.Inconclusive));
    }
}
