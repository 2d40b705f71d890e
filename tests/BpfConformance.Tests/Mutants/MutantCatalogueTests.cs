using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Interpreter;
using BpfConformance.Mutants;
using BpfConformance.Mutants.Catalogue;
using NUnit.Framework;

namespace BpfConformance.Tests.Mutants;

internal sealed class MutantCatalogueTests
{
    [Test]
    public void Catalogue_HoldsManyMutants_WithNamesOfTheirOwn()
    {
        Assert.That(MutantCatalogue.All, Has.Length.GreaterThan(1200));
        Assert.That(MutantCatalogue.All.Select(mutant => mutant.Name), Is.Unique);
    }

    [Test]
    public void EveryRow_ThatTheReferenceHas_HasMutants() =>
        Assert.That(
            InstructionTable.Rows.Where(row => HandlerTable.Checked.MeaningOf(row) is not null).Except(MutantCatalogue.All.Select(mutant => mutant.Row)),
            Is.Empty);

    [Test]
    public void EveryClass_OfBugs_HasMutants() =>
        Assert.That(MutantCatalogue.All.Select(mutant => mutant.Class).Distinct(), Is.EquivalentTo(Enum.GetValues<MutantClass>()));

    [Test]
    public void Description_OfEachClass_IsANameOfItsOwnAndASentence()
    {
        (string Name, string Meaning)[] kinds = [.. Enum.GetValues<MutantClass>().Select(MutantClasses.Describe)];

        Assert.That(kinds.Select(kind => kind.Name), Is.Unique);
        Assert.That(kinds.Select(kind => kind.Meaning), Is.Unique.And.All.Match("^[A-Z][^|]+\\.$"));
    }

    [Test]
    public void Behavior_OfEachMutant_BeginsWithItsInstruction() =>
        Assert.That(
            MutantCatalogue.All.Where(mutant => !mutant.Behavior.StartsWith($"{mutant.Row.Name} ", StringComparison.Ordinal)),
            Is.Empty);

    [Test]
    public void EveryProofAndReason_NotToCountAMutant_IsAboutMutants()
    {
        string[] idle =
        [
            .. Equivalences.All
                .SelectMany(proof => proof.Names)
                .Concat(Incomparabilities.All.SelectMany(reason => reason.Names))
                .Where(pattern => !MutantCatalogue.All.Any(mutant => Glob.Matches(pattern, mutant.Name))),
        ];
        Assert.That(idle, Is.Empty);
    }

    [Test]
    public void NoMutant_IsEquivalentAndNotComparable() =>
        Assert.That(MutantCatalogue.All.Where(mutant => mutant is { Equivalence: not null, Incomparability: not null }), Is.Empty);

    [Test]
    public void Evidence_OfSemanticBugs_IsInTheCatalogue()
    {
        // Of ../shared/data/seeded_bugs.tsv, those that one instruction can show; the others are of verifiers, validators and code buffers.
        string[] semantic =
        [
            "I01", "I02", "I03", "I04", "I05", "I06", "I07", "I08", "I09", "I11", "I14", "I16", "X02", "X05", "X07", "X08", "X09", "X11",
            "X12", "X14", "X16", "X18", "A01", "A02", "A03", "A04", "A06", "A08", "A10", "A11", "A14", "A15", "V08", "P01", "P05",
        ];
        string[] known = [.. MutantCatalogue.All.SelectMany(mutant => mutant.Evidence.Split(' ')).Distinct()];
        Assert.That(semantic.Except(known), Is.Empty);
    }

    [TestCase("add32-reg/keeps-upper-half", "add32-reg kept the upper half of dst")]
    [TestCase("ldx16/loads-32", "ldx16 loaded 32 bits")]
    [TestCase("jsgt64-imm/takes--1-for-0xffffffff", "jsgt64-imm took an immediate of -1 for 0xffffffff")]
    [TestCase("atomic-cmpxchg64/keeps-r0-on-failure", "atomic-cmpxchg64 left r0 as it was when it did not store")]
    public void Mutant_ByName_SaysWhatItDoes(string name, string behavior) =>
        Assert.That(MutantCatalogue.All.Single(mutant => mutant.Name == name).Behavior, Is.EqualTo(behavior));
}
