using BpfConformance.Abi.Instructions;
using BpfConformance.Jit;
using BpfConformance.Loading.Assembly;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit;

/// <summary>What instructions read and write, one of each kind.</summary>
internal sealed class RegisterEffectsTests
{
    [TestCase("r1 = r2", "2", "1")]
    [TestCase("r1 = 5", "", "1")]
    [TestCase("r1 = (s8)r2", "2", "1")]
    [TestCase("r1 = 5 ll", "", "1")]
    [TestCase("r1 += r2", "1 2", "1")]
    [TestCase("w1 s>>= w2", "1 2", "1")]
    [TestCase("r1 += 5", "1", "1")]
    [TestCase("r1 = -r1", "1", "1")]
    [TestCase("r1 = be16 r1", "1", "1")]
    [TestCase("r1 = le32 r1", "1", "1")]
    [TestCase("r1 = bswap64 r1", "1", "1")]
    [TestCase("r1 = *(u8 *)(r2 + 0)", "2", "1")]
    [TestCase("r1 = *(s32 *)(r2 + 0)", "2", "1")]
    [TestCase("*(u8 *)(r2 + 0) = r1", "1 2", "")]
    [TestCase("*(u8 *)(r2 + 0) = 1", "2", "")]
    [TestCase("lock *(u64 *)(r2 + 0) += r1", "1 2", "")]
    [TestCase("lock *(u32 *)(r2 + 0) |= r1", "1 2", "")]
    [TestCase("lock *(u64 *)(r2 + 0) &= r1", "1 2", "")]
    [TestCase("lock *(u64 *)(r2 + 0) ^= r1", "1 2", "")]
    [TestCase("r1 = atomic_fetch_add((u64 *)(r2 + 0), r1)", "1 2", "1")]
    [TestCase("w1 = atomic_fetch_or((u32 *)(r2 + 0), w1)", "1 2", "1")]
    [TestCase("r1 = atomic_fetch_and((u64 *)(r2 + 0), r1)", "1 2", "1")]
    [TestCase("r1 = atomic_fetch_xor((u64 *)(r2 + 0), r1)", "1 2", "1")]
    [TestCase("r1 = xchg_64(r2 + 0, r1)", "1 2", "1")]
    [TestCase("r0 = cmpxchg_64(r2 + 0, r0, r1)", "0 1 2", "0")]
    [TestCase("r1 = load_acquire((u32 *)(r2 + 0))", "2", "1")]
    [TestCase("store_release((u32 *)(r2 + 0), w1)", "1 2", "")]
    [TestCase("r0 = *(u8 *)skb[3]", "6", "0 1 2 3 4 5")]
    [TestCase("r0 = *(u16 *)skb[r7 + 3]", "6 7", "0 1 2 3 4 5")]
    [TestCase("call 7", "1 2 3 4 5 10", "0 1 2 3 4 5")]
    [TestCase("callx r6", "1 2 3 4 5 6 10", "0 1 2 3 4 5")]
    [TestCase("call pc+0", "1 2 3 4 5 10", "0 1 2 3 4 5")]
    [TestCase("exit", "0", "")]
    [TestCase("goto +0", "", "")]
    [TestCase("may_goto +0", "", "")]
    [TestCase("if r1 > r2 goto +0", "1 2", "")]
    [TestCase("if w1 & 3 goto +0", "1", "")]
    public void Effects_OfAnInstruction_AreItsRegisters(string text, string reads, string writes)
    {
        Instruction instruction = Assembler.Assemble(text).Instructions[0];

        var effects = RegisterEffects.Of(instruction);

        Assert.That((RegisterMask.Names(effects.Reads), RegisterMask.Names(effects.Writes)), Is.EqualTo((reads, writes)));
    }
}
