using System.Collections.Immutable;
using BpfConformance.Engine.Targets;
using BpfConformance.Reporting;
using BpfConformance.Targets;
using BpfConformance.Targets.Plugin;

namespace BpfConformance.Cli;

/// <summary>The targets that a command line asks for: those that are there, and why the others are not.</summary>
/// <param name="Available">The reference, when it takes part, first.</param>
/// <param name="Unavailable">With the reason.</param>
/// <param name="IsByName">Whether the user named them; then each must be there.</param>
public sealed record TargetSelection(
    ImmutableArray<TargetEntry> Available, ImmutableArray<UnavailableTarget> Unavailable, bool IsByName)
{
    /// <param name="asked">In the order of the command line; none: all that there are.</param>
    /// <exception cref="UsageException">Two have the same name.</exception>
    public static TargetSelection Of(IReadOnlyCollection<TargetEntry> asked)
    {
        IEnumerable<TargetEntry> entries = asked.Count == 0 ? TargetRegistry.All : asked.Distinct();
        var wanted = entries
            .OrderBy(entry => entry != TargetRegistry.All[0]) // the others are held against it
            .Select(entry => (Entry: entry, Reason: entry.WhyUnavailable()))
            .ToList();
        if (wanted.GroupBy(each => each.Entry.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new UsageException($"two targets are called '{twice.Key}': a plug-in has the name of its file");
        }

        return new TargetSelection(
            [.. wanted.Where(each => each.Reason is null).Select(each => each.Entry)],
            [.. wanted.Where(each => each.Reason is not null).Select(each => new UnavailableTarget(each.Entry.Name, each.Reason!))],
            asked.Count > 0);
    }

    /// <summary>The names in an option for targets: words, but for a plug-in first in its value, whose path may have commas.</summary>
    public static IEnumerable<string> Names(string[]? values) => (values ?? []).SelectMany(value =>
        value.StartsWith(PluginEntry.Prefix, StringComparison.Ordinal) && File.Exists(value[PluginEntry.Prefix.Length..]) ? [value] : Words([value])).Distinct();

    /// <summary>The words of an option that may be repeated and may hold commas; none when it is not given.</summary>
    /// <exception cref="UsageException">It is given, and holds no word: that must not mean everything.</exception>
    public static ImmutableArray<string> Words(string[]? values)
    {
        if (values is not { Length: > 0 }) return [];
        ImmutableArray<string> words =
            [.. values.SelectMany(value => value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        return words.IsEmpty ? throw new UsageException($"'{string.Join(' ', values)}' names nothing") : words;
    }

    private bool HasReference => Available.Contains(TargetRegistry.All[0]);

    /// <summary>What a runner is given: the reference first, asked for or not, as all others are held against it; the caller disposes them.</summary>
    public IReadOnlyList<IExecutionTarget> CreateForRunner() => [.. ForRunner.Select(entry => entry.Create())];

    /// <summary>What these are made of.</summary>
    public ImmutableArray<TargetEntry> ForRunner => HasReference || Available.IsEmpty ? Available : Available.Insert(0, TargetRegistry.All[0]);

    /// <summary>Of what a runner has of each target, that of those that were asked for.</summary>
    public ImmutableArray<T> Asked<T>(ImmutableArray<T> each) => each.RemoveRange(0, each.Length - Available.Length);

    /// <summary>Of all targets that were asked for.</summary>
    public IEnumerable<string> AllNames => Available.Select(entry => entry.Name).Concat(Unavailable.Select(target => target.Name));

    /// <summary>
    /// The same, but with the kernel in a worker; what that worker lacks is told. For programs that are of no suite: what they do to
    /// the kernel beyond their runs, and to the process that asks for them, nobody has looked at before.
    /// </summary>
    /// <param name="areOfASuite">Whether all programs are; then nothing changes.</param>
    /// <param name="error">Where it is told.</param>
    public TargetSelection ForPrograms(bool areOfASuite, TextWriter error)
    {
        TargetEntry? kernel = Available.FirstOrDefault(entry => entry.Name == TargetRegistry.KernelName);
        if (kernel is null || areOfASuite) return this;
        if (TargetRegistry.ProblemOfKernelWorkers is { } problem) error.WriteLine($"bpfconf: the kernel's worker has no namespaces of its own: {problem}");
        return this with { Available = Available.Replace(kernel, TargetRegistry.KernelForStrangers) };
    }

    /// <summary>Says which targets are missing; exit code of a run that could not ask one it was told to ask.</summary>
    public int? ReportMissing(TextWriter error)
    {
        foreach (UnavailableTarget target in Unavailable) Terminal.WriteWrapped(error, "bpfconf: ", $"{target.Name} is not available: {target.Reason}");
        return Available.IsEmpty || (IsByName && !Unavailable.IsEmpty) ? ExitCode.NothingRan : null;
    }
}
