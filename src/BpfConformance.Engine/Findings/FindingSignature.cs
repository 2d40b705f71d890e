using System.Security.Cryptography;
using System.Text;

namespace BpfConformance.Engine.Findings;

/// <summary>What tells one bug from another: two findings with the same are taken for one.</summary>
/// <param name="Oracle">Who says it.</param>
/// <param name="Target">Of whom.</param>
/// <param name="Form">The form of the first instruction after which the targets are not the same, by its name in <c>conformance/isa.csv</c>; of a verdict the class of its reason. Where no instruction is the first, those of all in the smallest case, with + between; empty: it cannot be said.</param>
/// <param name="Facet">In what they are not.</param>
public sealed record FindingSignature(string Oracle, string Target, string Form, string Facet)
{
    /// <summary>As a folder is named: words of letters, digits and dots, and twelve digits of the hash of the whole.</summary>
    public string Slug
    {
        get
        {
            string words = string.Join('-', new[] { Oracle, Target, Form, Facet }.Where(word => word.Length > 0));
            string readable = string.Concat(words.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' ? char.ToLowerInvariant(letter) : '-'));
            string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ToString())))[..12];
            return $"{readable[..Math.Min(readable.Length, 80)]}-{hash}";
        }
    }

    /// <summary>Reads what <see cref="ToString"/> has written; <c>null</c>: it is something else.</summary>
    public static FindingSignature? TryParse(string text) =>
        text.Trim().Split(" | ") is [{ } oracle, { } target, { } form, { } facet] ? new FindingSignature(oracle, target, form, facet) : null;

    public override string ToString() => $"{Oracle} | {Target} | {Form} | {Facet}";
}
