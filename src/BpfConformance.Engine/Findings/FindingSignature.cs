using System.Security.Cryptography;
using System.Text;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Engine.Findings;

/// <summary>What tells one bug from another: two findings with the same are taken for one.</summary>
/// <param name="Oracle">Who says it.</param>
/// <param name="Target">Of whom.</param>
/// <param name="Form">The form of the first instruction after which the targets are not the same, by its name in <c>conformance/isa.csv</c>; of a verdict the class of its reason. Where no instruction is the first, those of all in the smallest case, with + between; of a case that was not made small enough for that a program; empty: it cannot be said.</param>
/// <param name="Facet">In what they are not.</param>
public sealed record FindingSignature(string Oracle, string Target, string Form, string Facet)
{
    private const string ProgramPrefix = "program ";

    /// <summary>Whether its form says what is wrong, so that other cases can show the same.</summary>
    public bool HasForm => Form.Length > 0 && !Form.StartsWith(ProgramPrefix, StringComparison.Ordinal);

    /// <summary>The same of one program alone, so that it is not taken for any other.</summary>
    public FindingSignature Of(BpfProgram program) => this with { Form = ProgramPrefix + HashOf(program.ToBytes()) };

    /// <summary>As a folder is named: words of letters, digits and dots, and twelve digits of the hash of the whole.</summary>
    public string Slug
    {
        get
        {
            string words = string.Join('-', new[] { Oracle, Target, Form, Facet }.Where(word => word.Length > 0));
            string readable = string.Concat(words.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' ? char.ToLowerInvariant(letter) : '-'));
            return $"{readable[..Math.Min(readable.Length, 80)]}-{HashOf(Encoding.UTF8.GetBytes(ToString()))}";
        }
    }

    /// <summary>Reads what <see cref="ToString"/> has written; <c>null</c>: it is something else.</summary>
    public static FindingSignature? TryParse(string text) =>
        text.Trim().Split(" | ") is [{ } oracle, { } target, { } form, { } facet] ? new FindingSignature(oracle, target, form, facet) : null;

    private static string HashOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes))[..12];

    public override string ToString() => $"{Oracle} | {Target} | {Form} | {Facet}";
}
