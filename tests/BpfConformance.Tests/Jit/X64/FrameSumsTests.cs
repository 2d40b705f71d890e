using BpfConformance.Abi.Instructions;
using BpfConformance.Jit;
using BpfConformance.Jit.X64;
using NUnit.Framework;
using Assembler = BpfConformance.Loading.Assembly.Assembler;

namespace BpfConformance.Tests.Jit.X64;

/// <summary>What is known to be r10 and a number, and what is guessed to point into the stack, after some instructions.</summary>
internal sealed class FrameSumsTests
{
    [TestCase("r2 = r10", "r2 = 0")]
    [TestCase("r2 = r10\nr2 += -8\nr3 = r2\nr3 -= 8", "r2 = -8, r3 = -16")]
    [TestCase("r2 = r10\nr2 += 1000000000", "r2 = 1000000000")]
    [TestCase("r2 = r10\nr2 += 1000000000\nr2 += 1000000000", "", Description = "too far for a displacement")]
    [TestCase("r2 = r10\nr2 += -1000000000\nr2 += -1000000000", "")]
    [TestCase("r2 = r10\nr2 += r4\nr2 += 16", "r2 = 16 + r4")]
    [TestCase("r2 = r10\nr2 += r4\nr2 += r5", "", Description = "two others")]
    [TestCase("r2 = r10\nr2 += r4\nr4 += 1", "", Description = "the other is another now")]
    [TestCase("r2 = r10\nr2 += r4\nr5 += 1", "r2 = 0 + r4")]
    [TestCase("r2 = r10\nr2 += r4\nr3 = r2\nr2 = 0", "r3 = 0 + r4")]
    [TestCase("r2 = r10\nr2 += r3\nr3 = r2", "", Description = "it would be a sum with itself")]
    [TestCase("r2 = r10\nr2 += r2", "")]
    [TestCase("r2 = r10\nr2 += r10", "")]
    [TestCase("r2 = r10\nr2 = r3", "")]
    [TestCase("r2 = (s32)r10", "")]
    [TestCase("w2 = w10", "")]
    [TestCase("r2 = r10\nw2 += 8", "")]
    [TestCase("r2 = r10\nr2 *= 2", "")]
    [TestCase("r2 = r10\nr6 = r10\ncall 7", "r6 = 0")]
    [TestCase("r2 = r10\nr2 = xchg_64(r3 + 0, r2)", "")]
    public void Sums_AfterInstructions_AreThoseThatHold(string text, string expected)
    {
        var sums = default(FrameSums);
        foreach (Instruction instruction in Assembler.Assemble(text).Instructions) sums.Follow(instruction, RegisterEffects.Of(instruction).Writes);

        var found = from register in Enumerable.Range(0, (int)Register.R10)
                    let sum = sums.Of((Register)register)
                    where sum is not null
                    select $"r{register} = {sum.Value.Offset}{(sum.Value.Index is { } index ? $" + r{(int)index}" : string.Empty)}";
        Assert.That(string.Join(", ", found), Is.EqualTo(expected));
        Assert.That(sums.Of(Register.R10), Is.EqualTo(new FrameSum(0, null)));
    }

    [Test]
    public void Forget_AllSums_LeavesR10()
    {
        var sums = default(FrameSums);
        Instruction copy = Assembler.Assemble("r2 = r10").Instructions[0];
        sums.Follow(copy, RegisterEffects.Of(copy).Writes);
        Assert.That(sums.Of(Register.R2), Is.EqualTo(new FrameSum(0, null)));

        sums.Forget();

        Assert.That((sums.Of(Register.R2), sums.Of(Register.R10)), Is.EqualTo(((FrameSum?)null, (FrameSum?)new FrameSum(0, null))));
    }

    [TestCase("r2 = r10", "2 10")]
    [TestCase("r2 = r10\nr2 += -8\nr3 = r2\nr3 -= 8", "2 3 10")]
    [TestCase("r2 = r10\nr2 += r4", "2 10")]
    [TestCase("r4 += r10", "4 10")]
    [TestCase("r2 = r10\nr2 += r2", "2 10")]
    [TestCase("r2 = r10\nr2 = r3", "10")]
    [TestCase("r2 = r10\nr2 = 5", "10")]
    [TestCase("r2 = (s32)r10", "10")]
    [TestCase("w2 = w10", "10")]
    [TestCase("r2 = r10\nw2 += 8", "10")]
    [TestCase("r2 = r10\nr2 *= 2", "10")]
    [TestCase("r2 = r10\nr2 = *(u64 *)(r10 - 8)", "10")]
    [TestCase("r2 = r10\n*(u64 *)(r10 - 8) = r2", "2 10")]
    [TestCase("r2 = r10\nr6 = r10\ncall 7", "6 10")]
    public void Guesses_AfterInstructions_AreCopiesAndSums(string text, string expected)
    {
        var pointers = default(StackPointers);
        pointers.Begin();
        foreach (Instruction instruction in Assembler.Assemble(text).Instructions) pointers.Follow(instruction, RegisterEffects.Of(instruction));

        Assert.That(string.Join(' ', Enumerable.Range(0, MachineLimits.RegisterCount).Where(r => pointers.MayBe((Register)r))), Is.EqualTo(expected));
    }
}
