using System.Buffers.Binary;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Jit;
using BpfConformance.Runtime.Memory;
using BpfConformance.Tests.Interpreter;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit;

/// <summary>Checked code touches only what there is, wherever its pointers come from.</summary>
[TestFixtureSource(typeof(Engine), nameof(Engine.Compilers))]
internal sealed class BoundsTests(Compiler compiler)
{
    /// <summary>Two slots that make a compiler treat what follows as part of a program with loops.</summary>
    private const string Loop = "r4 = 0\nagain:\nif r4 != 0 goto again\n";

    /// <summary>Where a callee that keeps its first two arguments in r6 and r9 may point to: memory, its caller's stack, its own, and two maps.</summary>
    private static readonly string[] s_pointers = ["r6", "r9", "r10", "map_val(map_by_idx(0)) ll", "map_val(map_by_idx(1)) ll"];

    private static readonly MapDefinition s_map = new("m", MapType.Array, 4, 16, 1);
    private static readonly MapDefinition s_second = new("n", MapType.Array, 4, 24, 1);

    [SetUp]
    public void NeedTheCompiler()
    {
        if (compiler.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    [TestCase("r0 = *(u8 *)(r1 + 63)", -1)]
    [TestCase("r0 = *(u8 *)(r1 + 64)", 0)]
    [TestCase("r0 = *(u64 *)(r1 + 56)", -1)]
    [TestCase("r0 = *(u64 *)(r1 + 57)", 0)]
    [TestCase("r0 = *(u8 *)(r1 - 1)", 0)]
    [TestCase("r0 = *(u64 *)(r1 - 1)", 0)]
    [TestCase("r0 = *(u8 *)(r10 - 512)", -1)]
    [TestCase("r0 = *(u8 *)(r10 - 513)", 0)]
    [TestCase("r0 = *(u32 *)(r10 - 3)", 0)]
    [TestCase("r3 = 0x7fffffffffffffff ll\nr0 = *(u8 *)(r3 + 0)", 2)]
    [TestCase("r3 = -1\nr0 = *(u64 *)(r3 + 0)", 1)]
    [TestCase("r3 = 0x4000000000000000 ll\nr3 += r1\nr0 = *(u8 *)(r3 + 0)", 3, Description = "as many regions further as 32 bits can tell")]
    [TestCase("r0 = *(u8 *)(r1 + 0)\nr0 = *(u8 *)(r1 + 64)", 1, Description = "the second of one group")]
    [TestCase("r0 = *(u8 *)(r1 + 0)\nif r0 == 256 goto +1\nr0 = *(u8 *)(r1 + 64)", 2, Description = "behind a branch that is not taken")]
    [TestCase("r0 = *(u8 *)(r1 + 0)\nif r0 != 256 goto +1\nr0 = *(u8 *)(r1 + 64)", -1, Description = "jumped over")]
    [TestCase("r3 = 7\nr2 = r10\nr2 += -8\nr2 += r3\nr0 = *(u8 *)(r2 + 0)", -1, Description = "r10, a number and a register")]
    [TestCase("r3 = 8\nr2 = r10\nr2 += -8\nr2 += r3\nr0 = *(u8 *)(r2 + 0)", 4)]
    [TestCase("r3 = -505\nr2 = r10\nr2 += -8\nr2 += r3\nr0 = *(u8 *)(r2 + 0)", 4)]
    [TestCase("r3 = 7\nr2 = r10\nr2 += -8\nr2 += r3\nr3 = 600\nr0 = *(u8 *)(r2 + 0)", -1, Description = "the register has changed since")]
    [TestCase("r3 = 600\nr2 = r10\nr2 += -8\nr2 += r3\nr3 = 0\nr0 = *(u8 *)(r2 + 0)", 5)]
    [TestCase("r3 = 7\nr2 = r10\nr2 += -8\nr2 += r3\nr3 = r2\nr0 = *(u8 *)(r3 + 0)", -1, Description = "the sum in its own register")]
    [TestCase("r3 = *(u64 *)(r1 + 56)\nr3 = *(u64 *)(r1 - 8)\nr3 = *(u64 *)(r1 + 64)", 1, Description = "the first that is out")]
    [TestCase("r1 += 8\nr3 = *(u64 *)(r1 + 56)\nr3 = *(u64 *)(r1 + 0)", 1, Description = "the last byte of a group is the first access's")]
    [TestCase("r1 += -8\nr3 = *(u64 *)(r1 + 8)\nr3 = *(u64 *)(r1 + 0)", 2, Description = "its first byte is the second's")]
    [TestCase("r1 += 8\nr3 = *(u64 *)(r1 - 8)\nr3 = *(u64 *)(r1 + 56)", 2, Description = "it begins below the register")]
    [TestCase("r2 = r1\nr2 += 64\nr1 = *(u64 *)(r2 + 0)", 2, Description = "the register that is loaded is in bounds")]
    [TestCase("r2 = r10\nr2 -= 16\nr0 = *(u64 *)(r2 + 8)", -1)]
    [TestCase("r2 = r10\nr3 = 600\nr2 += r3\nr0 = *(u8 *)(r2 - 8)", 3)]
    [TestCase("r2 = r10\nr3 = 600\nr2 -= r3\nr0 = *(u8 *)(r2 - 8)", 3)]
    [TestCase("r2 = r10\nr2 += 16\nr0 = *(u8 *)(r2 + 8)", 2)]
    [TestCase("r2 = r10\nr2 -= -16\nr0 = *(u8 *)(r2 + 8)", 2)]
    [TestCase("r2 = r10\nr3 = 600\nr2 += r3\nr3 = -16\nr0 = *(u8 *)(r2 + 0)", 4, Description = "what was added is another number now")]
    [TestCase("r3 = r10\nr3 += 600\n*(u64 *)(r1 + 0) = r3\nr2 = r10\nr2 += -16\nr2 = *(u64 *)(r1 + 0)\nr0 = *(u8 *)(r2 + 0)", 6, Description = "it was a sum of r10")]
    [TestCase("r0 = *(u8 *)(r1 + 0)\nr1 += 64\nr0 = *(u8 *)(r1 + 0)", 2)]
    [TestCase("r6 = r1\nr0 = *(u64 *)(r6 + 56)\ncall get_smp_processor_id\nr0 = *(u8 *)(r6 + 64)", 3, Description = "one byte more than was proven")]
    [TestCase("r6 = r1\nr6 += -8\nr0 = *(u64 *)(r6 + 8)\ncall get_smp_processor_id\nr0 = *(u64 *)(r6 + 0)", 4, Description = "below what was proven")]
    [TestCase("w2 = w10\nr0 = *(u8 *)(r2 - 8)", 1, Description = "the low half of a pointer is none")]
    [TestCase("r0 = r10\nr2 = 5\nr0 = *(u8 *)(r2 - 8)", 2, Description = "a number is none, whatever r0 is")]
    [TestCase("r3 = *(u8 *)(r1 + 0)\nr2 = r10\nr2 += r3\nr0 = *(u64 *)(r2 - 512)\nr0 = *(u64 *)(r2 - 8)", -1, Description = "all of the frame")]
    [TestCase("r3 = *(u8 *)(r1 + 0)\nr2 = r10\nr2 += r3\nr0 = *(u64 *)(r2 - 7)", 3)]
    [TestCase("r2 = r10\nr0 = *(u64 *)(r2 - 8)\nr0 = *(u64 *)(r2 + 0)", 2, Description = "half of a group is in the frame")]
    [TestCase("r3 = *(u8 *)(r1 + 0)\nr2 = r10\nr2 += r3\nr0 = *(u64 *)(r2 + 512)", 3)]
    [TestCase("r3 = *(u8 *)(r1 + 0)\nr2 = r10\nr2 += r3\nr0 = *(u8 *)(r2 - 1)\nr0 = *(u8 *)(r2 - 600)", 4, Description = "a group longer than the frame")]
    [TestCase("r3 = 0x80000480 ll\nr2 = r10\nr2 += r3\nr0 = *(u8 *)(r2 - 1)", 4, Description = "where the second frame from here would be")]
    [TestCase("r2 = r10\nr2 += -512\nwalk:\nr0 = *(u64 *)(r2 + 0)\nr2 += 8\nif r2 != 0 goto walk", 2, Description = "off the end of the frame")]
    [TestCase("r1 += 64\nif r1 != 0 goto over\nr0 = *(u8 *)(r1 + 0)\nover:\nr0 = *(u8 *)(r1 + 0)", 3, Description = "a jump leaves out the first of a group")]
    [TestCase("r1 += 64\nif r1 == 0 goto over\nr0 = *(u8 *)(r1 + 0)\nover:", 2, Description = "a comparison is no access")]
    public void Load_AtTheEdges_IsDecidedExactly(string loads, int faultPc)
    {
        foreach ((string before, int slots) in new[] { ("", 0), (Loop, 2) })
        {
            using var machine = new CompiledMachine(compiler, $"{before}{loads}\nr0 = 0\nexit");
            RunEnd expected = faultPc < 0 ? RunEnd.Returned : RunEnd.Faulted(FaultKind.OutOfBoundsLoad, slots + faultPc);
            Assert.That(machine.Run(), Is.EqualTo(expected), before);
        }
    }

    [TestCase(64, -1)]
    [TestCase(8, -1)]
    [TestCase(7, 0)]
    [TestCase(0, 0)]
    public void Load_OfShorterMemory_IsBoundedByTheRuns(int bytes, int faultPc)
    {
        using var machine = new CompiledMachine(compiler, "r0 = *(u64 *)(r1 + 0)\nexit");
        RunEnd expected = faultPc < 0 ? RunEnd.Returned : RunEnd.Faulted(FaultKind.OutOfBoundsLoad, faultPc);
        Assert.That(machine.Run(new byte[bytes]), Is.EqualTo(expected));
    }

    [TestCase("r2 = r10\nr2 += -16", -1, Description = "known")]
    [TestCase("r3 = *(u8 *)(r1 + 0)\nr2 = r10\nr2 += -16\nr2 += r3", -1, Description = "a guess that is right")]
    [TestCase("r2 = r10\nr2 += -16\n*(u64 *)(r10 - 32) = r2\nr2 = *(u64 *)(r10 - 32)", -1, Description = "from the stack")]
    [TestCase("r2 = r10\nr2 += -16\n*(u64 *)(r1 + 8) = r2\nr2 = *(u64 *)(r1 + 8)", -1, Description = "from memory: a guess that is wrong")]
    [TestCase("r2 = r10\nr2 += -16\nr2 -= r1\nr2 += r1", -1, Description = "by way of a difference")]
    [TestCase("r2 = map_val(map_by_idx(0)) ll", -1)]
    [TestCase("r2 = map_val(map_by_idx(0)) ll\n*(u64 *)(r1 + 8) = r2\nr2 = *(u64 *)(r1 + 8)", -1)]
    [TestCase("r2 = map_val(map_by_idx(1)) ll", -1)]
    [TestCase("r3 = *(u8 *)(r1 + 0)\nr2 = map_val(map_by_idx(1)) ll\nr2 += r3", -1)]
    [TestCase("r3 = *(u8 *)(r1 + 0)\nr2 = map_val(map_by_idx(0)) + 9 ll\nr2 += r3", 0)]
    [TestCase("r2 = map_val(map_by_idx(0)) + 9 ll", 0, Description = "the end of the map's value")]
    [TestCase("r2 = map_val(map_by_idx(0)) + 9 ll\n*(u64 *)(r1 + 8) = r2\nr2 = *(u64 *)(r1 + 8)", 0)]
    public void Store_ThroughAPointer_FindsItsRegionOrFaults(string pointer, int fault)
    {
        foreach (string before in new[] { "", Loop })
        {
            using var machine = new CompiledMachine(
                compiler, $"{before}r0 = 0\n{pointer}\n*(u64 *)(r2 + 0) = 77\nr0 = *(u64 *)(r2 + 0)\nexit", maps: [s_map, s_second]);
            RunEnd end = machine.Run();
            Assert.That(end.Fault, Is.EqualTo(fault < 0 ? FaultKind.None : FaultKind.OutOfBoundsStore), before);
            Assert.That(machine.R0, Is.EqualTo(fault < 0 ? 77ul : 0ul), before);
        }
    }

    [Test]
    public void Access_WhereAnotherRegionIsLikely_EndsAsTheReferences(
        [ValueSource(nameof(s_pointers))] string pointer, [ValueSource(nameof(s_pointers))] string likely)
    {
        // A callee that does not name r10 has no stack, wherever it finds its address: this one names it.
        string text = $"""
            r2 = r10
            call f
            exit
            f:
            r6 = r1
            r9 = r2
            r8 = r10
            r5 = *(u64 *)(r1 + 0)
            {Loop}
            r7 = {pointer}
            r7 += r5
            if r4 == 0 goto join
            r7 = {likely}
            join:
            *(u64 *)(r7 + 0) = 77
            r0 = *(u64 *)(r7 + 0)
            exit
            """;
        using var reference = new TestMachine(text, maps: [s_map, s_second]);
        using var machine = new CompiledMachine(compiler, text, maps: [s_map, s_second]);
        var data = new byte[64];
        int returned = 0;
        foreach ((int regions, long offset) in PlacesAroundEdges())
        {
            BinaryPrimitives.WriteInt64LittleEndian(data, ((long)regions << 32) + offset); // as the reference's regions lie
            RunEnd end = reference.Run(data);
            BinaryPrimitives.WriteInt64LittleEndian(data, (regions * (long)RegionSpace.Stride) + offset);
            Assert.That((machine.Run(data), machine.R0), Is.EqualTo((end, reference.R0)), $"{regions} regions, {offset}");
            if (end == RunEnd.Returned) returned++;
        }

        Assert.That(returned, Is.GreaterThan(0));
    }

    [Test]
    public void Store_ThroughAReloadedPointer_FindsTheStackOfEachFrame([Range(0, 6)] int depth)
    {
        string text = $"""
            r2 = {depth}
            call f
            exit
            f:
            if r2 == 0 goto last
            r2 += -1
            call f
            exit
            last:
            r3 = r10
            r3 += -8
            *(u64 *)(r10 - 16) = r3
            r3 = *(u64 *)(r10 - 16)
            *(u64 *)(r3 + 0) = 7
            r0 = *(u64 *)(r10 - 8)
            exit
            """;
        using var machine = new CompiledMachine(compiler, text);
        Assert.That((machine.Run(), machine.R0), Is.EqualTo((RunEnd.Returned, 7ul)));
    }

    [Test]
    public void Store_OfAPointerThatIsInBounds_IsBoundedByTheOtherOne()
    {
        using var machine = new CompiledMachine(compiler, $"{Loop}r2 = r1\nr2 += 64\n*(u64 *)(r2 + 0) = r1\nr0 = 0\nexit");
        Assert.That(machine.Run(), Is.EqualTo(RunEnd.Faulted(FaultKind.OutOfBoundsStore, 4)));
    }

    [TestCase("lock *(u64 *)(r1 + 4) += r0", FaultKind.MisalignedAtomic)]
    [TestCase("lock *(u32 *)(r1 + 2) += r0", FaultKind.MisalignedAtomic)]
    [TestCase("lock *(u64 *)(r10 - 12) += r0", FaultKind.MisalignedAtomic)]
    [TestCase("lock *(u64 *)(r1 + 65) += r0", FaultKind.OutOfBoundsStore)]
    [TestCase("r0 = load_acquire((u32 *)(r1 + 58))", FaultKind.MisalignedAtomic)]
    [TestCase("r0 = load_acquire((u32 *)(r1 + 65))", FaultKind.OutOfBoundsLoad)]
    [TestCase("r0 = load_acquire((u32 *)(r1 + 64))", FaultKind.OutOfBoundsLoad)]
    [TestCase("store_release((u16 *)(r1 + 61), r0)", FaultKind.MisalignedAtomic)]
    [TestCase("store_release((u16 *)(r1 + 65), r0)", FaultKind.OutOfBoundsStore)]
    [TestCase("store_release((u16 *)(r1 + 64), r0)", FaultKind.OutOfBoundsStore)]
    public void Atomic_MisalignedOrOutside_Faults(string atomic, FaultKind fault)
    {
        using var machine = new CompiledMachine(compiler, $"r0 = 0\n{atomic}\nexit");
        Assert.That(machine.Run(), Is.EqualTo(RunEnd.Faulted(fault, 1)));
    }

    [Test]
    public void Loop_ThatRunsOutOfMemory_FaultsThereAndStoresUntilThere()
    {
        using var machine = new CompiledMachine(compiler, "r0 = 0\nloop:\n*(u64 *)(r1 + 0) = 1\nr1 += 8\nr0 += 1\ngoto loop");
        Assert.That(machine.Run(), Is.EqualTo(RunEnd.Faulted(FaultKind.OutOfBoundsStore, 1)));
        Assert.That(machine.Executed, Is.EqualTo(1 + (8 * 4) + 1));
        Assert.That(machine.Program.Memory.Data.ToArray(), Is.EqualTo(Enumerable.Repeat(new byte[] { 1, 0, 0, 0, 0, 0, 0, 0 }, 8).SelectMany(word => word)));
    }

    [Test]
    public void PacketLoad_WithoutTheContext_Faults()
    {
        using var machine = new CompiledMachine(compiler, "r6 = 1\nr0 = *(u8 *)skb[0]\nexit", type: ProgramType.SocketFilter);
        Assert.That(machine.Run(), Is.EqualTo(RunEnd.Faulted(FaultKind.InvalidPointer, 1)));
    }

    [Test]
    public void PacketLoad_OutsideInACallee_ReturnsZeroFromItAlone()
    {
        const string Text = "r6 = r1\nr0 = 5\ncall f\nr0 += 3\nexit\nf:\nr6 = r1\nr0 = *(u8 *)skb[1000]\nr0 = 9\nexit";
        using var machine = new CompiledMachine(compiler, Text, type: ProgramType.SocketFilter);
        Assert.That((machine.Run(), machine.R0, machine.Executed), Is.EqualTo((RunEnd.Returned, 3ul, 7L)));
        using var trusted = new CompiledMachine(compiler, Text, JitOptions.Trusted, ProgramType.SocketFilter);
        Assert.That((trusted.Run(), trusted.R0), Is.EqualTo((RunEnd.Returned, 3ul)));
    }

    /// <summary>Both sides of each edge of the regions that a test has, as far from regions before and behind them.</summary>
    private static IEnumerable<(int Regions, long Offset)> PlacesAroundEdges() =>
        from regions in Enumerable.Range(-3, 7)
        from edge in (long[])[-MachineLimits.StackBytes, 0, s_map.ValueBytes, s_second.ValueBytes, 64]
        from bytes in (long[])[-8, -7, -1, 0]
        select (regions, edge + bytes);
}
