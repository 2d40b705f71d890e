using BpfConformance.Engine.Findings;
using BpfConformance.Engine.Ir;
using BpfConformance.Engine.Reduction;
using BpfConformance.Mutants;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Findings;

public sealed class MutantReductionTests
{
    private const int MostInstructions = 8;

    [TestCase("add32-reg/does-mov", 113_001)]
    [TestCase("sdiv32-reg/loses-bit-0", 913_001)]
    [TestCase("be32/clobbers-r4", 6_213_001)]
    [TestCase("jset64-reg/inverted", 7_113_001)]
    [TestCase("jslt64-imm/wrong-for-dst-0", 8_113_001)]
    [TestCase("st8/offset-one-more", 11_013_001)]
    [TestCase("atomic-xchg32/gives-0", 12_413_001)]
    [TestCase("lddw-imm/loses-bit-30", 10_350_001)]
    public void Reduce_WhatARandomProgramShowsOfAMutant_IsAFewInstructionsAboutItsRow(string name, int seed)
    {
        Mutant mutant = MutantCatalogue.All.Single(each => each.Name == name);

        (ReducedFinding found, int slots) = MutantFindings.Reduced(mutant, seed)!.Value;

        Assert.That(found.Reduction.End, Is.EqualTo(ReductionEnd.Minimal), $"seed {seed}");
        Assert.That(found.Signature.Form, Is.EqualTo(mutant.Row.Name), $"seed {seed}");
        int count = IrProgram.TryDecode(found.Case.Program)!.Code.Length;
        Assert.That(count, Is.LessThanOrEqualTo(MostInstructions).And.LessThan(slots), $"seed {seed}");
    }
}
