using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Jit;
using BpfConformance.Jit.Il;
using NUnit.Framework;
using Assembler = BpfConformance.Loading.Assembly.Assembler;

namespace BpfConformance.Tests.Jit.Il;

/// <summary>Programs of .NET's own compiler, whose memory its collector frees.</summary>
internal sealed class SoakTests
{
    [SetUp]
    public void NeedTheCompiler()
    {
        if (IlProgram.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    [Test]
    public void LoadRunUnload_ManyTimes_LeavesNoMemoryBehind()
    {
        const int Programs = 3000;
        Soak(Programs);
        long before = Collected();
        Soak(Programs);
        long growth = Collected() - before;
        TestContext.Out.WriteLine($"{growth / 1024} KiB more after {Programs} programs");
        Assert.That(growth, Is.LessThan(24 << 20), "a program that stays costs 10 KiB or more");
    }

    private static void Soak(int programs)
    {
        ReadOnlySpan<Instruction> slots =
            Assembler.Assemble("r6 = r1\nr0 = *(u64 *)(r6 + 8)\ncall f\nr0 += 1\nexit\nf:\n*(u64 *)(r10 - 8) = 1\nr0 = 7\nexit").Instructions.AsSpan();
        for (int n = 0; n < programs; n++)
        {
            using IlProgram program = IlProgram.TryLoad(new BpfProgram([.. slots]), [], dataBytes: 64, JitOptions.Checked, out _)!; // it is valid
            program.Prepare(new byte[64], 1000);
            program.RunPrepared();
            if (program.Executed(1000) != 8) Assert.Fail("a program ran wrong");
        }
    }

    private static long Collected()
    {
        for (int round = 0; round < 3; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return Environment.WorkingSet;
    }
}
