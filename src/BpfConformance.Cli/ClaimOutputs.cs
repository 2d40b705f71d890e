using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Claims;
using BpfConformance.Reporting;

namespace BpfConformance.Cli;

/// <summary>Where claims go.</summary>
/// <param name="IsShown">Whether they are printed.</param>
/// <param name="Json">Where they are written; <c>null</c>: nowhere.</param>
internal sealed record ClaimOutputs(bool IsShown, string? Json)
{
    public bool IsWanted => IsShown || Json is not null;

    /// <exception cref="UsageException">Claims are wanted of a part of a suite.</exception>
    public void CheckAgainst(CaseSelection selection, CaseSet files)
    {
        if (!IsWanted) return;
        if (selection != CaseSelection.Everything)
        {
            throw new UsageException("a claim is about the whole suite: --claim and --claim-json do not go with --filter, --groups or --cpu");
        }

        if (files.Suites.FirstOrDefault(suite => !suite.IsWhole) is { } part)
        {
            throw new UsageException($"a claim is about the whole suite: --claim and --claim-json want all of {part.Folder}");
        }
    }

    public void Show(ClaimReport report, TextWriter output)
    {
        if (!IsShown) return;
        foreach (TargetClaims target in report.Targets) output.Write($"\n{ClaimText.Of(target, report.Suite)}");
    }

    /// <summary>Whether every target (or, unless they were named, one of them) conforms to something, and no claim fails.</summary>
    public static bool Hold(ClaimReport report, bool areByName)
    {
        if (report.Targets.Any(target => target.Claims.Any(claim => claim.Status == ClaimStatus.Fails))) return false;
        return areByName ? report.Targets.All(Conforms) : report.Targets.Any(Conforms);

        static bool Conforms(TargetClaims target) => target.Claims.Any(claim => claim.Status == ClaimStatus.Conforms);
    }
}
