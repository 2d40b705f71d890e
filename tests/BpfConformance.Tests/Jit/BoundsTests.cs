using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Jit;
using BpfConformance.Tests.Interpreter;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit;

/// <summary>Checked code touches only what there is, wherever its pointers come from.</summary>
[TestFixtureSource(typeof(Engine), nameof(Engine.Compilers))]
internal sealed class BoundsTests(Compiler compiler)
{
    private static readonly MapDefinition s_map = new("m", MapType.Array, 4, 16, 1);

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
    public void Load_AtTheEdges_IsDecidedExactly(string loads, int faultPc)
    {
        using var machine = new CompiledMachine(compiler, $"{loads}\nr0 = 0\nexit");
        RunEnd expected = faultPc < 0 ? RunEnd.Returned : RunEnd.Faulted(FaultKind.OutOfBoundsLoad, faultPc);
        Assert.That(machine.Run(), Is.EqualTo(expected));
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
    [TestCase("r2 = map_val(map_by_idx(0)) + 9 ll", 0, Description = "the end of the map's value")]
    [TestCase("r2 = map_val(map_by_idx(0)) + 9 ll\n*(u64 *)(r1 + 8) = r2\nr2 = *(u64 *)(r1 + 8)", 0)]
    public void Store_ThroughAPointer_FindsItsRegionOrFaults(string pointer, int fault)
    {
        using var machine = new CompiledMachine(
            compiler, $"r0 = 0\n{pointer}\n*(u64 *)(r2 + 0) = 77\nr0 = *(u64 *)(r2 + 0)\nexit", maps: [s_map]);
        RunEnd end = machine.Run();
        Assert.That(end.Fault, Is.EqualTo(fault < 0 ? FaultKind.None : FaultKind.OutOfBoundsStore));
        Assert.That(machine.R0, Is.EqualTo(fault < 0 ? 77ul : 0ul));
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
}
