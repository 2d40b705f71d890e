using System.Collections.Frozen;
using System.Collections.Immutable;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Abi.Helpers;

/// <summary>The kernel's helper functions by number (include/uapi/linux/bpf.h, 6.18: 1–211, frozen since 6.2).</summary>
public static class HelperTable
{
    /// <summary>The prototypes of the helper with number n are at n − 1.</summary>
    private static readonly ImmutableArray<ImmutableArray<HelperPrototype>> s_byNumber =
        [.. HelperRows.All.GroupBy(row => row.Number, (_, rows) => rows.ToImmutableArray())];

    private static readonly FrozenDictionary<string, int> s_numbers =
        s_byNumber.ToFrozenDictionary(rows => rows[0].Name, rows => rows[0].Number, StringComparer.Ordinal);

    /// <summary>The number of every helper.</summary>
    public static ImmutableSortedSet<int> All { get; } = [.. Enumerable.Range(1, s_byNumber.Length)];

    /// <summary>The highest helper number.</summary>
    public static int Count => s_byNumber.Length;

    /// <summary>The name without <c>bpf_</c>, or <c>null</c> when the kernel has no such helper.</summary>
    public static string? NameOf(int helper) => helper >= 1 && helper <= Count ? s_byNumber[helper - 1][0].Name : null;

    /// <summary>The number of a helper named with or without <c>bpf_</c>, or <c>null</c>.</summary>
    public static int? NumberOf(string name) =>
        s_numbers.TryGetValue(name.StartsWith("bpf_", StringComparison.Ordinal) ? name[4..] : name, out int number)
            ? number
            : null;

    /// <summary>What a helper takes and gives; where that differs by program type, the first of <see cref="PrototypesOf"/>.</summary>
    /// <param name="helper">From 1 to <see cref="Count"/>.</param>
    public static HelperPrototype PrototypeOf(int helper) => s_byNumber[helper - 1][0];

    /// <summary>What a helper takes and gives, by program types that have nothing in common: one for most.</summary>
    public static ImmutableArray<HelperPrototype> PrototypesOf(int helper) => s_byNumber[helper - 1];

    /// <summary>What a helper takes and gives in programs of a type, or <c>null</c> when none of them may call it.</summary>
    public static HelperPrototype? PrototypeOf(int helper, ProgramType type)
    {
        foreach (HelperPrototype row in s_byNumber[helper - 1])
        {
            if (row.Types.Has(type)) return row;
        }

        return null;
    }

    /// <summary>
    /// Whether a program of that type, loaded for that attach type, may call the helper if license and privileges allow it. The rows of
    /// STRUCT_OPS are what some structure allows; <c>bpf_dummy_ops</c>, which hooks are of, allows none (net/bpf/bpf_dummy_struct_ops.c, 6.18).
    /// </summary>
    public static bool MayCall(int helper, ProgramType type, AttachType attachType) =>
        type != ProgramType.StructOps && PrototypeOf(helper, type) is { } row && !AttachCondition.Rows.Any(condition => condition.Forbids(row.Name, type, attachType));
}
