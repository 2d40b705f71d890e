using System.Collections.Immutable;

namespace BpfConformance.Abi.Programs;

/// <summary>What r1 points to when a program starts: a structure, and who may do what with its fields.</summary>
/// <param name="Name">The structure's name in the kernel; what it is in parentheses, where it has none.</param>
/// <param name="SizeBytes">Of the structure, or the most that it can have.</param>
/// <param name="ViewNames">Who sees it; each is a column of the fields' permissions.</param>
/// <param name="Fields">By offset. Where two fields share bytes, an access belongs to the first that takes it.</param>
public sealed record ContextLayout(
    string Name, int SizeBytes, ImmutableArray<string> ViewNames, ImmutableArray<ContextField> Fields)
{
    private static int s_last;

    /// <summary>Which of all layouts it is, for code that has no references.</summary>
    public int Number { get; } = Interlocked.Increment(ref s_last);

    /// <summary>Whether it is only as long as whoever gives it says, and has what lies within that.</summary>
    public bool IsOpen { get; init; }

    /// <summary>How many bytes a context has.</summary>
    /// <param name="given">So many are given of it.</param>
    /// <param name="least">So many it has, whatever is given.</param>
    public int BytesOf(int given, int least) => IsOpen ? Math.Clamp(given, least, SizeBytes) : SizeBytes;

    /// <summary>The context as the hooks of that name see it.</summary>
    public ContextView this[string viewName]
    {
        get
        {
            int column = ViewNames.IndexOf(viewName);
            return column >= 0
                ? new ContextView(this, column)
                : throw new ArgumentOutOfRangeException(nameof(viewName), viewName, $"{Name} is seen by {string.Join(", ", ViewNames)}");
        }
    }

    /// <summary>The field of a name.</summary>
    public ContextField Field(string name) =>
        Fields.FirstOrDefault(field => field.Name == name) ?? throw new ArgumentOutOfRangeException(nameof(name), name, $"no field of {Name}");
}
