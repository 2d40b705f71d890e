using System.Text;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Claims;

namespace BpfConformance.Reporting;

/// <summary>Writes claims for people: one line each.</summary>
public static class ClaimText
{
    private const int DigestShown = 12;

    /// <summary>The target and the suite that it was asked, and below a line for each claim.</summary>
    public static string Of(TargetClaims target, SuiteReport suite)
    {
        var text = new StringBuilder($"{target.Name} {target.Version}, asked {Cases(suite.Cases)} with digest {suite.Sha256[..DigestShown]}\n");
        int width = target.Claims.Max(claim => claim.Group.Length);
        foreach (ClaimLine claim in target.Claims)
        {
            string mark = claim.IsPostRfc ? " (post-RFC)" : string.Empty;
            text.Append($"  {claim.Group.PadRight(width)} {Vocabulary.CpuVersions[claim.Cpu]}{mark}  {What(claim)}\n");
        }

        return text.ToString();
    }

    private static string What(ClaimLine claim) => claim.Status switch
    {
        ClaimStatus.Conforms => $"conforms ({Counted(claim)})",
        ClaimStatus.Fails => $"fails: {ReportText.FirstLine(claim.Reason)}",
        ClaimStatus.Unsupported => $"unsupported: {claim.Reason}",
    };

    private static string Counted(ClaimLine claim)
    {
        string beyond = claim.BeyondScaffolding == 0
            ? string.Empty
            : $", {claim.BeyondScaffolding} of them with more than {string.Join(", ", claim.Scaffolding.Add(claim.Group))}";
        int leftOut = claim.Counts.Unsupported + claim.Counts.Inconclusive;
        return $"{Cases(claim.Counts.Total)}{beyond}{(leftOut == 0 ? string.Empty : $"; {leftOut} left out, not asked or not compared")}";
    }

    private static string Cases(int count) => count == 1 ? "1 case" : $"{count} cases";
}
