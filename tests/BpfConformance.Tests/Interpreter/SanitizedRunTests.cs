using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Memory;
using NUnit.Framework;

namespace BpfConformance.Tests.Interpreter;

/// <summary>What only a sanitised run knows: what was written, what is a pointer into what, what differs between machines.</summary>
[TestFixture]
public sealed class SanitizedRunTests
{
    /// <summary>r1 points to 64 bytes of zeros: region 1.</summary>
    private const uint PointerToData = 16 + 1;

    [TestCase("r2 = r{0}")]
    [TestCase("w2 = w{0}")]
    [TestCase("r2 = (s8)r{0}")]
    [TestCase("r2 = 1\nr2 += r{0}")]
    [TestCase("r2 = 1\nw2 ^= w{0}")]
    [TestCase("r{0} += 1")]
    [TestCase("w{0} <<= 1")]
    [TestCase("r{0} = -r{0}")]
    [TestCase("r{0} ^= r{0}")]
    [TestCase("r{0} = be16 r{0}")]
    [TestCase("if r{0} == 0 goto +0")]
    [TestCase("if w{0} == 0 goto +0")]
    [TestCase("if r2 > r{0} goto +0")]
    [TestCase("*(u8 *)(r1 + 0) = r{0}")]
    [TestCase("*(u64 *)(r{0} + 0) = 1")]
    [TestCase("r2 = *(u8 *)(r{0} + 0)")]
    [TestCase("r2 = load_acquire((u32 *)(r{0} + 0))")]
    [TestCase("r2 = load_acquire((u32 *)(r{0} + 1))", Description = "misaligned, if it were an address")]
    [TestCase("store_release((u64 *)(r1 + 0), r{0})")]
    [TestCase("store_release((u64 *)(r{0} + 1), r2)")]
    [TestCase("lock *(u64 *)(r1 + 0) += r{0}")]
    [TestCase("lock *(u32 *)(r{0} + 0) += w2")]
    [TestCase("r{0} = xchg_64(r1 + 0, r{0})")]
    [TestCase("callx r{0}")]
    public void Register_NeverWritten_MayNotBeUsed(string use)
    {
        string[] lines = use.Split('\n');
        foreach (int register in new[] { 0, 3, 4, 5, 6, 7, 8, 9 })
        {
            string text = string.Format(use, register);
            using TestMachine machine = TestMachine.RunSanitized($"{text}\nr0 = 0\nexit");
            Assert.That(
                machine.End, Is.EqualTo(RunEnd.Faulted(FaultKind.UninitializedRegister, lines.Length - 1)), text);
        }
    }

    [TestCase("exit", 0, Description = "r0 is returned")]
    [TestCase("r2 = 1\nr0 = cmpxchg_64(r1 + 0, r0, r2)\nexit", 1, Description = "r0 is compared with")]
    public void R0_NeverWritten_MayNotBeUsed(string text, int pc)
    {
        using TestMachine machine = TestMachine.RunSanitized(text);
        Assert.That(machine.End, Is.EqualTo(RunEnd.Faulted(FaultKind.UninitializedRegister, pc)));
    }

    [TestCase("r0 = *(u8 *)(r10 - 1)", 0)]
    [TestCase("r0 = *(u64 *)(r10 - 512)", 0)]
    [TestCase("*(u32 *)(r10 - 8) = 1\nr0 = *(u64 *)(r10 - 8)", 1, Description = "the upper half was not written")]
    [TestCase("*(u32 *)(r10 - 4) = 1\nr0 = *(u64 *)(r10 - 8)", 1, Description = "the lower half was not written")]
    [TestCase("*(u8 *)(r10 - 8) = 1\nr0 = *(s16 *)(r10 - 8)", 1)]
    [TestCase("*(u8 *)(r10 - 7) = 1\n*(u8 *)(r10 - 5) = 1\nr0 = *(u32 *)(r10 - 8)", 2)]
    [TestCase("r2 = 1\nlock *(u64 *)(r10 - 8) += r2", 1)]
    [TestCase("*(u32 *)(r10 - 8) = 1\nr2 = 1\nr2 = atomic_fetch_or((u64 *)(r10 - 8), r2)", 2)]
    [TestCase("r0 = load_acquire((u16 *)(r10 - 8))", 0)]
    public void Stack_NeverWritten_MayNotBeRead(string text, int pc)
    {
        using TestMachine machine = TestMachine.RunSanitized($"{text}\nr0 = 0\nexit");
        Assert.That(machine.End, Is.EqualTo(RunEnd.Faulted(FaultKind.UninitializedStack, pc)));
    }

    [Test]
    public void Stack_WrittenByteByByte_IsReadAsAWhole()
    {
        string stores = string.Join('\n', Enumerable.Range(1, 8).Select(n => $"*(u8 *)(r10 - {n}) = {n}"));
        using TestMachine machine = TestMachine.RunSanitized($"{stores}\nr0 = *(u64 *)(r10 - 8)\nexit");
        Assert.That(machine.End, Is.EqualTo(RunEnd.Returned));
        Assert.That((machine.R0, machine.Provenance(0)), Is.EqualTo((0x0102030405060708ul, Provenance.Scalar)));
    }

    [TestCase("call f")]
    [TestCase("call ktime_get_ns")]
    [TestCase("r2 = 8\ncallx r2")]
    public void R1ToR5_AfterACall_MayNotBeRead(string call)
    {
        int pc = call.Contains('\n', StringComparison.Ordinal) ? 7 : 6;
        for (int register = 1; register <= 5; register++)
        {
            string text = $"r1 = 1\nr2 = 2\nr3 = 3\nr4 = 4\nr5 = 5\n{call}\nr6 = r{register}\nr0 = 0\nexit\nf:\nr0 = 0\nexit";
            // Without the call of f, f would be unreachable.
            if (!call.EndsWith('f')) text = text[..text.IndexOf("\nf:", StringComparison.Ordinal)];
            using TestMachine machine = TestMachine.RunSanitized(text);
            Assert.That(machine.End, Is.EqualTo(RunEnd.Faulted(FaultKind.UninitializedRegister, pc)), text);
        }
    }

    [TestCase(0)]
    [TestCase(6)]
    [TestCase(7)]
    [TestCase(8)]
    [TestCase(9)]
    public void Callee_RegistersThatAreNoArguments_MayNotBeRead(int register)
    {
        using TestMachine machine = TestMachine.RunSanitized(
            $"r0 = 1\nr6 = 6\nr7 = 7\nr8 = 8\nr9 = 9\ncall f\nexit\nf:\nr1 = r{register}\nr0 = 0\nexit");
        Assert.That(machine.End, Is.EqualTo(RunEnd.Faulted(FaultKind.UninitializedRegister, 7)));
    }

    [Test]
    public void R0_OfACalleeThatSetNone_MayNotBeRead()
    {
        using TestMachine machine = TestMachine.RunSanitized("r0 = 1\ncall f\nr1 = r0\nexit\nf:\nexit");
        Assert.That(machine.End, Is.EqualTo(RunEnd.Faulted(FaultKind.UninitializedRegister, 2)));
    }

    [Test]
    public void Caller_PointersInR6ToR9_AreUsableAfterACall()
    {
        using TestMachine machine = TestMachine.RunSanitized(
            "r6 = r1\n*(u64 *)(r1 + 8) = 4\ncall f\nr0 = *(u64 *)(r6 + 8)\nexit\nf:\nr6 = 0\nr0 = 0\nexit");
        Assert.That(machine.End, Is.EqualTo(RunEnd.Returned));
        Assert.That((machine.R0, machine.Provenance(6)), Is.EqualTo((4ul, PointerToData)));
    }

    [Test]
    public void CalleeStack_OnTheSecondCall_IsFresh()
    {
        const string Text = """
            r1 = 1
            call f
            r1 = 0
            call f
            exit
            f:
            if r1 == 0 goto read
            *(u64 *)(r10 - 8) = 1
            r0 = 0
            exit
            read:
            r0 = *(u64 *)(r10 - 8)
            exit
            """;
        using TestMachine machine = TestMachine.RunSanitized(Text);
        Assert.That(machine.End, Is.EqualTo(RunEnd.Faulted(FaultKind.UninitializedStack, 9)));
    }

    [TestCase("r2 = r1\nr2 += 8", PointerToData)]
    [TestCase("r2 = 8\nr2 += r1", PointerToData, Description = "number plus pointer")]
    [TestCase("r2 = r1\nr2 += 8\nr2 -= 4", PointerToData)]
    [TestCase("r2 = r1\nr3 = 8\nr2 -= r3", PointerToData)]
    [TestCase("r2 = r1\nr2 -= r1", Provenance.Scalar, Description = "a distance in one region")]
    [TestCase("r3 = r1\nr3 += 8\nr2 = r3\nr2 -= r1", Provenance.Scalar)]
    [TestCase("r2 = r1\nr2 -= r10", Provenance.Volatile, Description = "a distance between regions")]
    [TestCase("r2 = r1\nr2 += r10", Provenance.Volatile)]
    [TestCase("r2 = 8\nr2 -= r1", Provenance.Volatile)]
    [TestCase("r2 = r1\nr2 *= 1", Provenance.Volatile)]
    [TestCase("r2 = r1\nr2 |= 0", Provenance.Volatile)]
    [TestCase("r2 = r1\nr2 &= -8", Provenance.Volatile)]
    [TestCase("r2 = r1\nr2 ^= 0", Provenance.Volatile)]
    [TestCase("r2 = r1\nr2 >>= 0", Provenance.Volatile)]
    [TestCase("r2 = r1\nr2 = -r2", Provenance.Volatile)]
    [TestCase("r2 = r1\nr2 = bswap64 r2", Provenance.Volatile)]
    [TestCase("w2 = w1", Provenance.Volatile, Description = "half a pointer is none")]
    [TestCase("r2 = r1\nw2 += 1", Provenance.Volatile)]
    [TestCase("r2 = r1\nw2 -= w1", Provenance.Volatile)]
    [TestCase("r2 = (s32)r1", Provenance.Volatile)]
    [TestCase("r2 = 5\nr2 += 1", Provenance.Scalar)]
    [TestCase("r2 = r1\nr2 = 5", Provenance.Scalar, Description = "forgotten")]
    [TestCase("r2 = r1\nw2 = 5", Provenance.Scalar)]
    [TestCase("r2 = r1\nr2 = *(u64 *)(r1 + 0)", Provenance.Scalar)]
    public void Provenance_AfterArithmetic_IsWhatTheValueDependsOn(string text, uint expected)
    {
        using TestMachine machine = TestMachine.RunSanitized($"{text}\nr0 = 0\nexit");
        Assert.That(machine.End, Is.EqualTo(RunEnd.Returned));
        Assert.That(machine.Provenance(2), Is.EqualTo(expected));
    }

    [TestCase("r2 = 0x100000000 ll\nr2 += r1\nr0 = *(u8 *)(r2 + 0)", 3, Description = "steps into the next region")]
    [TestCase("r2 = 0x100000000 ll\nr2 += r10\nr0 = *(u8 *)(r2 - 8)", 3)]
    [TestCase("r2 = r1\nr2 -= 1\nr0 = *(u8 *)(r2 + 0)", 2, Description = "below its region is another")]
    [TestCase("r2 = 0x100000000 ll\nr0 = *(u8 *)(r2 + 0)", 2, Description = "a number that happens to be an address")]
    [TestCase("r2 = 0\nr0 = *(u8 *)(r2 + 0)", 1)]
    [TestCase("r2 = r1\nr2 |= 0\nr0 = *(u8 *)(r2 + 0)", 2, Description = "computed with: no pointer any more")]
    [TestCase("r2 = 0x100000000 ll\n*(u8 *)(r2 + 0) = 1", 2)]
    [TestCase("r2 = 0x100000000 ll\nr3 = 1\nlock *(u64 *)(r2 + 0) += r3", 3)]
    [TestCase("r2 = 0x100000000 ll\nr0 = load_acquire((u8 *)(r2 + 0))", 2)]
    [TestCase("r2 = 0x100000001 ll\nr0 = load_acquire((u64 *)(r2 + 0))", 2)]
    [TestCase("r2 = 0x100000001 ll\nstore_release((u64 *)(r2 + 0), r10)", 2)]
    public void Access_ByWhatIsNoPointerIntoTheRegion_IsInvalid(string text, int pc)
    {
        using TestMachine machine = TestMachine.RunSanitized($"{text}\nr0 = 0\nexit");
        Assert.That(machine.End, Is.EqualTo(RunEnd.Faulted(FaultKind.InvalidPointer, pc)));
    }

    [TestCase("r2 = -4\nr0 = *(u64 *)(r2 + 0)", FaultKind.OutOfBoundsLoad, 1, Description = "its last bytes would be at 0")]
    [TestCase("r2 = 0x123456789abcdef0 ll\n*(u8 *)(r2 + 0) = 1", FaultKind.OutOfBoundsStore, 2)]
    [TestCase("r2 = 0x1000000000000000 ll\nr0 = *(u8 *)(r2 + 0)", FaultKind.OutOfBoundsLoad, 2, Description = "a number that happens to be that of a map")]
    [TestCase("r2 = r1\nr3 = 0x1000000000000 ll\nr2 += r3\nr0 = *(u8 *)(r2 + 0)", FaultKind.InvalidPointer, 4, Description = "where a pointer leads depends on where the regions are")]
    public void Access_ByANumberThatLeadsNowhere_IsOutOfBoundsForEverybody(string text, FaultKind fault, int pc)
    {
        using TestMachine machine = TestMachine.RunSanitized($"{text}\nr0 = 0\nexit");
        Assert.That(machine.End, Is.EqualTo(RunEnd.Faulted(fault, pc)));
        Assert.That(machine.VolatileFlowPc, Is.Negative, "every machine finds it");
    }

    [TestCase("r2 = 0\ncall 16", 1, Description = "at the start of its region, before which nothing lies")]
    [TestCase("r1 = r10\nr2 = 0\ncall 16", 2)]
    public void Name_ThatHasNoRoom_IsNotWritten(string text, int pc)
    {
        using TestMachine machine = TestMachine.RunSanitized($"{text}\nr0 = 0\nexit");
        Assert.That(machine.End, Is.EqualTo(RunEnd.Faulted(FaultKind.OutOfBoundsStore, pc)));
    }

    [Test]
    public void Pointer_ThatLeftItsRegionAndCameBack_IsUsable()
    {
        using TestMachine machine = TestMachine.RunSanitized(
            "*(u8 *)(r1 + 3) = 9\nr2 = 0x100000000 ll\nr1 += r2\nr1 -= r2\nr0 = *(u8 *)(r1 + 3)\nexit");
        Assert.That(machine.End, Is.EqualTo(RunEnd.Returned));
        Assert.That(machine.R0, Is.EqualTo(9));
    }

    [TestCase("*(u64 *)(r10 - 8) = r1\nr2 = *(u64 *)(r10 - 8)", PointerToData)]
    [TestCase("*(u64 *)(r1 + 16) = r1\nr2 = *(u64 *)(r1 + 16)", PointerToData, Description = "in memory as well")]
    [TestCase("store_release((u64 *)(r10 - 8), r1)\nr2 = load_acquire((u64 *)(r10 - 8))", PointerToData)]
    [TestCase("*(u64 *)(r10 - 12) = r1\nr2 = *(u64 *)(r10 - 12)", Provenance.Volatile, Description = "not at a multiple of eight")]
    [TestCase("*(u64 *)(r10 - 8) = r1\n*(u8 *)(r10 - 8) = 0\nr2 = *(u64 *)(r10 - 8)", Provenance.Volatile, Description = "partly overwritten")]
    [TestCase("*(u64 *)(r10 - 8) = r1\n*(u8 *)(r10 - 1) = 0\nr2 = *(u64 *)(r10 - 8)", Provenance.Volatile)]
    [TestCase("*(u64 *)(r10 - 8) = r1\n*(u64 *)(r10 - 8) = 5\nr2 = *(u64 *)(r10 - 8)", Provenance.Scalar, Description = "wholly overwritten")]
    [TestCase("*(u64 *)(r10 - 8) = r1\nr2 = *(u32 *)(r10 - 8)", Provenance.Volatile, Description = "half")]
    [TestCase("*(u64 *)(r10 - 8) = r1\nr2 = *(s8 *)(r10 - 8)", Provenance.Volatile)]
    [TestCase("*(u64 *)(r10 - 8) = r1\n*(u64 *)(r10 - 16) = r1\nr2 = *(u64 *)(r10 - 12)", Provenance.Volatile, Description = "halves of two")]
    [TestCase("*(u32 *)(r10 - 8) = r1\n*(u32 *)(r10 - 4) = 0\nr2 = *(u64 *)(r10 - 8)", Provenance.Volatile)]
    [TestCase("*(u64 *)(r10 - 8) = r1\n*(u64 *)(r10 - 8) = r10\nr2 = *(u64 *)(r10 - 8)", 16u + 4, Description = "the later pointer")]
    [TestCase("*(u64 *)(r10 - 8) = r1\nr3 = 0\nr3 = xchg_64(r10 - 8, r3)\nr2 = *(u64 *)(r10 - 8)", Provenance.Volatile)]
    [TestCase("*(u64 *)(r1 + 8) = 5\nr2 = r10\nr2 = xchg_64(r1 + 8, r2)", Provenance.Scalar, Description = "the old value was a number")]
    [TestCase("*(u64 *)(r1 + 8) = 5\nr2 = 1\nr2 = atomic_fetch_add((u64 *)(r1 + 8), r2)", Provenance.Scalar)]
    public void Fill_AfterASpill_KnowsAPointerOnlyWhole(string text, uint expected)
    {
        using TestMachine machine = TestMachine.RunSanitized($"{text}\nr0 = 0\nexit");
        Assert.That(machine.End, Is.EqualTo(RunEnd.Returned));
        Assert.That(machine.Provenance(2), Is.EqualTo(expected));
    }

    [Test]
    public void Fill_OfASpilledPointer_ReachesItsRegion()
    {
        using TestMachine machine = TestMachine.RunSanitized(
            "*(u8 *)(r1 + 5) = 77\n*(u64 *)(r10 - 8) = r1\nr2 = *(u64 *)(r10 - 8)\nr0 = *(u8 *)(r2 + 5)\nexit");
        Assert.That((machine.End, machine.R0), Is.EqualTo((RunEnd.Returned, 77ul)));
    }

    [TestCase("if r1 == 0 goto +0", Description = "no pointer is null")]
    [TestCase("if r1 != 0 goto +0")]
    [TestCase("r3 = r1\nr3 += 8\nif r1 < r3 goto +0", Description = "into one region: as their offsets do")]
    [TestCase("if r1 == r1 goto +0")]
    [TestCase("r3 = r1\nif r1 & r3 goto +0", Description = "an address has bits")]
    [TestCase("if r2 == 64 goto +0")]
    [TestCase("if w2 s> 1 goto +0")]
    [TestCase("r3 = r1\nr3 += 8\nr3 -= r1\nif r3 == 8 goto +0", Description = "a distance is a number")]
    public void Compare_ThatEveryMachineDecidesAlike_IsNoVolatileFlow(string text)
    {
        using TestMachine machine = TestMachine.RunSanitized($"{text}\nr0 = 0\nexit");
        Assert.That(machine.End, Is.EqualTo(RunEnd.Returned));
        Assert.That(machine.VolatileFlowPc, Is.EqualTo(-1));
    }

    [TestCase("if r1 == 5 goto +0", 0, Description = "an address with a number")]
    [TestCase("if r1 > 0 goto +0", 0)]
    [TestCase("if r1 s< 0 goto +0", 0, Description = "the kernel's addresses are negative")]
    [TestCase("if r1 & 1 goto +0", 0)]
    [TestCase("r3 = r1\nr3 += 8\nif r1 & r3 goto +0", 2, Description = "which bits two addresses share")]
    [TestCase("if r2 == r1 goto +0", 0)]
    [TestCase("if r1 == r2 goto +0", 0)]
    [TestCase("if r1 < r10 goto +0", 0, Description = "two regions")]
    [TestCase("if w1 == 0 goto +0", 0, Description = "half a pointer may be zero")]
    [TestCase("r3 = r1\nr3 += 8\nif w1 < w3 goto +0", 2, Description = "halves wrap at different places")]
    [TestCase("call ktime_get_ns\nif r0 > 5 goto +0", 1)]
    [TestCase("call get_prandom_u32\nr0 &= 1\nif r0 == 0 goto +0", 2)]
    [TestCase("call ktime_get_ns\n*(u64 *)(r10 - 8) = r0\nr1 = *(u8 *)(r10 - 8)\nif r1 == 0 goto +0", 3)]
    [TestCase("r6 = r1\ncall get_prandom_u32\nr0 &= 7\nr6 += r0\nr1 = *(u8 *)(r6 + 0)", 4, Description = "an address")]
    [TestCase("r6 = r1\ncall get_prandom_u32\nr0 &= 7\nr6 += r0\n*(u8 *)(r6 + 0) = 1", 4)]
    public void Flow_DecidedByWhatDiffersBetweenMachines_IsMarkedWithItsPc(string text, int pc)
    {
        using TestMachine machine = TestMachine.RunSanitized($"{text}\nr0 = 0\nexit");
        Assert.That(machine.End, Is.EqualTo(RunEnd.Returned));
        Assert.That(machine.VolatileFlowPc, Is.EqualTo(pc));
    }

    [Test]
    public void Flow_MarkedTwice_KeepsTheFirstPc()
    {
        using TestMachine machine = TestMachine.RunSanitized("r0 = 0\nif r1 == 5 goto +0\nif r1 == 6 goto +0\nexit");
        Assert.That(machine.VolatileFlowPc, Is.EqualTo(1));
        machine.Run([]);
        Assert.That(
            machine.VolatileFlowPc,
            Is.EqualTo(-1), "without memory r1 is the number zero, and the next run begins anew");
    }

    [Test]
    public void DataShadow_AfterStores_MarksBytesThatHoldAddresses()
    {
        using TestMachine machine = TestMachine.RunSanitized(
            "*(u64 *)(r1 + 8) = r10\n*(u32 *)(r1 + 17) = r1\n*(u64 *)(r1 + 24) = 3\nr0 = 0\nexit");
        byte[] expected = [.. Enumerable.Repeat(ByteShadow.Scalar, 64)];
        Array.Fill(expected, ByteShadow.Pointer, 8, 8);
        Array.Fill(expected, ByteShadow.Volatile, 17, 4);
        Assert.That(machine.DataShadow, Is.EqualTo(expected));
    }
}
