using System.Diagnostics;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.InProcess;
using BpfConformance.Targets.Kernel;
using NUnit.Framework;
using static BpfConformance.Tests.Targets.Kernel.Slots;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>Several programs in the kernel, and in the reference that lets them run there.</summary>
[TestFixture]
internal sealed class SeveralProgramsTests : KernelFixture
{
    private const int Enoent = -2;
    private const int Einval = -22;

    private static readonly byte[] s_packet = new byte[18];
    private static readonly MapDefinition s_jumps = new("jumps", MapType.ProgArray, 4, 4, 3);

    [Test]
    public void Run_TailCallTaken_ShowsWhatTheOtherProgramLeft()
    {
        LoadRequest request = Request([s_jumps with { Contents = [Entry(0, 1)] }], [Move(6, 5), .. Jump(0), Move(0, 1), Exit], [Move(7, 7), Move(0, 2), Exit]);

        foreach (ObservationBatch seen in OnBoth(request, new RunInput(s_packet)))
        {
            Assert.That((seen[0].Status, seen[0].R0, seen[0].R0Mask), Is.EqualTo((ExecutionStatus.Returned, 2, ulong.MaxValue)));
            Assert.That(seen[0].Registers[7], Is.EqualTo(7));
        }
    }

    [Test]
    public void Run_TailCallFromAFunction_ReturnsToItsCaller()
    {
        // main calls 4, which goes on as the other program; main adds 10 to what it returns, and still has its r6.
        Instruction[] main = [Move(6, 6), CallLocal(2), Slot(0x07, 0, 0, 0, 10), Exit, .. Jump(0), Move(0, 1), Exit];
        LoadRequest request = Request([s_jumps with { Contents = [Entry(0, 1)] }], main, [Move(6, 60), Move(0, 2), Exit]);

        foreach (ObservationBatch seen in OnBoth(request, new RunInput(s_packet)))
        {
            Assert.That((seen[0].R0, seen[0].Registers[6]), Is.EqualTo((12, 6)));
        }
    }

    [Test]
    public void Run_TailCallsFromTheDeepestFunction_AreThirtyThree()
    {
        // Each counts, and calls its way down to a function that goes on as the same program; r3 has 32 bits.
        Instruction[] count = [Copy(9, 1), .. Wide(1, 2, 1), Move(2, 1), Slot(0xdb, 1, 2), Copy(1, 9)];
        Instruction[] down = [.. Enumerable.Repeat((Instruction[])[CallLocal(1), Exit], 7).SelectMany(call => call)];
        Instruction[] jump = [.. Wide(2, 1, 0), .. Wide(3, 0, 0, next: 1), CallHelper(12), Move(0, 5), Exit];
        LoadRequest request = Request([s_jumps with { Contents = [Entry(0, 0)] }, Array("counter", 8)], [.. count, .. down, .. jump]);

        foreach (ObservationBatch seen in OnBoth(request, new RunInput(s_packet)))
        {
            byte[] counter = seen.Maps(0)[MapImage.PartOf(1, request.Maps, seen.Maps(0)[..seen[0].MapsLength])].ToArray();
            Assert.That((seen[0].R0, BitConverter.ToInt64(counter.AsSpan()[^8..])), Is.EqualTo((5, 34)));
        }
    }

    [TestCase(0u, 4, 4, 3, ExpectedResult = true)]
    [TestCase(0u, 8, 4, 3, ExpectedResult = false)]
    [TestCase(0u, 4, 8, 3, ExpectedResult = false)]
    [TestCase(0u, 4, 4, 0, ExpectedResult = false)]
    [TestCase(0x1u, 4, 4, 3, ExpectedResult = false)]
    [TestCase(0x4u, 4, 4, 3, ExpectedResult = true)]
    [TestCase(0x8u, 4, 4, 3, ExpectedResult = true)]
    [TestCase(0x10u, 4, 4, 3, ExpectedResult = true)]
    [TestCase(0x18u, 4, 4, 3, ExpectedResult = false)]
    [TestCase(0x80u, 4, 4, 3, ExpectedResult = false)]
    [TestCase(0x100u, 4, 4, 3, ExpectedResult = false)]
    [TestCase(0x400u, 4, 4, 3, ExpectedResult = false)]
    [TestCase(0x1000u, 4, 4, 3, ExpectedResult = false)]
    public bool Load_ArrayOfProgramsThatIsDefinedSo_IsCreatedByBothOrNeither(uint flags, int keyBytes, int valueBytes, int entries)
    {
        MapDefinition map = new("jumps", MapType.ProgArray, keyBytes, valueBytes, entries, (MapFlags)flags);
        bool[] accepted =
        [
            .. ((IExecutionTarget[])[Keep(new ReferenceTarget()), Kernel]).Select(target =>
            {
                LoadResult result = target.Load(Request([map], [Move(0, 0), Exit]));
                result.Program?.Dispose();
                return result.Verdict == Verdict.Accepted;
            }),
        ];

        Assert.That(accepted[0], Is.EqualTo(accepted[1]));
        return accepted[1];
    }

    [Test]
    public void Run_StepsWithFlagsAndOnWhatIsFrozen_AreRefusedByBoth()
    {
        LoadRequest request = Request([s_jumps], [.. Jump(0), Move(0, 1), Exit]) with { IsSequence = true };
        RunInput noPlace = Step(MapCommand.Update, 3, 0);
        RunInput[] steps =
        [
            WithFlags(Step(MapCommand.Update, 0, 0), 1), WithFlags(Step(MapCommand.Update, 0, 0), 2), WithFlags(Step(MapCommand.Update, 0, 0), 4),
            WithFlags(noPlace, 1), noPlace, Step(MapCommand.Update, 0, 7), Step(MapCommand.Lookup, 3), WithFlags(Step(MapCommand.Lookup, 0), 4),
            Step(MapCommand.NextKey, 7), Freeze(), Freeze(), Step(MapCommand.Update, 0, 0), Step(MapCommand.Delete, 0), Step(MapCommand.Lookup, 0),
            Step(MapCommand.LookupAndDelete, 0),
        ];

        foreach (ObservationBatch seen in OnBoth(request, steps))
        {
            Assert.That(Results(seen), Is.EqualTo((long[])[Einval, Einval, Einval, Einval, -7, -9, Enoent, Einval, 0, 0, -1, -1, -1, Enoent, -1]));
        }
    }

    [TestCase(MapType.Hash)]
    [TestCase(MapType.Array)]
    public void Load_TailCallThroughAnotherKindOfMap_IsRefusedInTheKernelsWords(MapType type)
    {
        Verdict verdict = Kernel.Load(Request([s_jumps with { Type = type }], [.. Jump(0), Move(0, 1), Exit])).Verdict;

        Assert.That((verdict.Reason, verdict.Pc, verdict.Message), Is.EqualTo((
            ReasonClass.InvalidArgument, 3, "expected prog array map for tail call")));
    }

    [Test]
    public void Run_PacketAccessOutsideAfterAnotherProgramReturned_ShowsNothingOfThat()
    {
        Instruction[] main = [Copy(6, 1), CallLocal(2), Slot(0x30, 0, 0, 0, 99), Exit, .. Jump(0), Move(0, 1), Exit];
        LoadRequest request = Request([s_jumps with { Contents = [Entry(0, 1)] }], main, [Move(0, 2), Exit]);

        ObservationBatch seen = OnBoth(request, new RunInput(s_packet)).Last();

        Assert.That((seen[0].Status, seen[0].R0, seen[0].R0Mask, seen[0].RegistersMask), Is.EqualTo((ExecutionStatus.Returned, 0, 0xffff_fffful, 0)));
    }

    [Test]
    public void Run_ThousandInputs_NeitherLoadsNorFillsAgain()
    {
        LoadRequest request = Request([s_jumps with { Contents = [Entry(0, 1), Entry(2, 0)] }], [.. Jump(0), Move(0, 1), Exit], [Move(0, 2), Exit]);
        RunInput[] inputs = [.. Enumerable.Repeat(new RunInput(s_packet), 1000)];
        ILoadedProgram program = Loaded(request);
        var seen = new ObservationBatch();
        seen.Reset(inputs.Length, request.ObservedBytes, (int)MapImage.MaxBytes(request.Maps));
        program.Run(inputs, seen); // loads the twins

        seen.Reset(inputs.Length, request.ObservedBytes, (int)MapImage.MaxBytes(request.Maps));
        long start = Stopwatch.GetTimestamp();
        program.Run(inputs, seen);
        TimeSpan time = Stopwatch.GetElapsedTime(start);

        Assert.That(Enumerable.Range(0, inputs.Length).All(i => seen[i].R0 == 2), Is.True);
        Assert.That(time, Is.LessThan(TimeSpan.FromSeconds(1)), "two loads for each would take longer");
        TestContext.Out.WriteLine($"{time.TotalMicroseconds / inputs.Length:F1} µs a run");
    }

    [Test]
    public void Run_SequenceAgain_FindsTheEntriesAsTheyWereGiven()
    {
        MapDefinition[] maps = [s_jumps with { Contents = [Entry(0, 1), Entry(1, 1)] }];
        LoadRequest request = Request(maps, [.. Jump(0), Move(0, 1), Exit], [Move(0, 2), Exit], [Move(0, 3), Exit]) with { IsSequence = true };
        RunInput[] steps = [new(s_packet), Step(MapCommand.Update, 0, 2), Step(MapCommand.Delete, 1), Step(MapCommand.Update, 2, 0), new(s_packet)];

        foreach (ILoadedProgram program in LoadedOnBoth(request))
        {
            for (int round = 0; round < 3; round++)
            {
                ObservationBatch seen = Run(request, program, steps);
                Assert.That(Results(seen), Is.EqualTo((long[])[2, 0, 0, 0, 3]));
                Assert.That(Image(request, seen), Is.EqualTo((int[])[0, 2, 2, 0]));
            }
        }
    }

    [Test]
    public void Run_FrozenArrayAgain_IsMadeAnew()
    {
        MapDefinition[] maps = [s_jumps with { Contents = [Entry(0, 1)] }];
        LoadRequest request = Request(maps, [.. Jump(0), Move(0, 1), Exit], [Move(0, 2), Exit]) with { IsSequence = true };
        RunInput[] steps = [Step(MapCommand.Delete, 0), Freeze(), Step(MapCommand.Update, 0, 1), new(s_packet)];

        foreach (ILoadedProgram program in LoadedOnBoth(request))
        {
            for (int round = 0; round < 2; round++) Assert.That(Results(Run(request, program, steps)), Is.EqualTo((long[])[0, 0, -1, 1]));
        }
    }

    [Test]
    public void Run_StepsOnAnArrayOfPrograms_AnswerWithIndices()
    {
        MapDefinition[] maps = [s_jumps with { Contents = [Entry(0, 1)] }];
        LoadRequest request = Request(maps, [.. Jump(0), Move(0, 1), Exit], [Move(0, 2), Exit], [Move(0, 3), Exit]) with { IsSequence = true };

        ObservationBatch[] both =
        [
            .. OnBoth(
                request, Step(MapCommand.Update, 2, 2), Step(MapCommand.Lookup, 0), Step(MapCommand.Lookup, 2), Step(MapCommand.Lookup, 1), Step(MapCommand.Delete, 1),
                Step(MapCommand.Update, 3, 1), Step(MapCommand.Delete, 3), Step(MapCommand.LookupAndDelete, 0), Step(MapCommand.NextKey, 0), Step(MapCommand.NextKey, 2)),
        ];

        foreach (ObservationBatch seen in both)
        {
            Assert.That(Results(seen), Is.EqualTo((long[])[0, 0, 0, Enoent, Enoent, -7, -7, -524, 0, Enoent]));
            Assert.That(((int[])[1, 2, 8]).Select(i => BitConverter.ToInt32(seen.Data(i))), Is.EqualTo((int[])[1, 2, 1]));
            Assert.That(Image(request, seen), Is.EqualTo((int[])[0, 1, 2, 2]));
        }
    }

    [TestCase(ProgramType.SocketFilter, ProgramType.Xdp, default(AttachType))]
    [TestCase(ProgramType.Xdp, ProgramType.Xdp, AttachType.XdpDevmap)]
    [TestCase(ProgramType.SchedCls, ProgramType.SchedCls, AttachType.TcxEgress)]
    public void Run_ProgramsOfSeveralKinds_AreForArraysOfTheirOwn(ProgramType main, ProgramType other, AttachType hookOfOther)
    {
        // Nobody names the array, so it has its first program's kind; cleared, it has none again.
        BpfProgram programs = ProgramRow.Of(main, [[Move(0, 1), Exit], [Move(0, 2), Exit]]);
        programs = programs with { Others = [programs.Others[0] with { Type = other, AttachType = hookOfOther }] };
        LoadRequest request = new(programs, [s_jumps], s_packet.Length) { IsSequence = true };
        RunInput mainFirst = Step(MapCommand.Update, 0, 0);
        RunInput otherFirst = Step(MapCommand.Update, 0, 1);

        foreach (ILoadedProgram program in LoadedOnBoth(request))
        {
            Assert.That(Results(Run(request, program, mainFirst, otherFirst, Step(MapCommand.Delete, 0), otherFirst)), Is.EqualTo((long[])[0, Einval, 0, Einval]));
            Assert.That(Results(Run(request, program, otherFirst, mainFirst)), Is.EqualTo((long[])[0, Einval]));
        }
    }

    [Test]
    public void Run_ProgramsThatShareAMap_SeeWhatTheOthersLeft()
    {
        Instruction[] add = [.. Wide(1, 2, 1), Slot(0x79, 0, 1), Slot(0x07, 0, 0, 0, 1), Slot(0x7b, 1, 0), Exit];
        Instruction[] read = [.. Wide(1, 2, 1), Slot(0x79, 0, 1), Slot(0x27, 0, 0, 0, 10), Exit];
        LoadRequest request = Request([s_jumps, Array("counter", 8)], add, read) with { IsSequence = true };

        foreach (ObservationBatch seen in OnBoth(request, new RunInput(s_packet), new RunInput(s_packet) { Program = 1 }, new RunInput(s_packet), new RunInput(s_packet) { Program = 1 }))
        {
            Assert.That(Results(seen), Is.EqualTo((long[])[1, 10, 2, 20]));
        }
    }

    [Test]
    public void Run_TypesWithAndWithoutAHook_AreGivenWhatIsTheirs()
    {
        // *(u8 *)(r1 + 17) of memory, and of the packet.
        BpfProgram programs = Row([Copy(6, 1), Slot(0x30, 0, 0, 0, 3), Exit], [Slot(0x71, 0, 1, 17), Slot(0x0f, 0, 2), Exit]);
        programs = programs with { Others = [programs.Others[0] with { Type = ProgramType.Unspecified }] };
        LoadRequest request = new(programs, [], s_packet.Length) { IsSequence = true };
        byte[] data = [.. new byte[17], 9];

        foreach (ObservationBatch seen in OnBoth(request, new RunInput(data), new RunInput(data) { Program = 1 }))
        {
            Assert.That(Results(seen), Is.EqualTo((long[])[9, 9 + 18]));
        }
    }

    [Test]
    public void Load_SecondProgramRefused_NamesItAndCountsFromTheFirst()
    {
        Verdict verdict = Kernel.Load(Request([], [Move(0, 1), Exit], [Move(0, 2), Exit], [Move(0, 3), Copy(0, 9), Exit])).Verdict;

        Assert.That((verdict.Kind, verdict.Reason, verdict.Message, verdict.Pc), Is.EqualTo((
            VerdictKind.Rejected, ReasonClass.UninitializedRegister, "program p2: R9 !read_ok", 5)));
    }

    [Test]
    public void Load_ProgramsOfTwoTypesThatNameOneArray_SecondIsRefused()
    {
        Instruction[] jumps = [.. Jump(0), Move(0, 1), Exit];
        BpfProgram programs = Row(jumps, jumps);
        programs = programs with { Others = [programs.Others[0] with { Type = ProgramType.Xdp }] };
        LoadRequest request = new(programs, [s_jumps], s_packet.Length);

        foreach (IExecutionTarget target in (IExecutionTarget[])[Keep(new ReferenceTarget()), Kernel])
        {
            Verdict verdict = target.Load(request).Verdict;
            Assert.That((verdict.Kind, verdict.Reason), Is.EqualTo((VerdictKind.Rejected, ReasonClass.InvalidMapReference)));
        }
    }

    [Test]
    public void Run_ProgramsGivenToTheGate_AreTwinsInARow()
    {
        LoadRequest request = Request([s_jumps with { Contents = [Entry(0, 1)] }], [.. Jump(0), Move(0, 1), Exit], [Move(0, 2), Exit]);

        Run(request, Loaded(request), new RunInput(s_packet));

        BpfProgram given = Gate.Loaded!.Program;
        Assert.That(given.Others, Is.EqualTo((ProgramPart[])[new("p1", 4 + 6 + 9, ProgramType.SocketFilter)]));
        Assert.That(given.Instructions[19..25], Is.EqualTo((Instruction[])[Move(6, 0), Move(7, 0), Move(8, 0), Move(9, 0), Move(0, 2), Ja(0)]));
    }

    /// <summary>A tail call through the first map of the case.</summary>
    private static Instruction[] Jump(int index) => [.. Wide(2, 1, 0), Move(3, index), CallHelper(12)];

    private static MapEntry Entry(int index, int program) => new(BitConverter.GetBytes(index), BitConverter.GetBytes(program));

    private static RunInput Step(MapCommand command, int index, int? program = null) => new()
    {
        Step = new MapStep(command, 0, BitConverter.GetBytes(index), program is { } value ? BitConverter.GetBytes(value) : default(ReadOnlyMemory<byte>)),
    };

    private static RunInput WithFlags(RunInput step, ulong flags) => step with { Step = (MapStep)step.Step! with { Flags = flags } };

    private static RunInput Freeze() => new() { Step = new MapStep(MapCommand.Freeze, 0, default, default) };

    private static BpfProgram Row(params Instruction[][] programs) => ProgramRow.Of(ProgramType.SocketFilter, programs);

    private static LoadRequest Request(MapDefinition[] maps, params Instruction[][] programs) => new(Row(programs), [.. maps], s_packet.Length);

    private static long[] Results(ObservationBatch seen) => [.. Enumerable.Range(0, seen.Count).Select(i => (long)seen[i].R0)];

    /// <summary>The entries of the first map after the last input: index, program, index, program.</summary>
    private static int[] Image(LoadRequest request, ObservationBatch seen)
    {
        byte[] image = seen.Maps(seen.Count - 1)[..seen[seen.Count - 1].MapsLength].ToArray();
        return [.. MapImage.Entries(request.Maps[0], image).SelectMany(entry => (int[])[BitConverter.ToInt32(entry.Key.Span), BitConverter.ToInt32(entry.Value.Span)])];
    }

    private static ObservationBatch Run(LoadRequest request, ILoadedProgram program, params RunInput[] inputs)
    {
        var seen = new ObservationBatch();
        seen.Reset(inputs.Length, request.ObservedBytes, (int)MapImage.MaxBytes(request.Maps));
        program.Run(inputs, seen);
        for (int i = 0; i < inputs.Length; i++) Assert.That(seen[i].Status, Is.EqualTo(ExecutionStatus.Returned), seen.Reason(i));
        return seen;
    }

    /// <summary>By the reference, and by the kernel.</summary>
    private IEnumerable<ILoadedProgram> LoadedOnBoth(LoadRequest request)
    {
        IExecutionTarget reference = Keep(new ReferenceTarget());
        foreach (IExecutionTarget target in (IExecutionTarget[])[reference, Keep(KernelTarget.Create(reference))])
        {
            LoadResult result = target.Load(request);
            Assert.That(result.Verdict, Is.EqualTo(Verdict.Accepted));
            yield return Keep(result.Program!); // an accepted program is there
        }
    }

    private IEnumerable<ObservationBatch> OnBoth(LoadRequest request, params RunInput[] inputs) =>
        LoadedOnBoth(request).Select(program => Run(request, program, inputs));
}
