using System.Collections.Immutable;
using BpfConformance.Engine.Cases;

namespace BpfConformance.Mutants.Catalogue;

/// <summary>Why no case may compare what shows some mutants.</summary>
/// <param name="Names">The mutants, as patterns.</param>
/// <param name="Reason">One sentence.</param>
public sealed record Incomparability(ImmutableArray<string> Names, string Reason);

/// <summary>
/// Mutants that are not equivalent: there are programs that behave otherwise, but only in bits of an address. No two machines
/// share those, so that no vector can state them, and the kernel refuses most of these programs. One that a case kills all the same is
/// no such mutant, and fails the score.
/// </summary>
public static class Incomparabilities
{
    public static ImmutableArray<Incomparability> All { get; } =
    [
        new(
            ["stx8/nothing-for-itself", "stx16/nothing-for-itself", "stx32/nothing-for-itself",
             "store-release8/nothing-for-itself", "store-release16/nothing-for-itself", "store-release32/nothing-for-itself",
             "atomic-add??/nothing-for-itself", "atomic-or??/nothing-for-itself", "atomic-and??/nothing-for-itself",
             "atomic-xor??/nothing-for-itself"],
            "What it leaves in memory is made from the bits of its own address."),
        new(
            ["stx8/*-of-r10", "stx8/src-r10-*", "stx16/*-of-r10", "stx16/src-r10-*", "stx32/*-of-r10", "stx32/src-r10-*",
             "store-release8/*-of-r10", "store-release8/src-r10-*",
             "store-release16/*-of-r10", "store-release16/src-r10-*", "store-release32/*-of-r10", "store-release32/src-r10-*",
             "atomic-add??/src-r10-*", "atomic-or??/src-r10-*", "atomic-and??/src-r10-*", "atomic-xor??/src-r10-*", "atomic-cmpxchg??/src-r10-*"],
            "What it leaves in memory is made from the bits of the address in r10."),
        new(
            ["*32-reg/src-r10-*", "movsx*/src-r10-*", "mul64-reg/src-r10-*", "div64-reg/src-r10-*", "sdiv64-reg/src-r10-*",
             "or64-reg/src-r10-*", "and64-reg/src-r10-*",
             "lsh64-reg/src-r10-*", "rsh64-reg/src-r10-*", "arsh64-reg/src-r10-*", "mod64-reg/src-r10-*", "smod64-reg/src-r10-*",
             "xor64-reg/src-r10-*", "ldind*/src-r10-*"],
            "What comes of it is made from the bits of the address in r10."),
        new(
            ["j*32-*/dst-r10-*", "jgt64-imm/dst-r10-*", "jge64-imm/dst-r10-*", "jset64-imm/dst-r10-*", "jsgt64-imm/dst-r10-*", "jsge64-imm/dst-r10-*",
             "jlt64-imm/dst-r10-*", "jle64-imm/dst-r10-*", "jslt64-imm/dst-r10-*", "jsle64-imm/dst-r10-*"],
            "Where it leads depends on the bits of the address in r10."),
        new(["ldind*/src-r6-*"], "The place that it loads from is made from the address of the context, which r6 must hold."),
    ];

    public static string? ReasonFor(string mutant) =>
        All.FirstOrDefault(each => each.Names.Any(pattern => Glob.Matches(pattern, mutant)))?.Reason;
}
