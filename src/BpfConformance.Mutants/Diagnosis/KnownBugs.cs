using System.Collections.Immutable;

namespace BpfConformance.Mutants.Diagnosis;

/// <summary>Which bugs a failing target behaves as if it had.</summary>
/// <param name="Target">Its name.</param>
/// <param name="Bugs">Those that were found, the one that shows most first.</param>
/// <param name="Asked">Failing programs that it was asked again.</param>
/// <param name="Explained">How many of them these bugs explain.</param>
public sealed record KnownBugs(string Target, ImmutableArray<Likeness> Bugs, int Asked, int Explained)
{
    /// <summary>Whether there was no time to ask anything, or the run was interrupted.</summary>
    public bool IsCutShort { get; init; }

    /// <summary>Whether one bug explains everything that was seen.</summary>
    public bool IsOneBug => Bugs.Length == 1 && Explained == Asked;

    /// <summary>A sentence, and for several bugs, a line of each.</summary>
    public override string ToString()
    {
        if (Asked == 0 && IsCutShort) return $"{Target}: not diagnosed: there was no time to ask it again";
        if (Asked == 0) return $"{Target}: no known bug explains the failures: none is of a run that the reference gets right";
        if (Bugs.IsEmpty) return $"{Target}: no known bug explains a failure, of {Programs(Asked)} asked again";
        if (IsOneBug) return $"{Target} behaves as if {Bugs[0]}";

        string bugs = Bugs.Length == 1 ? "1 known bug" : $"{Bugs.Length} known bugs";
        IEnumerable<string> lines = Bugs.Select(bug => $"\n  in {Programs(bug.Programs)} as if {bug}");
        return $"{Target} behaves as if it had {bugs}, which fully explain{(Bugs.Length == 1 ? "s" : "")} {Explained} of {Programs(Asked)} asked again:{string.Concat(lines)}";
    }

    private static string Programs(int count) => count == 1 ? "1 failing program" : $"{count} failing programs";
}
