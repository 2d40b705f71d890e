using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Targets;
using BpfConformance.Loading.Btf;
using BpfConformance.Targets.Kernel;
using BpfConformance.Targets.Kernel.Syscalls;
using NUnit.Framework;
using static BpfConformance.Tests.Targets.Kernel.Slots;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>What the kernel makes of types that were made up here: storage maps, locks, callbacks, functions that leave.</summary>
[TestFixture]
internal sealed class KernelBtfTests : KernelFixture
{
    // bpf_loop(10, callback, ctx = fp - 8, 0); the callback adds index + 1 to *ctx.
    private static readonly Instruction[] s_loop =
    [
        Slot(0x7a, 10, 0, -8, 0), Move(1, 10), .. Wide(2, 4, 7), .. StackAt(3, -8), Move(4, 0), CallHelper(181),
        Slot(0x79, 0, 10, -8), Exit,
        Slot(0x07, 1, 0, 0, 1), Slot(0x79, 3, 2), Slot(0x0f, 3, 1), Slot(0x7b, 2, 3), Move(0, 0), Exit,
    ];

    [Test]
    public void Run_BpfLoop_CallsItsCallback()
    {
        Outcome outcome = RunOnce(s_loop);

        Assert.That((outcome.Status, outcome.R0), Is.EqualTo((ExecutionStatus.Returned, (ulong?)55)), outcome.Reason);
        Assert.That(outcome.Registers!.Values[6], Is.Zero);
    }

    [Test]
    public void Run_BpfLoopThatStops_SaysHowOftenItRan()
    {
        // The callback returns 1 at index 3: it ran four times.
        Instruction[] program =
        [
            Move(1, 10), .. Wide(2, 4, 5), Move(3, 0), Move(4, 0), CallHelper(181), Exit,
            Move(0, 0), Slot(0x55, 1, 0, 1, 3), Move(0, 1), Exit,
        ];

        Assert.That(RunOnce(program).R0, Is.EqualTo(4));
    }

    [Test]
    public void Run_ForEachMapElement_SeesEveryKey()
    {
        // bpf_for_each_map_elem(map, callback, fp - 8, 0); the callback adds key + 1 to *ctx.
        Instruction[] program =
        [
            Slot(0x7a, 10, 0, -8, 0), .. Wide(1, 1, 0), .. Wide(2, 4, 7), .. StackAt(3, -8), Move(4, 0), CallHelper(164),
            Slot(0x79, 0, 10, -8), Exit,
            Slot(0x61, 1, 2), Slot(0x07, 1, 0, 0, 1), Slot(0x79, 2, 4), Slot(0x0f, 2, 1), Slot(0x7b, 4, 2), Move(0, 0), Exit,
        ];

        Assert.That(RunOnce(program, Array("each", 8, maxEntries: 4)).R0, Is.EqualTo(10));
    }

    [Test]
    public void Run_TailCallInAFunction_GoesOnWhereNothingIsToBeCalled()
    {
        Instruction[] program =
        [
            CallLocal(2), Slot(0x07, 0, 0, 0, 1), Exit,
            .. Wide(2, 1, 0), Move(3, 0), CallHelper(12), Move(0, 41), Exit,
        ];

        // As a raw tracepoint of a program without a hook it would have no context to hand on.
        var programs = new MapDefinition("programs", MapType.ProgArray, 4, 4, 1);
        Outcome outcome = Run(new LoadRequest(new BpfProgram([.. program], ProgramType.SocketFilter), [programs], 16), new byte[16])[0];

        Assert.That((outcome.Status, outcome.R0), Is.EqualTo((ExecutionStatus.Returned, (ulong?)42)), outcome.Reason);
    }

    [Test]
    public void Run_PacketAccessInAFunction_IsSeen()
    {
        Instruction[] program = [CallLocal(1), Exit, Copy(6, 1), Slot(0x28), Exit];
        byte[] packet = [.. new byte[14], 0xab, 0xcd, 1, 2];

        Assert.That(Run(Request(ProgramType.SocketFilter, program, 18), packet)[0].R0, Is.EqualTo(0xabcd));
    }

    [Test]
    public void Run_FunctionsBeforeTheCallback_AreAllCounted()
    {
        // main adds f() twice and how often g was called, which is five times: 2 + 2 + 5.
        Instruction[] program =
        [
            CallLocal(11), Copy(6, 0), CallLocal(9), Slot(0x0f, 6, 0),
            Move(1, 5), .. Wide(2, 4, 8), Move(3, 0), Move(4, 0), CallHelper(181), Slot(0x0f, 0, 6), Exit,
            Move(0, 2), Exit, Move(0, 0), Exit,
        ];

        Assert.That(RunOnce(program).R0, Is.EqualTo(9));
    }

    [Test]
    public void Load_RejectedCallback_DoesNotSpeakOfMissingTypes()
    {
        // The callback reads a register that nothing wrote.
        Instruction[] program = [Move(1, 10), .. Wide(2, 4, 5), Move(3, 0), Move(4, 0), CallHelper(181), Exit, Copy(0, 7), Exit];

        Verdict verdict = Kernel.Load(Request(program)).Verdict;

        Assert.Multiple(() =>
        {
            Assert.That((verdict.Reason, verdict.Pc), Is.EqualTo((ReasonClass.UninitializedRegister, (int?)7)));
            Assert.That(verdict.Message, Does.Contain("R7 !read_ok").And.Not.Contain("BTF"));
        });
    }

    [Test]
    public void Create_StorageMap_HasTypes(
        [Values(MapType.SkStorage, MapType.InodeStorage, MapType.TaskStorage, MapType.CgrpStorage)] MapType type,
        [Values(1, 8, 44)] int valueBytes)
    {
        using KernelMap? map = KernelMap.TryCreate(Storage(type, 4, valueBytes), out int errno);

        Assert.That(Errnos.Name(errno), Is.EqualTo("success"));
    }

    [Test]
    public void Create_StorageMapWithOddSizes_IsTheKernelsToRefuse(
        [Values(-1, 0, 8)] int keyBytes, [Values(-1, 0, int.MaxValue)] int valueBytes)
    {
        using KernelMap? map = KernelMap.TryCreate(Storage(MapType.TaskStorage, keyBytes, valueBytes), out int errno);

        Assert.That(Errnos.Name(errno), Is.EqualTo("EINVAL").Or.EqualTo("E2BIG"));
    }

    [Test]
    public void Create_FieldsInValues_AreTaken(
        [Values(MapType.Array, MapType.Hash)] MapType type, [Values] ValueFieldKind kind, [Values(0, 8)] int offset)
    {
        using KernelMap? map = KernelMap.TryCreate(new MapDefinition("m", type, 4, 32, 1) { Fields = [new(kind, offset)] }, out int errno);

        Assert.That(Errnos.Name(errno), Is.EqualTo("success"));
    }

    [Test]
    public void Create_TwoLocks_IsRefused()
    {
        using KernelMap? map = KernelMap.TryCreate(
            new MapDefinition("m", MapType.Array, 4, 8, 1) { Fields = [new(ValueFieldKind.SpinLock, 0), new(ValueFieldKind.SpinLock, 4)] }, out int errno);

        Assert.That(Errnos.Name(errno), Is.EqualTo("E2BIG"));
    }

    [Test]
    public void TestRun_SpinLock_GuardsItsValue()
    {
        using KernelMap? map = KernelMap.TryCreate(
            new MapDefinition("m", MapType.Array, 4, 16, 1) { Fields = [new(ValueFieldKind.SpinLock, 4)] }, out int errno);
        Assert.That(Errnos.Name(errno), Is.EqualTo("success"));
        using var loader = new ProgramLoader();

        // value = lookup(0); lock(value + 4); *(u64 *)(value + 8) += 7; r7 = that; unlock; return r7
        Instruction[] program =
        [
            Slot(0x62, 10, 0, -4, 0), .. StackAt(2, -4), .. Wide(1, 1, map!.Fd), CallHelper(1),
            Slot(0x55, 0, 0, 1), Exit, Copy(6, 0), Copy(1, 6), Slot(0x07, 1, 0, 0, 4), CallHelper(93),
            Slot(0x79, 7, 6, 8), Slot(0x07, 7, 0, 0, 7), Slot(0x7b, 6, 7, 8), Copy(1, 6), Slot(0x07, 1, 0, 0, 4), CallHelper(94),
            Copy(0, 7), Exit,
        ];
        AttachPoint point = AttachPoints.Of(ProgramType.SchedCls); // tracing programs may not take spin locks
        LoadAnswer answer = loader.Load(program, point, fds: []);
        using FileDescriptor? loaded = answer.Program;

        Assert.That(loaded, Is.Not.Null, answer.Log);
        Assert.That(TestRun.Of(loaded!, new byte[64], dataOut: [], context: [], repeat: 2).ReturnValue, Is.EqualTo(14));
    }

    [TestCase("bpf_dummy_ops")]
    [TestCase("nf_hook_state")]
    [TestCase("sk_buff")]
    [TestCase("no_such_structure")]
    public void KernelTypes_IdOf_OfAStructure_IsThatOfAllTypesReadOneByOne(string name) =>
        Assert.That(KernelTypes.IdOf(new(BtfKind.Struct, name)), Is.EqualTo(KernelBtf.OrIgnore().Structure(name)));

    [TestCase("task_prctl_unknown")]
    [TestCase("bpf_test_finish")]
    [TestCase("no_such_tracepoint")]
    public void KernelTypes_IdOf_OfATracepoint_IsThatOfAllTypesReadOneByOne(string name) =>
        Assert.That(KernelTypes.IdOf(KernelType.OfTracepoint(name)), Is.EqualTo(KernelBtf.OrIgnore().Typedef("btf_trace_" + name)));

    [Test]
    public void ProbeEverything_StorageMaps_AreThere() => Assert.That(
        Kernel.ProbeEverything().Where(probe => !probe.Available && probe.Name.StartsWith("map type ", StringComparison.Ordinal))
            .Select(probe => probe.Name),
        Is.EqualTo((string[])["map type StructOps"]));

    private static MapDefinition Storage(MapType type, int keyBytes, int valueBytes) =>
        new("m", type, keyBytes, valueBytes, MaxEntries: 0, MapFlags.NoPreallocation);
}
