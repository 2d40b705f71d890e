using BpfConformance.Cli;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Cases.Grids;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Tests.Engine;
using NUnit.Framework;

namespace BpfConformance.Tests.Cli;

[TestFixture]
public sealed class SignatureWitnessTests
{
    private const string Grid = "-- axes\nn = 1\n-- asm\nr0 = *(u8 *)(r1 + 0)\nexit\n-- items\na = 0..2\nu8 {a}\n";

    /// <summary>No machine gives this signature.</summary>
    private static readonly TestCase s_case = GridReader.ReadUnsigned(Grid, "g.grid", "g.grid")[0] with { Signature = 0x1234 };

    [Test]
    public void Explain_AWrongSignature_NamesTheFirstRunThatDiffersFromTheReference()
    {
        using FakeTarget machine = Machine(wrongRun: 1);
        CaseResult result = Explained(machine);

        Assert.That(result.Findings.Select(finding => (finding.Facet, finding.Input)), Is.EqualTo(new (Facets, int?)[] { (Facets.Signature, null), (Facets.R0, 1) }));
        Assert.That((result.Findings[1].Expected, result.Findings[1].Got), Is.EqualTo(("r0 = 0x1 (as reference)", "r0 = 0x65")));
    }

    [Test]
    public void Explain_AMachineThatGivesWhatTheReferenceDoes_AddsNothing()
    {
        using FakeTarget machine = Machine(wrongRun: -1);

        Assert.That(Explained(machine).Findings.Select(finding => finding.Facet), Is.EqualTo(new[] { Facets.Signature }), "the signature itself is wrong");
    }

    private static CaseResult Explained(FakeTarget machine)
    {
        using var witness = new SignatureWitness();
        Experiment experiment = new ExperimentRunner([machine]).Run(s_case);
        return witness.Explain(experiment, CaseJudge.ForVectors.Judge(experiment)[0]);
    }

    private static FakeTarget Machine(int wrongRun) => new("machine")
    {
        OnRun = (input, data, into) =>
        {
            data.CopyTo(into.Data(input));
            into[input] = FakeTarget.Returned((ulong)(input == wrongRun ? 100 + data[0] : data[0])) with { DataLength = data.Length };
        },
    };
}
