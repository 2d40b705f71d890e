using System.Collections.Immutable;

namespace BpfConformance.Tests.Targets.Kernel.Calls;

/// <summary>A few lines that can be left out: r6–r9 and the stack are as good without them. Nothing is in r0–r5 between pieces.</summary>
/// <param name="Kind">What it does, for people.</param>
/// <param name="Lines">In the kernel's syntax.</param>
internal sealed record CallPiece(string Kind, params ImmutableArray<string> Lines)
{
    /// <summary>What a branch at the end of the lines leads past.</summary>
    public ImmutableArray<CallPiece> Inner { get; init; } = [];

    /// <summary>Where that leads: a label.</summary>
    public ImmutableArray<string> After { get; init; } = [];

    public IEnumerable<string> AllLines => [.. Lines, .. Inner.SelectMany(piece => piece.AllLines), .. After];

    public IEnumerable<string> AllKinds => [Kind, .. Inner.SelectMany(piece => piece.AllKinds)];
}

/// <summary>A program's first function, or a local one.</summary>
/// <param name="Name">Its label; empty: the first.</param>
/// <param name="Begin">Sets r6–r9 and the stack.</param>
/// <param name="Pieces">What it does.</param>
/// <param name="End">Sets r0 and returns.</param>
internal sealed record CallFunction(string Name, ImmutableArray<string> Begin, ImmutableArray<CallPiece> Pieces, ImmutableArray<string> End)
{
    public IEnumerable<string> Lines => [.. Begin, .. Pieces.SelectMany(piece => piece.AllLines), .. End];

    /// <summary>Whether a line names it.</summary>
    public bool IsNamedIn(string line) =>
        line == $"call {Name}" || line.Contains($"code_addr({Name})", StringComparison.Ordinal);
}

/// <summary>One of several programs.</summary>
/// <param name="Name">As steps and arrays of programs name it.</param>
/// <param name="Functions">The first, and local ones in the order in which they may call each other.</param>
internal sealed record CallProgram(string Name, ImmutableArray<CallFunction> Functions)
{
    /// <summary>The functions that something leads to, as what is not reached is refused.</summary>
    public IEnumerable<CallFunction> Reached
    {
        get
        {
            List<CallFunction> reached = [Functions[0]];
            for (int i = 0; i < reached.Count; i++)
            {
                string[] lines = [.. reached[i].Lines];
                reached.AddRange(Functions.Where(each => !reached.Contains(each) && lines.Any(each.IsNamedIn)));
            }

            return Functions.Where(reached.Contains);
        }
    }

    public IEnumerable<string> Lines => Reached.SelectMany(each => each.Name.Length == 0 ? each.Lines : each.Lines.Prepend($"{each.Name}:"));
}
