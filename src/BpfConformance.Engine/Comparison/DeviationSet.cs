using System.Globalization;
using BpfConformance.Abi;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Oracles;

namespace BpfConformance.Engine.Comparison;

/// <summary>The deviations of all targets of a run.</summary>
public sealed class DeviationSet
{
    private readonly ILookup<string, Deviation> _byTarget;

    private DeviationSet(IEnumerable<(string Target, Deviation Deviation)> deviations, IReadOnlyCollection<CaseError> errors)
    {
        _byTarget = deviations.ToLookup(each => each.Target, each => each.Deviation, StringComparer.Ordinal);
        Errors = errors;
    }

    /// <summary>Files that are not what they should be.</summary>
    public IReadOnlyCollection<CaseError> Errors { get; }

    /// <param name="target">The target that deviates.</param>
    /// <param name="deviations">In the order in which they are asked.</param>
    public static DeviationSet Of(string target, params ReadOnlySpan<Deviation> deviations) =>
        new([.. deviations.ToArray().Select(deviation => (target, deviation))], errors: []);

    /// <param name="suites">Where the cases come from; each has a folder <see cref="SuiteFolder.DeviationsName"/>.</param>
    /// <param name="instead">The only folder to look in, for cases of all suites; <c>null</c>: those of <paramref name="suites"/>.</param>
    /// <param name="targets">The names of the targets; a worker has the deviations of the target in it.</param>
    /// <param name="today">The day: what was declared for a time that is over counts no more, and is an error of the file.</param>
    public static DeviationSet Load(IEnumerable<SuitePart> suites, string? instead, IEnumerable<string> targets, DateOnly today)
    {
        var deviations = new List<(string, Deviation)>();
        var errors = new List<CaseError>();
        foreach (string target in targets)
        {
            foreach ((string folder, string? suite) in Folders(suites, instead))
            {
                string file = Path.Combine(folder, $"{NameOf(target)}{DeviationFile.Extension}");
                if (!Path.Exists(file)) continue;
                try
                {
                    foreach (Deviation each in DeviationFile.Read(SourceFile.ReadText(file), file, suite))
                    {
                        if (each.SometimesUntil is { } last && last < today) errors.Add(new CaseError(file, each.Line, 0, string.Create(CultureInfo.InvariantCulture, $"'{each.Name}' was known until {last:yyyy-MM-dd}: look at it again")));
                        else deviations.Add((target, each));
                    }
                }
                catch (BpfFormatException bad)
                {
                    errors.Add(new CaseError(file, bad.Line, bad.Column, bad.Problem));
                }
            }
        }

        return new DeviationSet(deviations, errors);
    }

    /// <summary>Files in the same folders that are about no target there is.</summary>
    public static IEnumerable<CaseWarning> Misnamed(IEnumerable<SuitePart> suites, string? instead, IEnumerable<string> known) =>
        from folder in Folders(suites, instead)
        where Directory.Exists(folder.Folder)
        from file in Directory.EnumerateFiles(folder.Folder, $"*{DeviationFile.Extension}").Order(StringComparer.Ordinal)
        where !known.Select(NameOf).Contains(Path.GetFileNameWithoutExtension(file))
        select new CaseWarning(file, 0, $"there is no target '{Path.GetFileNameWithoutExtension(file)}'; the name of a plug-in is known where it takes part");

    /// <summary>A declared failure is a deviation; a declared case that is right is a failure, unless only some versions were to deviate: the declaration is not true any more.</summary>
    public CaseResult Apply(CaseResult result)
    {
        Deviation? deviation = _byTarget[result.Target].FirstOrDefault(each => each.Covers(result.Case));
        return deviation is null ? result : result.Status switch
        {
            // Nobody can accept that the machine breaks: nothing that it does afterwards is known.
            CaseStatus.Failed when result.Findings.Any(finding => finding.Oracle == CrashOracle.OracleName) => result,
            CaseStatus.Failed => result with { Status = CaseStatus.Deviates, Reason = Text(deviation) },
            CaseStatus.Passed or CaseStatus.LegalDivergence when deviation.SometimesUntil is not null => result,
            CaseStatus.Passed or CaseStatus.LegalDivergence => Unexpected(result, deviation),
            CaseStatus.Deviates or CaseStatus.Unsupported or CaseStatus.Inconclusive => result,
        };
    }

    /// <summary>The declarations about whole suites that are about no case: errors of the file.</summary>
    public IEnumerable<CaseError> WithoutCase(CaseSet files) =>
        from deviation in _byTarget.SelectMany(each => each)
        where files.Suites.All(suite => suite.IsWhole || (deviation.Suite is not null && deviation.Suite != suite.Folder))
        where !files.Cases.Any(deviation.Covers)
        select new CaseError(deviation.File, deviation.Line, 0, $"there is no case '{deviation.Name}'");

    private static CaseResult Unexpected(CaseResult result, Deviation deviation)
    {
        string expected = $"the deviation: {Text(deviation)}";
        return result with
        {
            Status = CaseStatus.Failed,
            Reason = $"expected {expected}, but it passed",
            Findings = [new Finding(SuiteFolder.DeviationsName, result.Target, Facets.Status, Input: null, expected, "it passed")],
        };
    }

    private static IEnumerable<(string Folder, string? Suite)> Folders(IEnumerable<SuitePart> suites, string? instead) =>
        instead is not null ? [(instead, null)] : suites.Select(suite => (Path.Combine(suite.Folder, SuiteFolder.DeviationsName), (string?)suite.Folder));

    /// <summary>A machine deviates in the same way in a process of its own: of <c>worker:kernel</c> that is the kernel.</summary>
    private static string NameOf(string target) => target[(target.LastIndexOf(':') + 1)..];

    private static string Text(Deviation deviation) => $"{deviation.Reason} ({deviation.File}:{deviation.Line})";
}
