using System.Collections.Immutable;
using System.CommandLine;
using BpfConformance.Reporting;
using BpfConformance.Targets;

namespace BpfConformance.Cli;

/// <summary>The targets that a command line asks for: those that are there, and why the others are not.</summary>
/// <param name="Available">The reference, when it takes part, first.</param>
/// <param name="Unavailable">With the reason.</param>
/// <param name="IsByName">Whether the user named them; then each must be there.</param>
public sealed record TargetSelection(
    ImmutableArray<TargetEntry> Available, ImmutableArray<UnavailableTarget> Unavailable, bool IsByName)
{
    /// <summary>The option that verbs share.</summary>
    public static Option<string[]> Option() => new("--target")
    {
        Description = $"Targets, separated by commas: {string.Join(", ", TargetRegistry.All.Select(entry => entry.Name))}. Default: all that are available.",
        HelpName = "NAME,…",
    };

    /// <exception cref="UsageException">There is no target of that name.</exception>
    public static TargetSelection Of(string[]? values)
    {
        ImmutableArray<string> names = Words(values);
        IEnumerable<TargetEntry> entries = names.IsEmpty ? TargetRegistry.All : names.Select(Named).DistinctBy(entry => entry.Name);
        var wanted = entries
            .OrderBy(entry => entry != TargetRegistry.All[0]) // the others are held against it
            .Select(entry => (Entry: entry, Reason: entry.WhyUnavailable()))
            .ToList();
        return new TargetSelection(
            [.. wanted.Where(each => each.Reason is null).Select(each => each.Entry)],
            [.. wanted.Where(each => each.Reason is not null).Select(each => new UnavailableTarget(each.Entry.Name, each.Reason!))],
            !names.IsEmpty);
    }

    private static TargetEntry Named(string name) => TargetRegistry.Find(name)
        ?? throw new UsageException($"there is no target '{name}', expected one of {string.Join(", ", TargetRegistry.All.Select(entry => entry.Name))}, or {TargetRegistry.WorkerPrefix} and one of them");

    /// <summary>The words of an option that may be repeated and may hold commas; none when it is not given.</summary>
    /// <exception cref="UsageException">It is given, and holds no word: that must not mean everything.</exception>
    public static ImmutableArray<string> Words(string[]? values)
    {
        if (values is not { Length: > 0 }) return [];
        ImmutableArray<string> words =
            [.. values.SelectMany(value => value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        return words.IsEmpty ? throw new UsageException($"'{string.Join(' ', values)}' names nothing") : words;
    }

    /// <summary>Says which targets are missing; exit code of a run that could not ask one it was told to ask.</summary>
    public int? ReportMissing(TextWriter error)
    {
        foreach (UnavailableTarget target in Unavailable) error.WriteLine($"bpfconf: {target.Name} is not available: {target.Reason}");
        return Available.IsEmpty || (IsByName && !Unavailable.IsEmpty) ? ExitCode.NothingRan : null;
    }
}
