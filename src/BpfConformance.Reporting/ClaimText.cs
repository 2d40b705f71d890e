using System.Text;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Claims;

namespace BpfConformance.Reporting;

/// <summary>Writes claims for people: one line each.</summary>
public static class ClaimText
{
    /// <summary>The target's name and version, and below it a line for each claim.</summary>
    public static string Of(TargetClaims target)
    {
        var text = new StringBuilder($"{target.Name} {target.Version}\n");
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
        ClaimStatus.Conforms => $"conforms ({Cases(claim)})",
        ClaimStatus.Fails => $"fails: {ReportText.FirstLine(claim.Reason)}",
        ClaimStatus.Unsupported => $"unsupported: {claim.Reason}",
    };

    private static string Cases(ClaimLine claim)
    {
        string cases = claim.Counts.Total == 1 ? "1 case" : $"{claim.Counts.Total} cases";
        return claim.BeyondScaffolding == 0
            ? cases
            : $"{cases}, {claim.BeyondScaffolding} of them with more than {string.Join(", ", claim.Scaffolding.Add(claim.Group))}";
    }
}
