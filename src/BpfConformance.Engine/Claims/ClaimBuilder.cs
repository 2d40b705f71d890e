using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Claims;

/// <summary>Says which claims a target has earned: one for each group and each version that brings rows of it.</summary>
public sealed class ClaimBuilder
{
    private const int NamesShown = 3;

    private readonly TargetCapabilities _capabilities;
    private readonly ILookup<ConformanceGroup?, CaseResult> _results;
    private readonly SuiteRows _rows;

    private ClaimBuilder(TargetCapabilities capabilities, IReadOnlyCollection<CaseResult> results)
    {
        _capabilities = capabilities;
        _results = results.ToLookup(result => result.Case.Subject);
        _rows = SuiteRows.Of(results);
    }

    /// <param name="capabilities">Of the target.</param>
    /// <param name="results">Of the target, for every case of the suite.</param>
    /// <returns>In the order of RFC 9669, then the groups that came after it.</returns>
    public static ImmutableArray<Claim> Build(TargetCapabilities capabilities, IReadOnlyCollection<CaseResult> results)
    {
        var builder = new ClaimBuilder(capabilities, results);
        return
        [
            .. InstructionTable.Rows
                .Select(row => (row.Group, row.Since))
                .Distinct()
                .Order()
                .Select(claim => builder.Judge(claim.Group, claim.Since)),
        ];
    }

    private Claim Judge(ConformanceGroup group, CpuVersion cpu)
    {
        ImmutableArray<CaseResult> results =
        [
            .. _results[group].Where(result => result.Case.Cpu <= cpu && result.Case.Groups.IsSubsetOf(_capabilities.Groups)
                && _capabilities.LacksHelpers(result.Case) is null), // RFC 9669 asks for no helper
        ];
        ImmutableSortedSet<ConformanceGroup> enough = Scaffolding.Of(group).Add(group);
        string? lack = Lack(group, cpu);
        string? problem = lack ?? WrongCase(results) ?? NotShown(group, cpu, results) ?? NotRefused(results);
        return new Claim(
            group,
            cpu,
            lack is not null ? ClaimStatus.Unsupported : problem is not null ? ClaimStatus.Fails : ClaimStatus.Conforms,
            Counts.Of([.. results.Select(result => result.Status)]),
            results.Count(result => !result.Case.Groups.IsSubsetOf(enough)),
            problem ?? string.Empty);
    }

    private string? Lack(ConformanceGroup group, CpuVersion cpu) =>
        !_capabilities.Groups.Contains(group) ? $"lacks {Vocabulary.Groups[group]}"
        : _capabilities.Cpu < cpu ? $"has CPU version {Vocabulary.CpuVersions[_capabilities.Cpu]}"
        : null;

    /// <summary>The first case that stands against the claim; a failure before what was only not compared.</summary>
    private static string? WrongCase(ImmutableArray<CaseResult> results)
    {
        CaseResult[] wrong = [.. results.Where(result => Objection(result.Status) is not null && !IsLeftOut(result)).OrderBy(result => result.Status)];
        if (wrong is not [CaseResult first, ..]) return null;

        string place = first.Line == 0 ? first.Case.File : $"{first.Case.File}:{first.Line}";
        string more = wrong.Length > 1 ? $", and {wrong.Length - 1} more" : string.Empty;
        return $"{first.Case.Name} {Objection(first.Status)}: {first.Reason} ({place}){more}";
    }

    /// <summary>
    /// Not every machine has threads, or lets them meet, and RFC 9669 asks for neither; and some can only be asked what their
    /// loader lets through, which is nothing that must be refused.
    /// </summary>
    private static bool IsLeftOut(CaseResult result) => result.Status switch
    {
        CaseStatus.Unsupported => result.Case is { Contention: not null } or { Expectation.Load: LoadExpectation.Rejected },
        CaseStatus.Inconclusive => result.Case.Contention is not null,
        CaseStatus.Passed or CaseStatus.LegalDivergence or CaseStatus.Failed or CaseStatus.Deviates => false,
    };

    private static string? Objection(CaseStatus status) => status switch
    {
        CaseStatus.Failed => "failed",
        CaseStatus.Deviates => "deviates",
        CaseStatus.Inconclusive => "is inconclusive",
        CaseStatus.Unsupported => "could not be asked",
        CaseStatus.Passed or CaseStatus.LegalDivergence => null,
    };

    private string? NotShown(ConformanceGroup group, CpuVersion cpu, ImmutableArray<CaseResult> results)
    {
        string[] rows =
        [
            .. InstructionTable.Rows
                .Where(row => row.Group == group && row.Since <= cpu && !_rows.IsSettled(row))
                .Select(row => row.Name),
        ];
        if (rows.Length > 0)
        {
            string more = rows.Length > NamesShown ? $" and {rows.Length - NamesShown} more" : string.Empty;
            return $"not shown: no case that passed has {string.Join(", ", rows.Take(NamesShown))}{more} in its program";
        }

        return results.Any(result => result.Status == CaseStatus.Passed && SuiteRows.Returns(result.Case)) ? null
            : _results[group].Any(result => SuiteRows.Returns(result.Case)) ? "not shown: no case about it ran and passed"
            : "not shown: no case of the suite runs it";
    }

    /// <summary>A machine that has all it needs to be asked about broken encodings must have refused one.</summary>
    private string? NotRefused(ImmutableArray<CaseResult> results)
    {
        CaseResult[] broken = [.. results.Where(result => result.Case.Expectation.IsMalformed && _capabilities.Lacks(result.Case) is null)];
        return broken.Length > 0 && broken.All(result => result.Status != CaseStatus.Passed)
            ? $"not shown: it was asked none of the {broken.Length} malformed cases about it"
            : null;
    }
}
