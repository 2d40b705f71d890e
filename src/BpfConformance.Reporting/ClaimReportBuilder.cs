using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Claims;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Reporting;

/// <summary>Collects the results of a run while it goes on, and makes the claims of them.</summary>
/// <param name="header">What was known before.</param>
/// <param name="targets">In the order of the runner.</param>
public sealed class ClaimReportBuilder(RunHeader header, IReadOnlyList<IExecutionTarget> targets)
{
    private readonly List<ImmutableArray<CaseResult>> _results = [];

    /// <summary>Adds a case's results: one for each target, in their order.</summary>
    public void Add(ImmutableArray<CaseResult> results) => _results.Add(results);

    /// <param name="suite">Where the cases came from: a claim is about all of it.</param>
    public ClaimReport Build(CaseSet suite)
    {
        string? objection = !suite.Errors.IsEmpty ? $"errors in the suite's files: {suite.Errors.Length}"
            : _results.Count < suite.Cases.Length ? $"only {_results.Count} of {suite.Cases.Length} cases were run"
            : null;
        return new ClaimReport
        {
            Run = header,
            Suite = new SuiteReport(suite.Cases.Length, SuiteDigest.Of(suite.Cases)),
            Targets = [.. targets.Select((target, index) => ClaimsOf(target, index, objection))],
        };
    }

    private TargetClaims ClaimsOf(IExecutionTarget target, int index, string? objection)
    {
        CaseResult[] results = [.. _results.Select(each => each[index])];
        return new TargetClaims(
            target.Name,
            target.Capabilities.Version,
            [.. ClaimBuilder.Build(target.Capabilities, results).Select(claim => LineOf(claim, objection))]);
    }

    private static ClaimLine LineOf(Claim claim, string? objection)
    {
        bool isDisputed = claim.Status == ClaimStatus.Conforms && objection is not null;
        return new ClaimLine(
            Vocabulary.Groups[claim.Group],
            claim.Cpu,
            InstructionTable.Rows.Any(row => row.Group == claim.Group && row.IsPostRfc),
            [.. Scaffolding.Of(claim.Group).Select(group => Vocabulary.Groups[group])],
            isDisputed ? ClaimStatus.Fails : claim.Status,
            claim.Counts,
            claim.BeyondScaffolding,
            isDisputed ? objection! : claim.Reason);
    }
}
