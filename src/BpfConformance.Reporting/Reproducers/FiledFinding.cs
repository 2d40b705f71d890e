using System.Collections.Immutable;
using System.Globalization;
using BpfConformance.Abi;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Findings;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Reporting.Reproducers;

/// <summary>A finding as it is kept: a folder named by its signature, with the case in all forms that show it, and a page.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Signature">What is found there.</param>
public sealed record FiledFinding(string Path, FindingSignature Signature)
{
    /// <summary>Of a file that says why a finding is not filed, though its folder is there.</summary>
    public const string WhyNotName = "not-filed.txt";

    private const string SignatureName = "signature";
    private const string QuarantineName = "quarantine";
    private const int MostSteps = 64;

    /// <summary>Its vector; that of a finding which cannot be stated is not there.</summary>
    public string Vector => System.IO.Path.Combine(Path, Reproducing.VectorName);

    /// <summary>Why it is not replayed for now, from its file <c>quarantine</c>, a day and a reason; <c>null</c>: it is, or that day is past.</summary>
    /// <param name="today">The day.</param>
    /// <exception cref="BpfFormatException">The file says something else.</exception>
    public string? QuarantineOn(DateOnly today)
    {
        string file = System.IO.Path.Combine(Path, QuarantineName);
        if (!File.Exists(file)) return null;
        string[] words = SourceFile.ReadText(file).Trim().Split(' ', 2);
        return words is [{ } day, { Length: > 0 } reason] && DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly until)
            ? (today <= until ? $"until {day}: {reason}" : null)
            : throw new BpfFormatException(file, 1, 0, "expected YYYY-MM-DD, the last day, and a reason");
    }

    /// <summary>The folders of findings in a folder, in those in it, or the folder itself.</summary>
    public static IEnumerable<string> In(string folder) => Is(folder)
        ? [folder]
        : Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).SelectMany(In);

    /// <summary>Whether a folder holds a finding, and not other folders.</summary>
    public static bool Is(string folder) => File.Exists(System.IO.Path.Combine(folder, SignatureName));

    /// <exception cref="BpfFormatException">It holds none.</exception>
    public static FiledFinding Open(string folder)
    {
        string file = System.IO.Path.Combine(folder, SignatureName);
        string text = SourceFile.ReadText(file);
        return new FiledFinding(folder, FindingSignature.TryParse(text) ?? throw new BpfFormatException(file, 1, 0, "expected ORACLE | TARGET | FORM | FACET"));
    }

    /// <summary>Files a finding. What is there under the same signature is replaced.</summary>
    /// <param name="root">Where the folders of findings are.</param>
    /// <param name="finding">The finding, with its case as small as it is to be.</param>
    /// <param name="reference">What the target is held against.</param>
    /// <param name="target">The target.</param>
    /// <param name="isHardened">Whether the kernel's constants are blinded meanwhile.</param>
    /// <param name="options">Of <c>bpfconf replay</c>, without which it would not ask the target; empty: it asks it.</param>
    public static FiledFinding Write(string root, ReducedFinding finding, IExecutionTarget reference, IExecutionTarget target, bool isHardened = false, string options = "")
    {
        string path = System.IO.Path.Combine(root, finding.Signature.Slug);
        Directory.CreateDirectory(path);
        Clear(path);
        foreach ((string name, string text) in FilesOf(finding, reference, target, isHardened, options, asking: null)) File.WriteAllText(System.IO.Path.Combine(path, name), text);
        return new FiledFinding(path, finding.Signature);
    }

    /// <summary>Deletes what is written anew: a form that is not, does not show it any more.</summary>
    public static void Clear(string folder)
    {
        foreach (string name in Reproducing.Names.Append(WhyNotName)) File.Delete(System.IO.Path.Combine(folder, name));
    }

    /// <summary>All files of a folder: names and contents.</summary>
    /// <param name="finding">The finding, with its case as small as it is to be.</param>
    /// <param name="reference">What the target is held against.</param>
    /// <param name="target">The target.</param>
    /// <param name="isHardened">As of <see cref="Write"/>; it is said of what is about the kernel.</param>
    /// <param name="options">As of <see cref="Write"/>.</param>
    /// <param name="asking">As of <see cref="ExperimentRunner.Asking"/>.</param>
    public static ImmutableSortedDictionary<string, string> FilesOf(ReducedFinding finding, IExecutionTarget reference, IExecutionTarget target, bool isHardened, string options, Action<string?>? asking)
    {
        var inspector = new FindingInspector(reference, target, OracleSet.ForGeneratedOn([reference, target]), asking);
        TestCase? stated = StatedCase.Of(finding.Case, new ExperimentRunner([reference]) { Asking = asking }.Run(finding.Case).Runs[0]);
        bool asksKernel = FindingInspector.IsKernel(target.Name);
        isHardened &= asksKernel;
        string remark = isHardened ? $"\n{HardeningDefinitions.Remark}" : string.Empty;
        string note = $"{finding.Signature}\nexpected {finding.Finding.Expected}, got {finding.Finding.Got}{remark}";
        if (stated is not null) stated = stated with { Note = note };
        ImmutableArray<Reproduction> forms = new Reproducing(inspector, asksKernel, isHardened).Of(stated, finding.Case with { Note = note }, finding.Signature);
        ImmutableArray<StepState> trace = inspector.DivergenceOf(finding.Case, finding.Finding) is { } divergence
            ? [.. inspector.Trace(finding.Case, finding.Finding, divergence, MostSteps)]
            : [];
        var files = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (Reproduction form in forms)
        {
            if (form.Text is { } text) files.Add(form.FileName, text);
        }

        files.Add(FindingPage.FileName, new FindingPage(finding, reference, target, trace, forms) { IsHardened = isHardened, Options = options }.ToMarkdown());
        files.Add(SignatureName, $"{finding.Signature}\n");
        return files.ToImmutable();
    }
}
