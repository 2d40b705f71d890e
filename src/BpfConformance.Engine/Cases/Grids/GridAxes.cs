using System.Collections.Immutable;
using System.Globalization;

namespace BpfConformance.Engine.Cases.Grids;

/// <summary>
/// What a grid varies: number axes (<c>name = values</c>) and text axes (<c>name label: text</c>, a line for each value).
/// Its members are the product, in the order in which axes first appear, the last running fastest.
/// </summary>
internal sealed class GridAxes
{
    private const int MaxMembers = 50_000;
    private const int MaxAxes = 16;

    private readonly ImmutableArray<Axis> _axes;

    private GridAxes(ImmutableArray<Axis> axes) => _axes = axes;

    /// <exception cref="Abi.BpfFormatException">Anything wrong with the section.</exception>
    public static GridAxes Parse(Section section)
    {
        var axes = new List<Axis>();
        var nothing = new GridScope();
        long members = 1;
        foreach (Entry entry in section.Entries)
        {
            if (entry.Text.IndexOf(':', StringComparison.Ordinal) is >= 0 and int colon) AddText(axes, entry, colon, section);
            else AddNumbers(axes, entry, section, nothing);
            if (axes.Count > MaxAxes) throw section.Error(entry.Line, $"an axis too many, expected at most {MaxAxes}");
            members = axes.Aggregate(1L, (product, axis) => product * axis.Values.Count);
            if (members > MaxMembers) throw section.Error(entry.Line, $"{members} members up to here, expected at most {MaxMembers}");
        }

        return members > 0 && axes.Count > 0 ? new GridAxes([.. axes]) : throw section.Error("no members, expected axes with values");
    }

    /// <summary>The name of each member, with its own scope.</summary>
    public IEnumerable<(string Name, GridScope Scope)> Members()
    {
        var choice = new int[_axes.Length];
        do
        {
            var scope = new GridScope();
            for (int i = 0; i < choice.Length; i++) _axes[i].Values[choice[i]].SetIn(scope, _axes[i].Name);
            yield return (string.Join(',', _axes.Zip(choice, (axis, i) => axis.Values[i].Name(axis.Name))), scope);
        }
        while (Advance(choice));
    }

    private bool Advance(int[] choice)
    {
        for (int i = choice.Length - 1; i >= 0; i--)
        {
            if (++choice[i] < _axes[i].Values.Count) return true;
            choice[i] = 0;
        }

        return false;
    }

    private static void AddText(List<Axis> axes, Entry entry, int colon, Section section)
    {
        string[] words = FileLines.Words(entry.Text[..colon]);
        if (words is not [{ } name, { } label] || !GridNames.IsName(name) || !GridNames.IsLabel(label))
        {
            throw section.Error(entry.Line, $"found {Section.Quote(entry.Text)}, expected 'name label: text' or 'name = values'");
        }

        Axis? axis = axes.Find(axis => axis.Name == name);
        if (axis is null) axes.Add(axis = new Axis(name, []));
        else if (axis.Labels.Count == 0) throw section.Error(entry.Line, $"'{name}' has numbers already");
        if (!axis.Labels.Add(label)) throw section.Error(entry.Line, $"'{name} {label}' is there twice");
        axis.Values.Add(new AxisValue(label, 0, GridLine.Parse(FileLines.Trim(entry.Text[(colon + 1)..]), section, entry.Line)));
    }

    private static void AddNumbers(List<Axis> axes, Entry entry, Section section, GridScope nothing)
    {
        (string name, string values) = GridNames.Assignment(entry.Text, section, entry.Line);
        if (axes.Exists(axis => axis.Name == name)) throw section.Error(entry.Line, $"second axis '{name}'");
        IEnumerable<AxisValue> numbers = GridValues.Parse(values, section, entry.Line)
            .In(nothing)
            .Select(value => new AxisValue(value.ToString(CultureInfo.InvariantCulture), value, null));
        axes.Add(new Axis(name, [.. numbers]));
        if (axes[^1].Values.DistinctBy(value => value.Number).Count() < axes[^1].Values.Count)
        {
            throw section.Error(entry.Line, $"'{name}' has a value twice");
        }
    }

    private sealed record Axis(string Name, List<AxisValue> Values)
    {
        public HashSet<string> Labels { get; } = new(StringComparer.Ordinal);
    }

    /// <param name="Label">As members are named.</param>
    /// <param name="Number">For number axes.</param>
    /// <param name="Text">For text axes.</param>
    private sealed record AxisValue(string Label, long Number, GridLine? Text)
    {
        public string Name(string axis) => Text is null ? $"{axis}={Label}" : Label;

        public void SetIn(GridScope scope, string axis)
        {
            if (Text is null) scope.Set(axis, Number);
            else scope.Set(axis, Text);
        }
    }
}
