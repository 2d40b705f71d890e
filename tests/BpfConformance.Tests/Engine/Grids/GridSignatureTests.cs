using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Cases.Grids;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;
using BpfConformance.Tests.Cli;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Grids;

[TestFixture]
internal sealed class GridSignatureTests
{
    private const string Text = "-- axes\nn = 1 2\n-- asm\nr0 = {n}\nexit\n-- items\nk = 1 2\nu16 {k}\n";

    /// <summary>FNV-1a over 01 00 00 00 00 00 00 00 01 00, then 01 00 00 00 00 00 00 00 02 00.</summary>
    private const ulong RightSignature = 0xe8fe6db7e4976d1e;

    private TemporaryFolder _folder = null!; // before each test

    [SetUp]
    public void Open() => _folder = new TemporaryFolder();

    [TearDown]
    public void Close() => _folder.Dispose();

    [Test]
    public void Read_WithItsSignatures_HasThem()
    {
        _folder.Write("g.signature", "# comment\r\nn=1 00000000000000ff # another\r\n\n\tn=2\t  FEDCBA9876543210\n");
        Assert.That(Read().Select(test => test.Signature), Is.EqualTo(new ulong?[] { 0xff, 0xfedc_ba98_7654_3210 }));
    }

    [TestCase("n=1 00000000000000ff\n", 0, "no line for 'n=2': 'bpfconf grid sign' makes this file")]
    [TestCase("n=1 00000000000000ff\nn=2 00000000000000ff\nn=3 00000000000000ff\n", 3, "a line too many, the grid has 2 members")]
    [TestCase("n=2 00000000000000ff\nn=1 00000000000000ff\n", 1, "found 'n=2 00000000000000ff', expected 'n=1' and 16 hexadecimal digits")]
    [TestCase("n=1 ff\n", 1, "found 'n=1 ff', expected 'n=1' and 16 hexadecimal digits")]
    [TestCase("\nn=1 00000000000000fg\n", 2, "found 'n=1 00000000000000fg', expected 'n=1' and 16 hexadecimal digits")]
    [TestCase("n=1\u00a000000000000000ff\n", 1, "found 'n=1\u00a000000000000000ff', expected 'n=1' and 16 hexadecimal digits")]
    [TestCase("n=1 00000000000000ff\r\r\n", 1, "found the control character U+000D, expected none but tabs, and LF or CR LF at the end of lines")]
    [TestCase("n=1\n", 1, "found 'n=1', expected 'n=1' and 16 hexadecimal digits")]
    [TestCase("n=1 00000000000000ff 1\n", 1, "found 'n=1 00000000000000ff 1', expected 'n=1' and 16 hexadecimal digits")]
    public void Read_SignaturesThatAreWrong_SaysWhatAndWhere(string signatures, int line, string problem)
    {
        string file = _folder.Write("g.signature", signatures);
        BpfFormatException error = Assert.Throws<BpfFormatException>(() => Read());
        Assert.That((error.Origin, error.Line, error.Problem), Is.EqualTo((file, line, problem)));
    }

    [Test]
    public void Read_WithoutSignatures_SaysWhatMakesThem() =>
        Assert.That(
            () => Read(), Throws.TypeOf<BpfFormatException>().With.Message.EndsWith("g.signature: no such file: 'bpfconf grid sign' makes it"));

    [TestCase("-- faults\n")]
    [TestCase("-- rejected\n")]
    [TestCase("-- malformed\n")]
    public void Read_WhereNoResultsAre_NeedsNoSignatures(string section) =>
        Assert.That(GridReader.Read(Text + section, "none.grid", "none.grid"), Has.Length.EqualTo(2));

    [Test]
    public void Signature_OfTwoRuns_IsTheHash() => Assert.That(Judge(RightSignature, Right).Status, Is.EqualTo(CaseStatus.Passed));

    [Test]
    public void Run_WithAnotherSignature_FailsAndNamesTheCommand()
    {
        CaseResult result = Judge(1, Right);
        Assert.That(result.Status, Is.EqualTo(CaseStatus.Failed));
        Assert.That(
            result.Reason,
            Is.EqualTo(
                "expected signature 0000000000000001 of 2 runs ('bpfconf grid show x.grid/n=1' lists them; "
                + "'bpfconf grid sign x.grid' if the grid was changed on purpose), got signature e8fe6db7e4976d1e"));
    }

    [Test]
    public void Run_ThatFaults_Fails() =>
        Assert.That(Judge(RightSignature, (_, into) => into[1] = FakeTarget.Faulted(FaultKind.OutOfBoundsLoad, 0)).Status, Is.EqualTo(CaseStatus.Failed));

    [Test]
    public void Run_ThatIsInconclusive_IsNotPassed() =>
        Assert.That(
            Judge(RightSignature, (_, into) => into[1] = Observation.Nothing with { Status = ExecutionStatus.Inconclusive }).Status,
            Is.EqualTo(CaseStatus.Inconclusive));

    [Test]
    public void Run_WithAPartOfR0_IsNotPassed() =>
        Assert.That(
            Judge(RightSignature, (_, into) => into[1] = into[1] with { R0Mask = uint.MaxValue }).Status, Is.EqualTo(CaseStatus.Inconclusive));

    [Test]
    public void Run_WithoutMemory_IsNotPassed() =>
        Assert.That(Judge(RightSignature, (_, into) => into[1] = into[1] with { DataLength = -1 }).Status, Is.Not.EqualTo(CaseStatus.Passed));

    private static void Right(int input, ObservationBatch into)
    {
    }

    private static CaseResult Judge(ulong signature, Action<int, ObservationBatch> spoil)
    {
        using var target = new FakeTarget("fake")
        {
            OnRun = (input, data, into) =>
            {
                into[input] = FakeTarget.Returned(1) with { DataLength = data.Length };
                data.CopyTo(into.Data(input));
                if (input == 1) spoil(input, into);
            },
        };
        TestCase test = Grid.Read(Text)[0] with { Signature = signature };
        return CaseJudge.ForVectors.Judge(new ExperimentRunner([target]).Run(test))[0];
    }

    private ImmutableArray<TestCase> Read() =>
        GridReader.Read(Text, Path.Combine(_folder.FullName, "g.grid"), "g.grid");
}
