using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;
using NUnit.Framework;

namespace BpfConformance.Tests.Runtime.Execution;

/// <summary>The machine as a run finds it.</summary>
[TestFixture]
public sealed unsafe class MachineMemoryTests
{
    [Test]
    public void Reset_WithoutAHook_GivesMemoryAndItsLength()
    {
        using var memory = new MachineMemory(16, [], new BpfProgram([]));
        memory.Reset([1, 2, 3], 100);
        Machine* m = memory.Machine;
        ulong[] registers = [.. new ReadOnlySpan<ulong>(m->Registers, 11)];
        Assert.That(registers, Is.EqualTo(new ulong[] { 0, 0x1_0000_0000, 3, 0, 0, 0, 0, 0, 0, 0, 0x4_0000_0200 }));
        Assert.That((m->BudgetLeft, m->Depth, m->Status), Is.EqualTo((100L, 0, RunStatus.Running)));
        Assert.That(memory.Data.ToArray(), Is.EqualTo(new byte[] { 1, 2, 3 }));
    }

    [Test]
    public void Reset_WithAHook_GivesTheContextAlone()
    {
        using var memory = new MachineMemory(16, [], new BpfProgram([], ProgramType.SocketFilter));
        memory.Reset(new byte[16], 100);
        Machine* m = memory.Machine;
        Assert.That((m->Registers[1], m->Registers[2]), Is.EqualTo((0x2_0000_0000ul, 0ul)));
        uint[] provenance = [.. new ReadOnlySpan<uint>(m->Provenance, 11)];
        Assert.That(provenance, Is.EqualTo(new uint[] { 0, 16 + 2, 0, 0, 0, 0, 0, 0, 0, 0, 16 + 4 }));
    }

    [Test]
    public void Reset_KeepingContents_SetsUpRegistersAlone()
    {
        using var memory = new MachineMemory(4, [Value(4)], new BpfProgram([]));
        memory.Reset([1, 2, 3], 100);
        memory.KeepsContents = true;
        Machine* m = memory.Machine;
        foreach (int region in new[] { 1, 4, 5 }) m->Regions[region].Base[0] = 0xff;
        (m->Registers[1], m->Registers[6], m->Status, m->BudgetLeft) = (7, 7, RunStatus.Returned, 3);

        memory.Reset([1, 2, 3], 100);

        Assert.That((m->Registers[1], m->Registers[2], m->Registers[6]), Is.EqualTo((0x1_0000_0000ul, 3ul, 0ul)));
        Assert.That((m->Status, m->BudgetLeft), Is.EqualTo((RunStatus.Running, 100L)));
        Assert.That((m->Regions[5].Base[0], memory.Data[0], memory.MapValue(0)[0]), Is.EqualTo(((byte)0xff, (byte)0xff, (byte)0xff)));
        memory.Restore([1, 2, 3]);
        Assert.That(memory.Data.ToArray(), Is.EqualTo(new byte[] { 1, 2, 3 }));
    }

    [TestCase(-1)]
    [TestCase(1)]
    [TestCase(1 << 20)]
    public void MapValue_OfNoMap_ReadsNothing(int map)
    {
        using var memory = new MachineMemory(4, [Value(4)], new BpfProgram([]));

        Assert.That(() => memory.MapValue(map).Length, Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [TestCase(Addressing.Native, IncludePlatform = "Linux")]
    [TestCase(Addressing.RegionAndOffset)]
    public void Rent_OfAMachineThatKeptItsContents_KeepsThemNoMore(Addressing addressing)
    {
        MachineMemory[] machines = [.. Enumerable.Range(0, 20).Select(_ => MachinePool.Rent(8, [], new BpfProgram([]), addressing))];
        foreach (MachineMemory machine in machines)
        {
            machine.KeepsContents = true;
            MachinePool.Return(machine);
        }

        MachineMemory again = MachinePool.Rent(8, [], new BpfProgram([]), addressing);

        Assert.That(machines, Does.Contain(again).And.All.Not.Null, "machines are kept");
        Assert.That(again.KeepsContents, Is.False);
        MachinePool.Return(again);
    }

    [Test]
    public void Reset_AfterAnything_ClearsStacksMapsAndShadows()
    {
        using var memory = new MachineMemory(8, [Value(4)], new BpfProgram([]));
        memory.Reset(new byte[8], 1);
        Region* regions = memory.Machine->Regions;
        for (int frame = 0; frame < 8; frame++) StackFrames.Enter(memory.Machine, frame);
        foreach (int region in new[] { 5, 6, 12, 1, 4 })
        {
            new Span<byte>(regions[region].Base, (int)regions[region].Length).Fill(0xff);
            new Span<byte>(regions[region].Shadow, (int)regions[region].Length).Fill(ByteShadow.Volatile);
        }

        memory.Reset([5], 1);
        Assert.That(Bytes(regions[5].Base, 512), Is.All.Zero, "the first frame's stack");
        Assert.That(Bytes(regions[5].Shadow, 512), Is.All.EqualTo(ByteShadow.Uninitialized));
        Assert.That(Bytes(regions[12].Base, 512), Is.All.Zero, "the last frame's");
        Assert.That(
            (regions[5].Length, regions[6].Length, regions[12].Length),
            Is.EqualTo((512u, 0u, 0u)), "only one frame is open");
        Assert.That(Bytes(regions[1].Base, 1), Is.EqualTo(new byte[] { 5 }));
        Assert.That(regions[1].Length, Is.EqualTo(1));
        Assert.That(memory.DataShadow.ToArray(), Is.EqualTo(new[] { ByteShadow.Scalar }));
        Assert.That(Bytes(regions[4].Base, 4), Is.All.Zero, "the map's value");
        Assert.That(Bytes(regions[4].Shadow, 4), Is.All.EqualTo(ByteShadow.Scalar));
    }

    [Test]
    public void Frames_EnteredAndLeft_OpenAndCloseTheirStacks()
    {
        using var memory = new MachineMemory(0, [], new BpfProgram([]));
        memory.Reset([], 1);
        Machine* m = memory.Machine;
        StackFrames.Enter(m, 1);
        Assert.That(
            (m->Registers[10], m->Provenance[10], m->Regions[5].Length),
            Is.EqualTo((0x5_0000_0200ul, 16u + 5, 512u)));
        StackFrames.Leave(m, 1);
        Assert.That(
            (m->Registers[10], m->Provenance[10], m->Regions[5].Length),
            Is.EqualTo((0x4_0000_0200ul, 16u + 4, 0u)));
    }

    [Test]
    public void Reset_MoreThanTheCapacity_IsRefused()
    {
        using var memory = new MachineMemory(2, [], new BpfProgram([]));
        Assert.That(() => memory.Reset([1, 2, 3], 1), Throws.ArgumentException);
    }

    [Test]
    public void Constructor_OverTheLargest_IsRefused() =>
        Assert.That(
            () => new MachineMemory(MachineMemory.MaxDataBytes + 1, [], new BpfProgram([])),
            Throws.TypeOf<ArgumentOutOfRangeException>());

    [Test]
    public void ShareMapValues_WithNativeAddresses_IsOneMemoryAtTwoAddresses()
    {
        NeedNativeAddresses();
        using var owner = new MachineMemory(0, [Value(8)], new BpfProgram([]), Addressing.Native);
        using var other = new MachineMemory(0, [Value(8)], new BpfProgram([]), Addressing.Native);
        other.ShareMapValues(owner);
        owner.Reset([], 1);
        byte* theirs = (byte*)other.Address(Regions.MapValues, 0);
        theirs[3] = 77;

        Assert.That(owner.MapValue(0)[3], Is.EqualTo(77));
        Assert.That(other.Address(Regions.MapValues, 0), Is.Not.EqualTo(owner.Address(Regions.MapValues, 0)));
        Assert.That(GuestMemory.Writable(other.Machine, other.Address(Regions.MapValues, 0), 8) == theirs, "found by its own address");
    }

    [Test]
    public void Constructor_NativeAddressesThatAnotherHadBefore_FindsNothingOfIt()
    {
        NeedNativeAddresses();
        for (int round = 0; round < 20; round++)
        {
            using var memory = new MachineMemory(round * 1000, [], new BpfProgram([]), Addressing.Native);
            memory.Reset(new byte[round], 1);
            foreach (int region in new[] { (int)memory.Machine->FirstStack, (int)memory.Machine->FirstStack + 7, Regions.Data })
            {
                Region* r = memory.Machine->Regions + region;
                Assert.That(Bytes(r->Base, region == Regions.Data ? round * 1000 : 512), Is.All.Zero);
                Assert.That((ulong)r->Base, Is.EqualTo(r->Start));
                new Span<byte>(r->Base, region == Regions.Data ? round * 1000 : 512).Fill(0xff);
            }
        }
    }

    [Test]
    public void Dispose_Twice_IsAllowedAndEndsIt()
    {
        var memory = new MachineMemory(8, [Value(4), Value(1)], new BpfProgram([]));
        memory.Dispose();
        Assert.That(memory.Dispose, Throws.Nothing);
        Assert.That(() => memory.Reset([], 1), Throws.TypeOf<ObjectDisposedException>());
    }

    private static void NeedNativeAddresses()
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("Linux only");
    }

    private static byte[] Bytes(byte* start, int count) => new ReadOnlySpan<byte>(start, count).ToArray();

    /// <summary>An array of one entry.</summary>
    private static MapDefinition Value(int bytes) => new("m", MapType.Array, sizeof(uint), bytes, MaxEntries: 1);
}
