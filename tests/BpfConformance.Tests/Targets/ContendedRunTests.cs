using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;
using BpfConformance.Interpreter;
using BpfConformance.Interpreter.Handlers;
using BpfConformance.Interpreter.Semantics;
using BpfConformance.Targets.InProcess;
using BpfConformance.Targets.Kernel;
using BpfConformance.Tests.Engine;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets;

/// <summary>The contention vectors, on machines that are right and on machines whose atomics are a load and a store.</summary>
[TestFixture]
internal sealed unsafe class ContendedRunTests
{
    /// <summary>Few machines have one processor alone, and on those two threads meet only by chance.</summary>
    [SetUp]
    public void NeedTwoProcessors()
    {
        if (Environment.ProcessorCount < 2) Assert.Ignore("one processor: two threads do not run at once");
    }

    [TestCaseSource(typeof(TornAtomics), nameof(TornAtomics.Rows))]
    public void Vector_OnAMachineWhoseAtomicIsALoadAndAStore_Fails(string vector, string row, Handler handler)
    {
        using var torn = new ReferenceTarget(HandlerTable.Sanitized.With(InstructionTable.Named(row), handler));

        CaseResult result = Judge(Read(vector), torn);

        Assert.That(result.Status, Is.EqualTo(CaseStatus.Failed), result.Reason);
    }

    [Test]
    public void Vector_OnATornMachineButAlone_Passes()
    {
        using var torn = new ReferenceTarget(
            HandlerTable.Sanitized.With(InstructionTable.Named("atomic-add64-fetch"), TornAtomics.Handler64<AtomicAdd, FetchToSrc>));

        Assert.That(
            Judge(Read("contention-add64-fetch") with { Contention = null }, torn).Status, Is.EqualTo(CaseStatus.Passed));
    }

    [TestCase("contention-add64-fetch")]
    [TestCase("contention-add64")]
    [TestCase("contention-cmpxchg32")]
    public void RunTogether_OnTheReference_ThreadsMeet(string vector)
    {
        using var reference = new ReferenceTarget();
        AssertTheyMeet(reference, Read(vector));
    }

    [TestCase("contention-add64-fetch")]
    [TestCase("contention-add64")]
    [TestCase("contention-cmpxchg32")]
    public void RunTogether_OnTheKernel_ThreadsMeet(string vector)
    {
        if (KernelTarget.WhyUnavailable() is { } reason) Assert.Ignore(reason);
        using var reference = new ReferenceTarget();
        using var kernel = KernelTarget.Create(reference);
        AssertTheyMeet(kernel, Read(vector));
    }

    [Test]
    public void RunTogether_ThenAlone_FindsItsMapsEmpty()
    {
        if (KernelTarget.WhyUnavailable() is { } reason) Assert.Ignore(reason);
        using var reference = new ReferenceTarget();
        using var kernel = KernelTarget.Create(reference);
        TestCase test = Read("contention-add64");
        foreach (IExecutionTarget target in new IExecutionTarget[] { reference, kernel })
        {
            using ILoadedProgram program = Load(target, test);
            ObservationBatch batch = Batch(test);
            ((IContendedProgram)program).RunTogether(Inputs(test), 0, batch);
            batch = Batch(test);
            program.Run(Inputs(test), batch);

            Assert.That((batch[0].R0, new RecordList(batch.Data(0)).Before(0)), Is.EqualTo((0ul, 0ul)), target.Name);
            Assert.That((batch[1].R0, new RecordList(batch.Data(1)).Before(0)), Is.EqualTo((0ul, 0ul)), target.Name);
        }
    }

    [Test]
    public void Run_TargetWithoutThreads_IsUnsupported()
    {
        using var target = new FakeTarget("x") { Capabilities = new ReferenceTarget().Capabilities };

        CaseResult result = Judge(Read("contention-add64"), target);

        Assert.That((result.Status, result.Reason), Is.EqualTo((CaseStatus.Unsupported, "cannot run two threads over one map")));
    }

    [Test]
    public void Run_ThreadsThatNeverMeet_ProveNothing()
    {
        using var reference = new ReferenceTarget();
        using var target = new SerialTarget(reference.Capabilities);

        CaseResult result = Judge(Read("contention-add64-fetch"), target);

        Assert.That(
            (result.Status, result.Reason),
            Is.EqualTo((CaseStatus.Inconclusive, "2 of 2 runs: the two threads never met in 64 rounds")));
    }

    private static void AssertTheyMeet(IExecutionTarget target, TestCase test)
    {
        using ILoadedProgram program = Load(target, test);
        var interruptions = new List<int>();
        for (int round = 0; round < 64 && interruptions.Count(count => count > 0) < 3; round++)
        {
            ObservationBatch batch = Batch(test);
            ((IContendedProgram)program).RunTogether(Inputs(test), 0, batch);
            interruptions.Add(Enumerable.Range(0, 2).Max(thread => new RecordList(batch.Data(thread)).Interruptions));
        }

        TestContext.Out.WriteLine($"interruptions in {test.Contention!.Records} operations, by round: {string.Join(' ', interruptions)}");
        Assert.That(interruptions, Has.Some.Positive);
    }

    private static ILoadedProgram Load(IExecutionTarget target, TestCase test) =>
        target.Load(new LoadRequest(test.Program, test.Maps, test.DataBytes)).Program!; // an assertion follows on what it does

    private static RunInput[] Inputs(TestCase test) => [.. test.Inputs.Select(input => new RunInput(input.Data))];

    private static ObservationBatch Batch(TestCase test)
    {
        var batch = new ObservationBatch();
        batch.Reset(Contention.Threads, test.DataBytes);
        return batch;
    }

    private static CaseResult Judge(TestCase test, IExecutionTarget target) =>
        CaseJudge.ForVectors.Judge(new ExperimentRunner([target]).Run(test)).Single();

    private static TestCase Read(string vector)
    {
        string folder = vector.Contains("32", StringComparison.Ordinal) ? "atomic32" : "atomic64";
        string file = Repository.PathOf("conformance", folder, vector + ".vector");
        return VectorReader.Read(File.ReadAllText(file), file, vector);
    }
}
