using System.Collections.Immutable;
using BpfConformance.Engine.Cases;

namespace BpfConformance.Mutants.Catalogue;

/// <summary>Why some mutants cannot be told from the reference.</summary>
/// <param name="Names">The mutants, as patterns.</param>
/// <param name="Proof">One sentence.</param>
public sealed record Equivalence(ImmutableArray<string> Names, string Proof);

/// <summary>Every proof. A mutant that a case kills in spite of one is a wrong proof, and fails the score.</summary>
public static class Equivalences
{
    public static ImmutableArray<Equivalence> All { get; } =
    [
        new(
            ["add32-*/takes-64-bit-operands", "sub32-*/takes-64-bit-operands", "mul32-*/takes-64-bit-operands", "or32-*/takes-64-bit-operands",
             "and32-*/takes-64-bit-operands", "xor32-*/takes-64-bit-operands", "mov32-*/takes-64-bit-operands", "neg32/takes-64-bit-operands"],
            "The low half of the result depends only on the low halves of the operands."),
        new(["or??-reg/*-operand-0-for-itself"], "x | x is x, and so is x | 0."),
        new(["mod??-reg/first-operand-0-for-itself", "smod??-reg/first-operand-0-for-itself"], "x mod x is 0, as 0 mod x is, and 0 mod 0 is 0."),
        new(
            ["sub??-reg/gives-0-for-itself", "xor??-reg/gives-0-for-itself", "mod??-reg/gives-0-for-itself", "smod??-reg/gives-0-for-itself"],
            "x - x, x ^ x and x mod x are 0, 0 mod 0 included."),
        new(
            ["or64-reg/nothing-for-itself", "and64-reg/nothing-for-itself", "mov64-reg/nothing-for-itself"],
            "x | x, x & x and x itself are x, in all 64 bits."),
        new(
            ["jgt??-reg/nothing-for-itself", "jne??-reg/nothing-for-itself", "jsgt??-reg/nothing-for-itself",
             "jlt??-reg/nothing-for-itself", "jslt??-reg/nothing-for-itself"],
            "Nothing is greater than, less than or different from itself: the jump is never taken."),
        new(["mod64-*/skipped-by-zero", "smod64-*/skipped-by-zero"], "x mod 0 is x, in all 64 bits."),
        new(
            ["smod??-imm/immediate-negated", "smod??-imm/takes--1-for-1", "smod??-imm/takes-1-for--1",
             "smod??-imm/takes-128-for--128", "smod??-imm/takes--128-for-128",
             "smod??-imm/takes-32768-for--32768", "smod??-imm/takes--32768-for-32768", "smod64-imm/takes-min-for-0x80000000"],
            "A remainder does not depend on the sign of the divisor."),
        new(
            ["?sh64-*/takes-src-*", "arsh64-*/takes-src-*", "?sh64-imm/zero-extends-immediate",
             "arsh64-imm/zero-extends-immediate", "?sh64-imm/takes--1-for-0xffffffff",
             "arsh64-imm/takes--1-for-0xffffffff", "?sh64-imm/takes-min-for-0x80000000", "arsh64-imm/takes-min-for-0x80000000"],
            "Only the low six bits of the count matter."),
        new(["le64/keeps-above-*", "le64/unchanged", "le64/dst-r*"], "On a little-endian machine le64 changes nothing, whichever register it names."),
        new(["atomic-cmpxchg64/keeps-r0-on-success"], "When it stores, memory held what r0 does."),
        new(
            ["call-local/clobbers-r0", "call-local/clobbers-r6", "call-local/clobbers-r7", "call-local/clobbers-r8",
             "call-local/clobbers-r9"],
            "A function may not read r0 and r6-r9 before it writes them, and EXIT restores r6-r9."),
        new(
            [.. from row in (string[])["call-helper", "callx", "ldabs*", "ldind*"] from register in Enumerable.Range(1, 5) select $"{row}/clobbers-r{register}"],
            "A call of a helper, and a packet load, leaves nothing in r1-r5 that the program may read."),
        new(
            ["call-helper/r0-not-written", "call-helper/does-not-call", "callx/r0-not-written", "callx/does-not-call"],
            "Every helper of this machine returns time, chance or a processor: no case may compare it."),
        new(
            ["stx8/nothing-for-itself", "stx16/nothing-for-itself", "stx32/nothing-for-itself",
             "store-release8/nothing-for-itself", "store-release16/nothing-for-itself", "store-release32/nothing-for-itself",
             "atomic-add??/nothing-for-itself", "atomic-or??/nothing-for-itself", "atomic-and??/nothing-for-itself",
              "atomic-xor??/nothing-for-itself"],
            "What it leaves in memory is made from its own address: no case may compare it."),
        new(
            ["stx8/*-of-r10", "stx8/src-r10-*", "stx16/*-of-r10", "stx16/src-r10-*", "stx32/*-of-r10", "stx32/src-r10-*",
             "store-release8/*-of-r10", "store-release8/src-r10-*",
             "store-release16/*-of-r10", "store-release16/src-r10-*", "store-release32/*-of-r10", "store-release32/src-r10-*",
             "atomic-add??/src-r10-*", "atomic-or??/src-r10-*", "atomic-and??/src-r10-*", "atomic-xor??/src-r10-*", "atomic-cmpxchg??/src-r10-*"],
            "What it leaves in memory is made from the address in r10: no case may compare it."),
        new(
            ["*32-reg/src-r10-*", "movsx*/src-r10-*", "mul64-reg/src-r10-*", "div64-reg/src-r10-*", "sdiv64-reg/src-r10-*",
             "or64-reg/src-r10-*", "and64-reg/src-r10-*",
             "lsh64-reg/src-r10-*", "rsh64-reg/src-r10-*", "arsh64-reg/src-r10-*", "mod64-reg/src-r10-*", "smod64-reg/src-r10-*",
              "xor64-reg/src-r10-*", "ldind*/src-r10-*"],
            "What comes of it is made from the address in r10: no case may compare it."),
        new(
            ["j*32-*/dst-r10-*", "jgt64-imm/dst-r10-*", "jge64-imm/dst-r10-*", "jset64-*/???-r10-*", "jsgt64-imm/dst-r10-*", "jsge64-imm/dst-r10-*",
             "jlt64-imm/dst-r10-*", "jle64-imm/dst-r10-*", "jslt64-imm/dst-r10-*", "jsle64-imm/dst-r10-*"],
            "Where it leads depends on the address in r10: no case may compare what follows."),
    ];

    public static string? ProofFor(string mutant) =>
        All.FirstOrDefault(each => each.Names.Any(pattern => Glob.Matches(pattern, mutant)))?.Proof;
}
