using System.Collections.Immutable;

namespace BpfConformance.Mutants.Diagnosis;

/// <summary>Which bugs a failing target behaves as if it had.</summary>
/// <param name="Target">Its name.</param>
/// <param name="Bugs">Those that were found, the one that shows most first.</param>
/// <param name="Failed">Cases that it failed.</param>
/// <param name="Asked">Programs that it was asked again, of those, and others of the same instructions.</param>
/// <param name="Explained">How many of them go, in every run, as with these bugs.</param>
public sealed record KnownBugs(string Target, ImmutableArray<Likeness> Bugs, int Failed, int Asked, int Explained)
{
    /// <summary>Whether nothing was seen to go wrong, and not all was asked for want of time, or because the run was interrupted.</summary>
    public bool IsCutShort { get; init; }

    /// <summary>Whether one bug explains everything that was seen.</summary>
    public bool IsOneBug => Bugs.Length == 1 && Explained == Asked;

    /// <summary>A sentence, and for several bugs, a line of each.</summary>
    public override string ToString()
    {
        if (IsCutShort) return $"{Target}: not diagnosed: there was no time to ask it again";
        if (Asked == 0) return $"{Target}: no known bug explains the failures: asked again, no run of it went wrong";
        if (Bugs.IsEmpty) return $"{Target}: no known bug explains what went wrong in {Programs(Asked, "tried")}";
        if (IsOneBug) return $"{Target} behaves as if {Bugs[0]}";

        (string bugs, string ending) = Bugs.Length == 1 ? ("1 known bug", "s") : ($"{Bugs.Length} known bugs", "");
        IEnumerable<string> lines = Bugs.Select(bug => $"\n  in {Programs(bug.Programs, "failing")} as if {bug}");
        return $"{Target} behaves as if it had {bugs}, which fully explain{ending} {Explained} of {Programs(Asked, "tried")} ({Failed} failed):{string.Concat(lines)}";
    }

    private static string Programs(int count, string which) => $"{count} {which} {(count == 1 ? "program" : "programs")}";
}
