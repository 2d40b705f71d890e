using System.Globalization;
using BpfConformance.Engine.Campaigns;

namespace BpfConformance.Cli.Campaigns;

/// <summary>A kind of finding, in all campaigns of a database.</summary>
/// <param name="Found">The case that showed it first.</param>
/// <param name="FirstSeen">When.</param>
/// <param name="Count">How often it was seen.</param>
/// <param name="Reason">Why it is known; empty: it is new.</param>
/// <param name="Until">The last day on which that counts; <c>null</c>: it is new.</param>
internal sealed record KnownFinding(FoundCase Found, DateTime FirstSeen, long Count, string Reason, DateOnly? Until)
{
    /// <summary>Whether nobody has said why it may be, or it was said for a time that is over.</summary>
    public bool IsNew(DateOnly today) => Until is not { } last || last < today;

    public string Status(DateOnly today) => Until is not { } last ? "new"
        : last < today ? $"new: was known until {Text(last)}: {Reason}"
        : $"known until {Text(last)}: {Reason}";

    public static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
