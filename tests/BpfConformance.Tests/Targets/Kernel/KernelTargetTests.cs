using System.Diagnostics;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel;
using NUnit.Framework;
using static BpfConformance.Tests.Targets.Kernel.Slots;

namespace BpfConformance.Tests.Targets.Kernel;

[TestFixture]
[NonParallelizable]
internal sealed class KernelTargetTests : KernelFixture
{
    [Test]
    public void Capabilities_OfThisKernel_AreProbed()
    {
        TargetCapabilities capabilities = Kernel.Capabilities;

        Assert.Multiple(() =>
        {
            Assert.That(capabilities.Version, Does.StartWith("Linux "));
            Assert.That(capabilities.Groups, Does.Contain(ConformanceGroup.Base32).And.Contain(ConformanceGroup.Packet));
            Assert.That(capabilities.Groups, Does.Not.Contain(ConformanceGroup.CallX).And.Not.Contain(ConformanceGroup.AddressSpace));
            Assert.That(capabilities.Types, Does.Contain(ProgramType.Unspecified).And.Contain(ProgramType.SocketFilter).And.Contain(ProgramType.Xdp));
            Assert.That(capabilities.MaxDataBytes, Is.EqualTo(16 << 20));
            Assert.That(capabilities.Probes.Select(probe => probe.Name), Is.Unique);
            Assert.That(capabilities.Probes.Select(probe => probe.Detail), Is.All.Not.Empty);
        });
    }

    [Test]
    public void ProbeEverything_IsQuickAndLeavesNothingOpen()
    {
        Kernel.ProbeEverything();
        int before = OpenBpfDescriptors();
        var clock = Stopwatch.StartNew();

        var probes = Kernel.ProbeEverything();

        TestContext.Out.WriteLine($"{probes.Length} probes, {probes.Count(probe => probe.Available)} available, {clock.Elapsed.TotalMilliseconds:F1} ms");
        foreach (CapabilityProbe probe in probes) TestContext.Out.WriteLine($"{(probe.Available ? '+' : '-')} {probe.Name}: {probe.Detail}");
        Assert.Multiple(() =>
        {
            Assert.That(probes.Select(probe => probe.Name), Is.Unique);
            Assert.That(probes.Single(probe => probe.Name == "TEST_RUN Tracing").Detail, Does.StartWith("not in 6.18"), "of tracepoints; of functions since 5.7");
            Assert.That(OpenBpfDescriptors(), Is.EqualTo(before));
        });
    }

    [Test]
    public void Load_OfAnAcceptedProgram_TellsWhatItTook()
    {
        LoadRequest request = Request([Slot(0xb7, 0, 0, 0, 200), Slot(0x07, 0, 0, 0, -1), Slot(0x55, 0, 0, -2, 0), Exit], 8);
        LoadResult loop = Kernel.Load(request with { IsVerdictOpen = true });
        loop.Program!.Dispose(); // it is accepted
        LoadResult stated = Kernel.Load(request);
        stated.Program!.Dispose(); // so is it here

        Assert.That(loop.Cost.VerifiedInstructions, Is.InRange(400, 420), "each of two hundred rounds");
        Assert.That(loop.Cost.CodeBytes, Is.InRange(10, 200));
        Assert.That(stated.Cost, Is.EqualTo(default(LoadCost)), "nobody asks");
    }

    [Test]
    public void Load_TenThousandTimes_LeavesNoDescriptorOpen()
    {
        LoadRequest good = Request([Slot(0x79, 0, 1), Exit], 8, Array("map", 8));
        LoadRequest bad = Request([Exit], 8, Array("map", 8));
        RunInput[] input = [new RunInput(new byte[8])];
        var batch = new ObservationBatch();
        Once(0);
        int before = OpenBpfDescriptors();

        for (int i = 0; i < 10_000; i++) Once(i);

        Assert.That(OpenBpfDescriptors(), Is.EqualTo(before));

        void Once(int i)
        {
            using ILoadedProgram? program = Kernel.Load(i % 8 == 7 ? bad : good).Program;
            batch.Reset(1, 8);
            if (i % 16 == 0) program?.Run(input, batch);
        }
    }

    [Test]
    public void Dispose_ClosesWhatTheTargetHolds()
    {
        int before = OpenBpfDescriptors();
        using (var target = KernelTarget.Create(new StubGate()))
        {
            target.Load(Request([Move(0, 0), Exit], dataBytes: 24)).Program!.Dispose();
            Assert.That(OpenBpfDescriptors(), Is.GreaterThan(before));
        }

        Assert.That(OpenBpfDescriptors(), Is.EqualTo(before));
    }

    [Test]
    public void Load_CallByRegister_IsUnsupportedWithTheKernelsWords()
    {
        Verdict verdict = Kernel.Load(Request([Move(1, 5), Slot(0x8d, 1), Exit])).Verdict;

        Assert.Multiple(() =>
        {
            Assert.That((verdict.Kind, verdict.Reason, verdict.Pc), Is.EqualTo((VerdictKind.Unsupported, ReasonClass.NotImplemented, 1)));
            Assert.That(verdict.Message, Is.EqualTo("callx: this kernel has no group CallX (in no kernel; unknown opcode 8d)"));
        });
    }

    [Test]
    public void Load_PacketAccessWithoutPacket_IsUnsupported()
    {
        Verdict verdict = Kernel.Load(Request([Copy(6, 1), Slot(0x30), Exit])).Verdict;

        Assert.That((verdict.Kind, verdict.Message), Is.EqualTo((VerdictKind.Unsupported, "ldabs8: a program without a hook has no packet")));
    }

    [Test]
    public void Load_TypeThatDoesNotLoad_IsUnsupportedWithTheReason()
    {
        Verdict verdict = Kernel.Load(Request(ProgramType.Lsm, [Move(0, 0), Exit])).Verdict;

        Assert.That(verdict.Kind, Is.EqualTo(VerdictKind.Unsupported));
        Assert.That(verdict.Message, Does.StartWith("programs of type lsm do not load here: since 5.7"));
    }

    /// <summary>A function that only has its address taken is removed as dead code, and its address is not: Linux 6.18 finds no program there. One that is mended loads it.</summary>
    [Test]
    public void Load_InWhichTheVerifierFindsItselfWrong_IsACrashAndNoRefusal()
    {
        Instruction[] program = [.. Wide(2, (int)LoadImm64Source.Code, 5), CallLocal(1), Exit, Move(0, 7), Exit, Move(0, 1), Exit];

        Verdict verdict = Kernel.Load(Request(program)).Verdict;

        Assert.That(verdict.Kind, Is.AnyOf(VerdictKind.Crashed, VerdictKind.Accepted));
        if (verdict.Kind == VerdictKind.Crashed) Assert.That(verdict.Message, Does.Contain("verifier bug"));
    }

    [TestCase(AttachType.TraceFentry)]
    [TestCase(AttachType.TraceFexit)]
    [TestCase(AttachType.ModifyReturn)]
    [TestCase(AttachType.TraceIter)]
    public void Load_OfWhatIsAttachedToAFunction_IsUnsupportedWithTheReason(AttachType hook)
    {
        LoadRequest request = Request(ProgramType.Tracing, [Move(0, 0), Exit]);

        Verdict verdict = Kernel.Load(request with { Program = request.Program with { AttachType = hook } }).Verdict;

        Assert.That((verdict.Kind, verdict.Message), Is.EqualTo(
            (VerdictKind.Unsupported, $"programs of type tracing for {Vocabulary.AttachTypes[hook]} do not load here: a load names a function of the kernel or of another program, and cases name none")));
    }

    [Test]
    public void Load_MoreMemoryThanThereIs_IsUnsupported()
    {
        Verdict verdict = Kernel.Load(Request([Move(0, 0), Exit], (16 << 20) + 1)).Verdict;

        Assert.That((verdict.Kind, verdict.Message), Is.EqualTo(
            (VerdictKind.Unsupported, "16777217 bytes of data; this kernel is given at most 16777216")));
    }

    [Test]
    public void Load_LargestMemory_IsReachedToItsEnd()
    {
        const int Bytes = 16 << 20;
        var memory = new byte[Bytes];
        memory[^1] = 0x5a;

        Outcome outcome = Run(Request([Slot(0x07, 1, 0, 0, Bytes - 1), Slot(0x71, 0, 1), Exit], Bytes), memory)[0];

        Assert.That(outcome.R0, Is.EqualTo(0x5a));
    }

    [Test]
    public void Load_MapThatTheKernelRefuses_SaysWhich()
    {
        var map = new MapDefinition("odd", MapType.Array, KeyBytes: 3, ValueBytes: 8, MaxEntries: 1);

        Verdict verdict = Kernel.Load(Request([Move(0, 0), Exit], 0, map)).Verdict;

        Assert.That((verdict.Kind, verdict.Reason, verdict.Message), Is.EqualTo((
            VerdictKind.Rejected,
            ReasonClass.InvalidMapDefinition,
            "the kernel does not create map odd (Array, key 3, value 8, 1 entries, flags 0x0): EINVAL")));
    }

    [Test]
    public void Load_Body_MayNotNameTheTwinsOwnMaps()
    {
        Verdict verdict = Kernel.Load(Request([.. Wide(1, 6, 0), Move(0, 0), Exit], 8)).Verdict;

        Assert.That((verdict.Kind, verdict.Reason), Is.EqualTo((VerdictKind.Rejected, ReasonClass.InvalidMapReference)));
    }

    [Test]
    public void Load_AfterTheKernelWasTainted_NamesTheProgramAndStops()
    {
        string taintFile = Path.GetTempFileName();
        try
        {
            File.WriteAllText(taintFile, "4096\n");
            using var target = KernelTarget.Create(new StubGate(), taintFile);
            target.Load(Request([Move(0, 0), Exit])).Program!.Dispose();
            File.WriteAllText(taintFile, "4608\n");

            const string Words = "the kernel became tainted (new bits 0x200) with program 59f4a931744dcdc6; it is not used any more";
            Assert.That(() => target.Load(Request([Move(0, 0), Exit])), Throws.TypeOf<TargetException>().With.Message.EqualTo(Words));
            Assert.That(() => target.Load(Request([Move(0, 1), Exit])), Throws.TypeOf<TargetException>().With.Message.EqualTo(Words));
        }
        finally
        {
            File.Delete(taintFile);
        }
    }

    /// <summary>Other threads of a test host open files too; only bpf's are this target's.</summary>
    private static int OpenBpfDescriptors() => Directory.EnumerateFiles("/proc/self/fd")
        .Count(path => File.ResolveLinkTarget(path, returnFinalTarget: false)?.Name.Contains("bpf-", StringComparison.Ordinal) == true);
}
