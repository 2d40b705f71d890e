using System.Collections.Immutable;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;

namespace BpfConformance.Engine.Oracles.Variants;

/// <summary>The variants that leave a program as it is: run again, at the same time in another thread, and loaded with the flags that have a verifier test itself.</summary>
public static class CaseVariants
{
    /// <summary>
    /// Linux 6.18 keeps ranges and known bits of a number apart, so on paths that no run takes they can come to contradict each other. With the last flag it refuses the
    /// program (kernel/bpf/verifier.c, reg_bounds_sanity_check).
    /// </summary>
    private static readonly ImmutableArray<(string Name, ProgramFlags Flag)> s_flags =
    [
        ("rnd-hi32", ProgramFlags.TestRndHi32),
        ("state-freq", ProgramFlags.TestStateFreq),
        ("reg-invariants", ProgramFlags.TestRegInvariants),
    ];

    /// <summary>The same once more.</summary>
    public static Variant Again(TestCase test) => new("again", test);

    /// <summary>The same, while it runs elsewhere.</summary>
    public static Variant Simultaneous(TestCase test) => new("simultaneous", test) { IsSimultaneous = true };

    /// <summary>The case as given of one in another form, where that has a flag more; <c>null</c>: it is another form.</summary>
    /// <param name="name">Of the variant.</param>
    /// <param name="variant">The other form.</param>
    public static TestCase? AsGiven(string name, TestCase variant) => s_flags.FirstOrDefault(each => each.Name == name) is { Name: not null } flagged
        ? variant with { Program = variant.Program with { Flags = variant.Program.Flags & ~flagged.Flag } }
        : null;

    /// <summary>One for each flag that the case does not have; how many instructions a machine runs then is its own.</summary>
    public static IEnumerable<Variant> WithFlags(TestCase test) =>
        from each in s_flags
        where (test.Program.Flags & each.Flag) == ProgramFlags.None
        select new Variant(each.Name, test with { Program = test.Program with { Flags = test.Program.Flags | each.Flag } })
        {
            Same = Facets.All & ~Facets.Instructions,
            IsSelfTest = each.Flag == ProgramFlags.TestRegInvariants,
        };
}
