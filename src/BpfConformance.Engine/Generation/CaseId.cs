using System.Globalization;

namespace BpfConformance.Engine.Generation;

/// <summary>Names a generated case: with the same limits it gives the same case again.</summary>
/// <param name="Profile">Who writes it.</param>
/// <param name="Seed">Of the campaign.</param>
/// <param name="Index">Of the cases of that profile.</param>
public readonly record struct CaseId(string Profile, ulong Seed, long Index)
{
    private const ulong OffsetBasis = 0xcbf29ce484222325; // FNV-1a
    private const ulong Prime = 0x100000001b3;

    /// <summary>What its generator decides by; two profiles of a campaign have nothing in common.</summary>
    public Entropy Entropy => Entropy.OfSeed(Seed ^ HashOf(Profile), unchecked((ulong)Index));

    /// <summary>Reads what <see cref="ToString"/> wrote; <c>null</c>: it is no such name.</summary>
    public static CaseId? TryParse(string text) =>
        text.Split(':') is [{ Length: > 0 } profile, var seed, var index]
        && ulong.TryParse(seed, NumberStyles.None, CultureInfo.InvariantCulture, out ulong s)
        && long.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out long i)
            ? new CaseId(profile, s, i)
            : null;

    public override string ToString() => $"{Profile}:{Seed}:{Index}";

    private static ulong HashOf(string profile)
    {
        ulong hash = OffsetBasis;
        foreach (char letter in profile) hash = unchecked((hash ^ letter) * Prime);
        return hash;
    }
}
