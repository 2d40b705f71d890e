using System.Buffers.Binary;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Targets;
using NUnit.Framework;
using static BpfConformance.Tests.Targets.Kernel.Slots;

namespace BpfConformance.Tests.Targets.Kernel;

[TestFixture]
internal sealed class KernelRunTests : KernelFixture
{
    // r0 = -1 << 32 | 5 … shows that all 64 bits come back, where TEST_RUN has 32.
    private static readonly Instruction[] s_wideResult = [.. Wide(0, 0, 5, 0x1234_5678), Exit];

    [Test]
    public void Run_WideResult_ShowsAllBitsAndKeptRegisters()
    {
        Outcome outcome = RunOnce([Move(6, 6), Move(9, -9), .. s_wideResult]);

        Assert.Multiple(() =>
        {
            Assert.That((outcome.Status, outcome.R0, outcome.R0Mask), Is.EqualTo((ExecutionStatus.Returned, 0x1234_5678_0000_0005ul, ulong.MaxValue)));
            Assert.That(outcome.Registers!.Values, Is.EqualTo((ulong?[])[null, null, null, null, null, null, 6, 0, 0, 0xffff_ffff_ffff_fff7, null]));
        });
    }

    [Test]
    public void Run_Memory_StartsFromEveryInputAndShowsWhatWasLeft()
    {
        // r0 = r2 + *(u8 *)(r1 + 2); *(u8 *)(r1 + 0) += 1
        Instruction[] program = [Slot(0x71, 0, 1, 2), Slot(0x0f, 0, 2), Slot(0x71, 3, 1), Slot(0x07, 3, 0, 0, 1), Slot(0x73, 1, 3), Exit];

        Outcome[] outcomes = Run(Request(program, dataBytes: 3), [1, 2, 3], [255, 0, 9], [1, 2, 3]);

        Assert.Multiple(() =>
        {
            Assert.That(outcomes.Select(outcome => outcome.R0), Is.EqualTo((ulong?[])[6, 12, 6]));
            Assert.That(outcomes[0].Data!.Value.ToArray(), Is.EqualTo((byte[])[2, 2, 3]));
            Assert.That(outcomes[1].Data!.Value.ToArray(), Is.EqualTo((byte[])[0, 0, 9]));
            Assert.That(outcomes[2].Data!.Value.ToArray(), Is.EqualTo((byte[])[2, 2, 3]));
        });
    }

    [Test]
    public void Run_NoMemory_GivesTwoZeroes()
    {
        Outcome outcome = RunOnce([Copy(0, 1), Slot(0x4f, 0, 2), Exit]);

        Assert.That((outcome.R0, outcome.Data!.Value.Length), Is.EqualTo(((ulong?)0, 0)));
    }

    [Test]
    public void Run_LocalFunctionsForwardAndBackward_ReturnToMain()
    {
        // main calls 5, which calls back to 3.
        Instruction[] program = [CallLocal(4), Slot(0x07, 0, 0, 0, 100), Exit, Move(0, 1), Exit, CallLocal(-3), Slot(0x07, 0, 0, 0, 10), Exit];

        Assert.That(RunOnce(program).R0, Is.EqualTo(111));
    }

    [Test]
    public void Run_FarExit_ReachesTheEpilogue()
    {
        Instruction[] program = [Move(0, 1), Slot(0x15, 2, 0, 1), Exit, .. Enumerable.Repeat(Move(0, 2), 0x8000), Exit];

        Assert.That(Run(Request(program, dataBytes: 8), new byte[8])[0].R0, Is.EqualTo(1));
    }

    [Test]
    public void Run_MapsInEveryForm_NameTheSameMapAndStartFromZero()
    {
        // The value's counter by descriptor, by index, and by lookup.
        Instruction[] add = [Move(3, 1), Slot(0xdb, 1, 3, 8)];
        Instruction[] program =
        [
            .. Wide(1, 2, 1), .. add, .. Wide(1, 6, 1), .. add,
            Slot(0x62, 10, 0, -4, 0), Copy(2, 10), Slot(0x07, 2, 0, 0, -4), .. Wide(1, 5, 1), CallHelper(1),
            Slot(0x55, 0, 0, 1), Exit, Copy(1, 0), .. add,
            .. Wide(1, 1, 1), Copy(2, 10), Slot(0x07, 2, 0, 0, -4), CallHelper(1),
            Slot(0x55, 0, 0, 1), Exit, Slot(0x79, 0, 0, 8), Exit,
        ];

        Outcome[] outcomes = Run(Request(program, 0, Array("other", 8), Array("counted", 16)), [], []);

        Assert.That(outcomes.Select(outcome => outcome.R0), Is.EqualTo((ulong?[])[3, 3]));
    }

    [Test]
    public void Run_HashMap_IsNewForEveryInput()
    {
        // The lookup of a key that the run before has added: absent again. Then it is added.
        Instruction[] arguments = [.. Wide(1, 1, 0), Copy(2, 10), Slot(0x07, 2, 0, 0, -8)];
        Instruction[] program =
        [
            Slot(0x7a, 10, 0, -8, 7), .. arguments, CallHelper(1), Move(6, 0), Slot(0x15, 0, 0, 1), Move(6, 1),
            .. arguments, Copy(3, 2), Move(4, 0), CallHelper(2), Copy(0, 6), Exit,
        ];

        Outcome[] outcomes = Run(Request(program, 0, new MapDefinition("seen", MapType.Hash, 8, 8, 4)), [], [], []);

        Assert.That(outcomes.Select(outcome => outcome.R0), Is.EqualTo((ulong?[])[0, 0, 0]));
    }

    [TestCase(false)]
    [TestCase(true, Description = "with a map that is made anew, and so the program")]
    public void Run_MapOfMaps_LeadsToTheSameInEveryRun(bool hasHash)
    {
        // What is found in the map within is returned, and one more left there.
        Instruction[] find = [Copy(2, 10), Slot(0x07, 2, 0, 0, -4), CallHelper(1), Slot(0x55, 0, 0, 1), Exit];
        Instruction[] program =
        [
            Slot(0x62, 10, 0, -4, 0), .. Wide(1, 1, 1), .. find, Copy(1, 0), .. find,
            Slot(0x79, 6, 0), Copy(1, 6), Slot(0x07, 1, 0, 0, 1), Slot(0x7b, 0, 1), Copy(0, 6), Exit,
        ];
        MapDefinition inner = Array("inner", 8) with { Contents = [new MapEntry(new byte[4], BitConverter.GetBytes(41ul))] };
        MapDefinition outer = new("outer", MapType.ArrayOfMaps, 4, 4, 1) { InnerMap = 0, Contents = [new MapEntry(new byte[4], new byte[4])] };
        MapDefinition[] maps = [inner, outer, .. hasHash ? (MapDefinition[])[new("hash", MapType.Hash, 8, 8, 4)] : []];

        Outcome[] outcomes = Run(Request(program, 0, maps), [], [], []);

        Assert.That(outcomes.Select(outcome => outcome.R0), Is.EqualTo((ulong?[])[41, 41, 41]));
    }

    [Test]
    public void Run_Packet_IsSeenAfterItsLinkHeader()
    {
        byte[] packet = [.. new byte[14], 0xab, 0xcd, 1, 2];

        Outcome outcome = Run(Request(ProgramType.SocketFilter, [Copy(6, 1), Slot(0x28), Exit], 18), packet)[0];

        Assert.Multiple(() =>
        {
            Assert.That((outcome.R0, outcome.R0Mask), Is.EqualTo(((ulong?)0xabcd, ulong.MaxValue)));
            Assert.That(outcome.Data!.Value.ToArray(), Is.EqualTo(packet));
        });
    }

    [Test]
    public void Run_PacketAccessOutside_EndsWithoutRegisters()
    {
        Outcome outcome = Run(Request(ProgramType.SocketFilter, [Copy(6, 1), Move(7, 7), Slot(0x30, 0, 0, 0, 99), Exit], 18), new byte[18])[0];

        Assert.Multiple(() =>
        {
            Assert.That((outcome.Status, outcome.R0, outcome.R0Mask), Is.EqualTo((ExecutionStatus.Returned, (ulong?)0, 0xffff_fffful)));
            Assert.That(outcome.Registers, Is.Null);
        });
    }

    [Test]
    public void Run_ShortPacket_IsInconclusive()
    {
        Outcome outcome = Run(Request(ProgramType.SocketFilter, [Move(0, 0), Exit], 13), new byte[13])[0];

        Assert.That((outcome.Status, outcome.Reason), Is.EqualTo((ExecutionStatus.Inconclusive, "a packet of 13 bytes; TEST_RUN takes 14 and more")));
    }

    [Test]
    public void Run_InputThatTheGateDoesNotReturnFrom_StaysAway()
    {
        Use(new StubGate
        {
            Says = i => i == 1
                ? Observation.Nothing with { Status = ExecutionStatus.Faulted, Fault = FaultKind.UninitializedStack, FaultPc = 4 }
                : i == 2 ? Observation.Nothing with { Status = ExecutionStatus.TimedOut } : Observation.Nothing,
        });

        // Loaded without complaint by a privileged kernel verifier: bytes of the stack that nothing wrote.
        Outcome[] outcomes = Run(Request([Slot(0x79, 6, 10, -8), Move(0, 4), Exit], dataBytes: 1), [0], [1], [2], [3]);

        Assert.Multiple(() =>
        {
            Assert.That(outcomes.Select(outcome => outcome.R0), Is.EqualTo((ulong?[])[4, null, null, 4]));
            Assert.That(outcomes[1].Reason, Is.EqualTo("not run: stub Faulted (UninitializedStack) at pc 0"));
            Assert.That(outcomes[2].Reason, Is.EqualTo("not run: stub TimedOut"));
        });
    }

    [Test]
    public void Run_GateThatRejectsTheProgram_MakesAllRunsInconclusive()
    {
        Use(new StubGate { Verdict = Verdict.Rejected(ReasonClass.UnknownHelper, "no such helper") });

        Outcome[] outcomes = Run(Request([Move(0, 0), Exit], dataBytes: 1), [0], [1]);

        Assert.That(outcomes.Select(outcome => outcome.Reason), Is.All.EqualTo("not run: stub does not load it: UnknownHelper: no such helper"));
    }

    [Test]
    public void Run_Gate_IsGivenTheTwinWithoutPrologue()
    {
        Run(Request([Move(0, 1), Exit], 8, Array("mine", 8)), new byte[8]);

        Assert.Multiple(() =>
        {
            Assert.That(Gate.Loaded!.Maps.Select(map => (map.Name, map.Type, map.ValueBytes)), Is.EqualTo((object[])[("mine", MapType.Array, 8), ("twin.results", MapType.Array, 48)]));
            Assert.That(Gate.Loaded.Program.Instructions[..6], Is.EqualTo((Instruction[])[Move(6, 0), Move(7, 0), Move(8, 0), Move(9, 0), Move(0, 1), Ja(0)]));
            Assert.That(Gate.Loaded.Program.Instructions[6], Is.EqualTo(Slot(0x18, 1, 6, 0, 1)));
            Assert.That(Gate.Loaded.DataBytes, Is.EqualTo(8));
        });
    }

    [Test]
    public void Run_TwinThatTheKernelRejects_IsInconclusive()
    {
        // 63 maps and the memory are the 64 that a program may name (MAX_USED_MAPS); the results are one more.
        MapDefinition[] maps = [.. Enumerable.Range(0, 63).Select(i => Array($"m{i}", 8))];
        Instruction[] program = [.. maps.SelectMany((_, i) => Wide(3, 6, i)), Move(0, 0), Exit];

        Outcome outcome = Run(Request(program, 8, maps), new byte[8])[0];

        Assert.That(outcome.Status, Is.EqualTo(ExecutionStatus.Inconclusive));
        Assert.That(outcome.Reason, Does.StartWith("twin rejected: ").And.Contain("maps per program has reached the limit of 64"));
    }

    [Test]
    public void Run_TwinTooComplexWithRegisters_ShowsTheResult()
    {
        // Each of r6–r9 ends as one of 40 addresses that nobody reads, so the verifier need not tell them apart. Shown, they
        // make 40⁴ states.
        Instruction[] program = [.. Enumerable.Range(6, 4).SelectMany(OneOfForty), Move(0, 5), Exit];

        Outcome outcome = Run(Request(program, dataBytes: 8), new byte[8])[0];

        Assert.Multiple(() =>
        {
            Assert.That((outcome.Status, outcome.R0, outcome.R0Mask), Is.EqualTo((ExecutionStatus.Returned, (ulong?)5, ulong.MaxValue)), outcome.Reason);
            Assert.That(outcome.Registers, Is.Null);
        });

        static IEnumerable<Instruction> OneOfForty(int register) =>
        [
            Slot(0x79, 2, 1),
            .. Enumerable.Range(1, 40).SelectMany(k => (Instruction[])
                [Copy(register, 10), Slot(0x07, register, 0, 0, -8 * k), Slot(0x15, 2, 0, (40 - k) * 3, k)]),
        ];
    }

    [TestCase(109, "bpf_send_signal is not run: it signals this process")]
    [TestCase(117, "bpf_send_signal_thread is not run: it signals this thread")]
    public void Run_HelperWithEffectsOutside_IsOnlyLoaded(int helper, string reason)
    {
        Outcome outcome = RunOnce([Move(1, 0), CallHelper(helper), Exit]);

        Assert.That((outcome.Status, outcome.Reason), Is.EqualTo((ExecutionStatus.Inconclusive, reason)));
    }

    [Test]
    public void Run_TypeWithoutTestRun_IsOnlyLoaded()
    {
        Outcome outcome = Run(Request(ProgramType.LwtSeg6Local, [Move(0, 2), Exit], 64), new byte[64])[0];

        Assert.That((outcome.Status, outcome.Reason), Is.EqualTo(
            (ExecutionStatus.Inconclusive, "programs of type lwt_seg6local are only loaded here: there is no TEST_RUN for them, and nothing that they are attached to")));
    }

    [Test]
    public void Run_AfterTheFirst_AllocatesNothing()
    {
        RunInput[] inputs = [.. Enumerable.Range(0, 64).Select(i => new RunInput(BitConverter.GetBytes((long)i)))];
        var batch = new ObservationBatch();
        long allocated = AllocatedByRuns(Request([Slot(0x79, 0, 1), Exit], 8, Array("map", 8)), inputs, batch);

        Assert.Multiple(() =>
        {
            Assert.That(allocated, Is.Zero);
            Assert.That(Enumerable.Range(0, 64).Select(i => batch[i].R0), Is.EqualTo(Enumerable.Range(0, 64)));
            Assert.That(BinaryPrimitives.ReadInt64LittleEndian(batch.Data(63)), Is.EqualTo(63));
        });

    }

    [TestCase(ProgramType.StructOps, 0)]
    [TestCase(ProgramType.Netfilter, 64)]
    [TestCase(ProgramType.SchedCls, 64)]
    public void Run_OfAHook_AfterTheFirst_AllocatesNothing(ProgramType type, int packetBytes)
    {
        RunInput[] inputs = [.. Enumerable.Repeat(new RunInput(new byte[packetBytes]), 64)];
        var batch = new ObservationBatch();

        Assert.That(AllocatedByRuns(Request(type, [Move(0, 1), Exit], packetBytes), inputs, batch), Is.Zero);
        Assert.That((batch[63].Status, batch[63].R0), Is.EqualTo((ExecutionStatus.Returned, 1ul)), batch.Reason(63));
    }

    /// <summary>What this thread allocates for all of these runs, when the program has run before.</summary>
    private long AllocatedByRuns(LoadRequest request, RunInput[] inputs, ObservationBatch batch)
    {
        ILoadedProgram program = Loaded(request);
        for (int warm = 0; warm < 3; warm++) RunAll();
        long before = GC.GetAllocatedBytesForCurrentThread();
        RunAll();
        return GC.GetAllocatedBytesForCurrentThread() - before;

        void RunAll()
        {
            batch.Reset(inputs.Length, request.DataBytes);
            program.Run(inputs, batch);
        }
    }
}
