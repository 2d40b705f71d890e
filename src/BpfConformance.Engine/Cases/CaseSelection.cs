using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Engine.Cases;

/// <summary>Which cases a run is about; <c>null</c> members select everything.</summary>
public sealed record CaseSelection
{
    public static CaseSelection Everything { get; } = new();

    /// <summary>A case is selected when every group that it needs is among these.</summary>
    public ImmutableSortedSet<ConformanceGroup>? Groups { get; init; }

    /// <summary>A case is selected when it needs no higher version.</summary>
    public CpuVersion? Cpu { get; init; }

    /// <summary>A pattern for the whole name, in which <c>*</c> stands for any characters, also none and also <c>/</c>, and <c>?</c> for one.</summary>
    public string? Filter { get; init; }

    public bool Selects(TestCase test) =>
        (Groups is null || test.Groups.IsSubsetOf(Groups))
        && (Cpu is not { } cpu || test.Cpu <= cpu)
        && (Filter is null || Matches(Filter, test.Name));

    /// <summary>Linear in pattern times name: on a mismatch only the last star takes one character more.</summary>
    private static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        int p = 0;
        int n = 0;
        int star = -1;
        int starEnd = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, starEnd) = (p++, n);
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == name[n]))
            {
                p++;
                n++;
            }
            else if (star >= 0)
            {
                (p, n) = (star + 1, ++starEnd);
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].TrimStart('*').IsEmpty;
    }
}
