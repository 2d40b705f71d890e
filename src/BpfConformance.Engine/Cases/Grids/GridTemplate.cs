using System.Collections.Immutable;
using BpfConformance.Abi;

namespace BpfConformance.Engine.Cases.Grids;

/// <summary>A line that a template gave.</summary>
/// <param name="Line">1-based line of the file it came from.</param>
/// <param name="Text">Without holes.</param>
internal readonly record struct FilledLine(int Line, string Text);

/// <summary>
/// Lines with holes, and loops around some of them: what stands between <c>@for name = values</c> and <c>@end</c> is there
/// once for each value.
/// </summary>
internal sealed class GridTemplate
{
    private const int MaxSteps = 1_000_000;
    private const int MaxTotalSteps = 1 << 22;
    private const int MaxDepth = 8;
    private const string For = "@for";
    public const string End = "@end";

    private readonly ImmutableArray<Node> _nodes;
    private readonly Section _section;
    private readonly LineBuffer _buffer = new();
    private long _totalSteps;

    private GridTemplate(ImmutableArray<Node> nodes, Section section) => (_nodes, _section) = (nodes, section);

    /// <param name="section">Its lines, comments included: what begins with # is left out.</param>
    /// <exception cref="BpfFormatException">Anything wrong with loops or holes.</exception>
    public static GridTemplate Parse(Section section)
    {
        var entries = new Queue<Entry>(section.Entries);
        ImmutableArray<Node> nodes = ParseNodes(entries, section, depth: 0);
        return entries.TryPeek(out Entry end)
            ? throw section.Error(end.Line, $"'{End}' without '{For}'")
            : new GridTemplate(nodes, section);
    }

    public IReadOnlyList<FilledLine> Fill(GridScope scope)
    {
        var lines = new List<FilledLine>();
        int steps = 0;
        Fill(_nodes, scope, lines, ref steps);
        _totalSteps += steps;
        if (_totalSteps > MaxTotalSteps) throw _section.Error($"more than {MaxTotalSteps} lines and rounds of loops, all fillings together");
        return lines;
    }

    private static ImmutableArray<Node> ParseNodes(Queue<Entry> entries, Section section, int depth)
    {
        var nodes = ImmutableArray.CreateBuilder<Node>();
        while (entries.TryPeek(out Entry entry) && entry.Text != End)
        {
            entries.Dequeue();
            nodes.Add(entry.Text.StartsWith('@')
                ? ParseLoop(entry, entries, section, depth)
                : new Node(GridLine.Parse(entry.Text, section, entry.Line), null));
        }

        return nodes.ToImmutable();
    }

    private static Node ParseLoop(Entry head, Queue<Entry> entries, Section section, int depth)
    {
        if (!FileLines.BeginsWith(head.Text, For, out string assignment))
        {
            throw section.Error(head.Line, $"found {Section.Quote(head.Text)}, expected '@for name = values' or '{End}'");
        }

        if (depth == MaxDepth) throw section.Error(head.Line, $"more than {MaxDepth} loops in each other");
        (string name, string values) = GridNames.Assignment(assignment, section, head.Line);
        ImmutableArray<Node> body = ParseNodes(entries, section, depth + 1);
        if (!entries.TryDequeue(out _)) throw section.Error(head.Line, $"'{For}' without '{End}'");
        return new Node(null, new Loop(name, GridValues.Parse(values, section, head.Line), body, head.Line));
    }

    private void Fill(ImmutableArray<Node> nodes, GridScope scope, List<FilledLine> lines, ref int steps)
    {
        foreach (Node node in nodes)
        {
            if (++steps > MaxSteps) throw _section.Error($"more than {MaxSteps} lines and rounds of loops");
            if (node.Loop is { } loop) Repeat(loop, scope, lines, ref steps);
            else lines.Add(new FilledLine(node.Line!.Line, node.Line.Fill(scope, _buffer))); // a node is one or the other
        }
    }

    private void Repeat(Loop loop, GridScope scope, List<FilledLine> lines, ref int steps)
    {
        if (scope.Has(loop.Name)) throw _section.Error(loop.Line, $"'{loop.Name}' is an axis or a loop around this already");
        foreach (long value in loop.Values.In(scope))
        {
            scope.Set(loop.Name, value);
            Fill(loop.Body, scope, lines, ref steps);
            steps++;
        }

        scope.Remove(loop.Name);
    }

    private sealed record Loop(string Name, GridValues Values, ImmutableArray<Node> Body, int Line);

    private readonly record struct Node(GridLine? Line, Loop? Loop);
}
