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
    ];

    public static string? ProofFor(string mutant) =>
        All.FirstOrDefault(each => each.Names.Any(pattern => Glob.Matches(pattern, mutant)))?.Proof;
}
