namespace BpfConformance.Engine.Cases;

/// <summary>Patterns for whole names, in which <c>*</c> stands for any characters, also none and also <c>/</c>, and <c>?</c> for one.</summary>
public static class Glob
{
    /// <summary>Linear in pattern times name: on a mismatch only the last star takes one character more.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
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
