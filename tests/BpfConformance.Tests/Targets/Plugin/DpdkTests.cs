using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Claims;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Targets.Plugin;
using BpfConformance.Targets.Processes;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Plugin;

/// <summary>
/// DPDK's librte_bpf 22.11, which nobody here wrote, on the suite: all that is wrong of it is declared with a reason or is one of the crashes below,
/// and the differences that are known from its source are found without being told.
/// </summary>
internal sealed class DpdkTests
{
    private const string Validator = "validator";
    private const string Interpreter = "interpreter";
    private const string Jit = "jit";

    /// <summary>The validator follows every path of these: more than can be waited for.</summary>
    private static readonly ImmutableArray<string> s_endless =
    [
        "base64/jmp64-backward.vector", "base64/jmp64-far.grid/*", "base64/jmp64-near.grid/*", "base64/jmp64-registers.grid/*",
    ];

    /// <summary>The validator leaves its array behind the last instruction, or divides the least number by -1.</summary>
    private static readonly ImmutableArray<string> s_loadCrashes =
    [
        "divmul64/div64-of-constants.vector", "divmul64/mod64-of-constants.vector", "malformed/empty.vector",
        "malformed/falls-off-end-after-call.vector", "malformed/falls-off-end-after-jump.vector", "malformed/falls-off-end-of-wide.vector",
        "malformed/falls-off-end.vector", "malformed/jump-past-end.vector",
    ];

    /// <summary>A place in the packet whose sum with the size wraps around.</summary>
    private static readonly ImmutableArray<string> s_runCrashes = ["packet/legacy-just-before.vector"];

    /// <summary>jset with a small immediate, shifts by 128 and more, a jump back by 127 or 128 bytes.</summary>
    private static readonly ImmutableArray<string> s_jitCrashes =
    [
        "base32/shift32-imm-out-of-range-dirty.grid/?sh32-imm,imm=-2147483648,*", "base64/shift64-imm-out-of-range.vector",
        "base64/exit-distances.grid/n=30,m=2", "base64/exit-distances.grid/n=31,m=1",
        "base64/jmp64-backward-immediates.grid/jset64-imm,imm=-1", "base64/jmp64-backward-immediates.grid/jset64-imm,imm=0",
        "base64/jmp64-backward-immediates.grid/jset64-imm,imm=1", "base64/jmp64-immediates.grid/jset64-imm,*",
        "base64/jset64.vector", "base64/lddw-jumped-over.grid/jset64-imm",
    ];

    private static CaseSet Files { get; } = CaseLoader.Load([Repository.PathOf("conformance")]);

    [TestCase(Validator)]
    [TestCase(Interpreter)]
    [TestCase(Jit)]
    public void Suite_OnDpdk_HasNoFailureWithoutExplanation(string machine)
    {
        DeviationSet deviations = DeviationSet.Load(Files.Suites, instead: null, [$"dpdk-{machine}"], today: default);
        CaseResult[] results = [.. ResultsOf(machine, AllBut(s_endless)).Select(deviations.Apply)];
        CaseResult[] failed = [.. results.Where(result => result.Status == CaseStatus.Failed)];
        ImmutableArray<string> expected = machine switch
        {
            Jit => [.. s_loadCrashes, .. s_runCrashes, .. s_jitCrashes],
            Interpreter => [.. s_loadCrashes, .. s_runCrashes],
            _ => s_loadCrashes,
        };

        Assert.That(deviations.Errors.Concat(deviations.WithoutCase(Files)), Is.Empty);
        Assert.Multiple(() =>
        {
            foreach (CaseResult result in failed)
            {
                Assert.That(expected.Any(name => Covers(name, result.Case)), $"{result.Case.Name}: {result.Reason} {string.Join(", ", result.Findings)}");
                Assert.That(result.Findings.Any(finding => finding.Oracle == CrashOracle.OracleName), result.Case.Name);
            }

            foreach (string name in expected) Assert.That(failed.Any(result => Covers(name, result.Case)), name);
            if (machine != Validator) Assert.That(results.Where(result => result.Status == CaseStatus.Inconclusive), Is.Empty);
            Assert.That(results.Count(result => result.Status == CaseStatus.Passed), Is.GreaterThan(machine == Validator ? 3_000 : 6_000));
        });
    }

    [TestCase("base32/le16.vector", true, false)]
    [TestCase("base32/le32-dirty.vector", true, false)]
    [TestCase("divmul32/mod32.vector", true, true)]
    [TestCase("divmul32/divmul32-operands.grid/div32-reg", true, true)]
    [TestCase("divmul64/mod64.vector", true, true)]
    [TestCase("divmul64/divmul64-operands.grid/div64-reg", true, true)]
    [TestCase("base64/alu64-same-register.vector", false, true)]
    [TestCase("divmul32/divmul32-registers-dirty.grid/div32-reg,s=4", false, true)]
    [TestCase("divmul64/divmul64-same-register-first.grid/div64-reg,d=0", false, true)]
    [TestCase("base64/add64.vector", false, false)]
    public void KnownDifference_WithoutDeviations_IsFound(string name, bool interpreterFails, bool jitFails)
    {
        ImmutableArray<TestCase> cases = [.. Files.Cases.Where(test => test.Name == name)];

        CaseStatus[] found = [ResultsOf(Interpreter, cases).Single().Status, ResultsOf(Jit, cases).Single().Status];

        Assert.That(found, Is.EqualTo([Of(interpreterFails), Of(jitFails)]));

        static CaseStatus Of(bool fails) => fails ? CaseStatus.Failed : CaseStatus.Passed;
    }

    [Test]
    public void ProgramWithTooManyPaths_OnTheValidator_IsCrashedAfterTheLimit()
    {
        ImmutableArray<TestCase> cases = [.. Files.Cases.Where(test => test.Name == "base64/jmp64-far.grid/imm,span=128")];

        CaseResult result = ResultsOf(Validator, cases, TimeSpan.FromSeconds(0.5)).Single();

        Assert.That(result.Status, Is.EqualTo(CaseStatus.Failed));
        Assert.That(result.Findings.Single().Got, Does.Contain("did not answer in 0.5 s"));
    }

    [Test]
    public void Claims_OfTheInterpreter_AreThoseThatItEarns()
    {
        CaseResult[] results = [.. ResultsOf(Interpreter, AllBut(s_endless))];
        using PluginTarget target = Open(Interpreter, PluginSettings.DefaultLimit);

        ImmutableArray<Claim> claims = ClaimBuilder.Build(target.Capabilities, results);

        Assert.That(
            claims.Where(claim => claim.Status == ClaimStatus.Conforms).Select(claim => claim.Group),
            Is.EquivalentTo([ConformanceGroup.Atomic32]), string.Join("\n", claims));
    }

    private static ImmutableArray<TestCase> AllBut(ImmutableArray<string> names) =>
        [.. Files.Cases.Where(test => !names.Any(name => Covers(name, test)))];

    private static bool Covers(string name, TestCase test) => new CaseSelection { Filter = name }.Selects(test);

    private static IEnumerable<CaseResult> ResultsOf(string machine, ImmutableArray<TestCase> cases, TimeSpan? limit = null)
    {
        Assert.That(cases, Is.Not.Empty);
        var runner = new SuiteRunner(
            () => [Open(machine, limit ?? PluginSettings.DefaultLimit)], experiment => CaseJudge.ForVectors.Judge(experiment));
        return runner.Run(cases, _ => { }, CancellationToken.None).SelectMany(each => each);
    }

    private static PluginTarget Open(string machine, TimeSpan limit) =>
        new($"dpdk-{machine}", new PluginSettings(new ChildCommand(CPlugins.Dpdk(machine)), limit));
}
