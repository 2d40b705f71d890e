using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Targets;
using BpfConformance.Interpreter;
using BpfConformance.Loading.Assembly;
using BpfConformance.Targets.InProcess;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.InProcess;

/// <summary>What the reference shows of a run, and what it masks because other machines need not agree.</summary>
[TestFixture]
public sealed class ReferenceTargetTests
{
    [Test]
    public void Run_OfNumbers_ShowsEverything()
    {
        Outcome outcome = Run("r6 = 6\nr0 = -1\n*(u8 *)(r1 + 1) = 7\nexit");
        Assert.That(outcome.Status, Is.EqualTo(ExecutionStatus.Returned));
        Assert.That((outcome.R0, outcome.R0Mask), Is.EqualTo(((ulong?)ulong.MaxValue, ulong.MaxValue)));
        Assert.That(outcome.Instructions, Is.EqualTo(4));
        Assert.That(outcome.Data!.Value.ToArray(), Is.EqualTo(new byte[] { 0, 7, 0, 0, 0, 0, 0, 0 }));
        Assert.That(outcome.Registers!.Values[6], Is.EqualTo(6));
        Assert.That(outcome.Fault, Is.Null);
    }

    [TestCase("r0 = r1\nexit", Description = "an address")]
    [TestCase("r0 = r1\nr0 *= 3\nexit", Description = "computed from an address")]
    [TestCase("w0 = w10\nexit")]
    [TestCase("call ktime_get_ns\nexit", Description = "time")]
    [TestCase("call get_prandom_u32\nr0 &= 1\nexit", Description = "chance")]
    [TestCase("call ktime_get_ns\nr6 = r0\ncall ktime_get_ns\nr0 -= r6\nexit", Description = "a duration")]
    public void Run_R0ThatDiffersBetweenMachines_IsMasked(string text)
    {
        Outcome outcome = Run(text);
        Assert.That(outcome.Status, Is.EqualTo(ExecutionStatus.Returned));
        Assert.That((outcome.R0, outcome.R0Mask), Is.EqualTo(((ulong?)null, 0ul)));
    }

    [TestCase("r0 = r1\nr0 += 5\nr0 -= r1\nexit", 5ul, Description = "a distance")]
    [TestCase("r0 = 1\nif r1 == 0 goto +1\nr0 = 2\nexit", 2ul, Description = "no pointer is null")]
    [TestCase("*(u64 *)(r10 - 8) = r1\nr2 = *(u64 *)(r10 - 8)\nr0 = *(u8 *)(r2 + 0)\nexit", 0ul)]
    public void Run_R0ThatEveryMachineAgreesIn_IsShown(string text, ulong expected)
    {
        Outcome outcome = Run(text);
        Assert.That((outcome.R0, outcome.R0Mask), Is.EqualTo(((ulong?)expected, ulong.MaxValue)));
    }

    [Test]
    public void Run_WithAMapThatDoesNotTakeItsContents_IsTrouble()
    {
        using var target = new ReferenceTarget();
        var devices = new MapDefinition("devices", MapType.Devmap, 4, 4, 2) { Contents = [new MapEntry(new byte[4], new byte[] { 99, 0, 0, 0 })] };
        using ILoadedProgram program = target.Load(new LoadRequest(new BpfProgram(Assembler.Assemble("r0 = 0\nexit").Instructions), [devices], 0)).Program!;

        Assert.That(
            () => program.Run([new RunInput(default)], new ObservationBatch()),
            Throws.TypeOf<TargetException>().With.Message.EqualTo("map devices does not take what it is to begin with: EINVAL"));
    }

    [Test]
    public void Run_RegistersThatNothingWroteOrThatHoldAddresses_AreNotSeen()
    {
        Outcome outcome = Run("r0 = 0\nr6 = 1\nr7 = r1\nr9 = 3\nexit");
        ulong?[] expected = [0, null, 8, null, null, null, 1, null, null, 3, null];
        Assert.That(outcome.Registers!.Values, Is.EqualTo(expected));
    }

    [Test]
    public void Run_DataBytesThatHoldAddresses_AreMasked()
    {
        var batch = new ObservationBatch();
        Run("*(u32 *)(r1 + 2) = r1\n*(u8 *)(r1 + 0) = 9\nr0 = 0\nexit", batch);
        byte[] expected = [0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff];
        Assert.That(batch.DataMask(0).ToArray(), Is.EqualTo(expected));
        Assert.That(batch.Data(0)[0], Is.EqualTo(9));
    }

    [TestCase("r0 = 0\nif r1 == 5 goto +0\nexit", 1)]
    [TestCase("call ktime_get_ns\nif r0 > 5 goto +1\nr0 = 0\nr0 = 1\nexit", 1)]
    [TestCase("r0 = 0\nif r1 == 5 goto +0\nr0 = r9\nexit", 1, Description = "a fault on a path that an address chose")]
    [TestCase("r0 = 0\nif r1 == 5 goto +0\ngoto -1", 1, Description = "a budget that ran out on such a path")]
    public void Run_FlowThatDiffersBetweenMachines_IsInconclusiveAndSaysWhere(string text, int pc)
    {
        Outcome outcome = Run(text);
        Assert.That(outcome.Status, Is.EqualTo(ExecutionStatus.Inconclusive));
        Assert.That(outcome.Reason, Is.EqualTo($"what happens at pc {pc} is a machine's own: it depends on an address, time or chance"));
        Assert.That(
            (outcome.R0, outcome.Registers, outcome.Instructions, outcome.Fault),
            Is.EqualTo((default(ulong?), default(RegisterFile), default(long?), default(Fault))));
    }

    [Test]
    public void Run_ThatFaults_ShowsKindPcAndCountAlone()
    {
        var batch = new ObservationBatch();
        Outcome outcome = Run("r0 = 0\nr0 = *(u8 *)(r1 + 8)\nexit", batch);
        Assert.That(outcome.Status, Is.EqualTo(ExecutionStatus.Faulted));
        Assert.That(outcome.Fault, Is.EqualTo(new Fault(FaultKind.OutOfBoundsLoad, 1)));
        Assert.That(outcome.Instructions, Is.EqualTo(2));
        Assert.That(
            (outcome.R0, outcome.Registers, batch[0].DataLength),
            Is.EqualTo((default(ulong?), default(RegisterFile), -1)));
    }

    [Test]
    public void Run_OutOfBudget_IsTimedOut()
    {
        Outcome outcome = Run("r0 = 0\ngoto -1");
        Assert.That((outcome.Status, outcome.Instructions), Is.EqualTo((ExecutionStatus.TimedOut, (long?)1000)));
    }

    [Test]
    public void Run_OnTheCheckedMachine_MasksNothing()
    {
        using var target = new ReferenceTarget(HandlerTable.Checked);
        Outcome outcome = Run("r0 = r1\nexit", new ObservationBatch(), target);
        Assert.That((outcome.R0, outcome.R0Mask), Is.EqualTo(((ulong?)0x1_0000_0000, ulong.MaxValue)));
    }

    [Test]
    public void Run_OfManyInputs_StartsEachFromItsOwn()
    {
        using var target = new ReferenceTarget();
        LoadResult load = target.Load(Request("r0 = *(u8 *)(r1 + 0)\n*(u8 *)(r1 + 0) = 99\n*(u8 *)(r1 + 1) = 98\nexit"));
        using ILoadedProgram program = load.Program!;
        RunInput[] inputs = [.. Enumerable.Range(0, 20).Select(n => new RunInput(new byte[] { (byte)n, 0, 0, 0, 0, 0, 0, 0 }))];
        var batch = new ObservationBatch();
        batch.Reset(inputs.Length, 8);
        program.Run(inputs, batch);

        byte[] after = [99, 98, 0, 0, 0, 0, 0, 0];
        for (int n = 0; n < inputs.Length; n++)
        {
            Assert.That(batch.Materialize(n).R0, Is.EqualTo((ulong)n));
            Assert.That(batch.Data(n).ToArray(), Is.EqualTo(after));
            Assert.That(inputs[n].Data.Span[0], Is.EqualTo(n), "inputs stay as they were");
        }
    }

    [Test]
    public void Run_IntoAPreparedBatch_AllocatesNothing()
    {
        using var target = new ReferenceTarget();
        LoadResult load = target.Load(Request("r0 = *(u8 *)(r1 + 0)\n*(u64 *)(r1 + 0) = r10\nexit"));
        using ILoadedProgram program = load.Program!;
        RunInput[] inputs = [.. Enumerable.Repeat(new RunInput(new byte[8]), 100)];
        var batch = new ObservationBatch();
        batch.Reset(inputs.Length, 8);
        program.Run(inputs, batch);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int n = 0; n < 10; n++) program.Run(inputs, batch);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [TestCase("r0 = 0", VerdictKind.Rejected, ReasonClass.FallsOffEnd, 0)]
    [TestCase("r10 = 0\nexit", VerdictKind.Rejected, ReasonClass.ReadOnlyRegister, 0)]
    [TestCase("r0 = 0\ncall 999\nexit", VerdictKind.Rejected, ReasonClass.UnknownHelper, 1)]
    [TestCase("r0 = 0\ncall read_branch_records\nexit", VerdictKind.Unsupported, ReasonClass.NotImplemented, 1)]
    public void Load_OfWhatItDoesNotTake_SaysWhyAndWhere(string text, VerdictKind kind, ReasonClass reason, int pc)
    {
        using var target = new ReferenceTarget();
        LoadResult load = target.Load(Request(text));
        Assert.That(load.Program, Is.Null);
        Assert.That((load.Verdict.Kind, load.Verdict.Reason, load.Verdict.Pc), Is.EqualTo((kind, reason, (int?)pc)));
        Assert.That(load.Verdict.Message, Is.Not.Empty);
    }

    [Test]
    public void Load_OfAnEmptyProgram_IsRejected()
    {
        using var target = new ReferenceTarget();
        Assert.That(target.Load(Request(string.Empty)).Verdict.Reason, Is.EqualTo(ReasonClass.EmptyProgram));
    }

    [Test]
    public void Load_WithMaps_ReachesTheValueOfEach()
    {
        using var target = new ReferenceTarget();
        LoadRequest request = Request("r1 = map_val(map_by_fd(1)) + 4 ll\n*(u32 *)(r1 + 0) = 5\nr0 = *(u64 *)(r1 - 4)\nexit") with
        {
            Maps = [new("a", MapType.Array, 4, 8, 1), new("b", MapType.Array, 4, 8, 1)],
        };
        using ILoadedProgram program = target.Load(request).Program!;
        var batch = new ObservationBatch();
        batch.Reset(1, 8);
        program.Run([new RunInput(new byte[8])], batch);
        Assert.That(batch.Materialize(0).R0, Is.EqualTo(0x5_0000_0000));
    }

    [Test]
    public void Capabilities_NameEveryGroupButAddressSpaces()
    {
        using var target = new ReferenceTarget();
        ConformanceGroup[] groups =
        [
            ConformanceGroup.Base32, ConformanceGroup.Base64, ConformanceGroup.Atomic32, ConformanceGroup.Atomic64,
            ConformanceGroup.Divmul32, ConformanceGroup.Divmul64, ConformanceGroup.Packet,
            ConformanceGroup.AcquireRelease, ConformanceGroup.MayGoto, ConformanceGroup.CallX,
        ];
        Assert.That(target.Capabilities.Groups, Is.EqualTo(groups));
        Assert.That((target.Name, target.Capabilities.Cpu), Is.EqualTo(("reference", CpuVersion.V4)));
    }

    private static LoadRequest Request(string text) =>
        new(new BpfProgram(Assembler.Assemble(text).Instructions), [], 8) { InstructionBudget = 1000 };

    private static Outcome Run(string text) => Run(text, new ObservationBatch());

    private static Outcome Run(string text, ObservationBatch batch)
    {
        using var target = new ReferenceTarget();
        return Run(text, batch, target);
    }

    private static Outcome Run(string text, ObservationBatch batch, ReferenceTarget target)
    {
        LoadResult load = target.Load(Request(text));
        Assert.That(load.Verdict, Is.EqualTo(Verdict.Accepted));
        using ILoadedProgram program = load.Program!;
        batch.Reset(1, 8);
        program.Run([new RunInput(new byte[8])], batch);
        return batch.Materialize(0);
    }
}
