using BpfConformance.Abi.Instructions;
using BpfConformance.Jit;
using BpfConformance.Jit.X64;
using NUnit.Framework;
using Assembler = BpfConformance.Loading.Assembly.Assembler;

namespace BpfConformance.Tests.Jit.X64;

/// <summary>What functions keep on the host's stack.</summary>
internal sealed class FramePlanTests
{
    [TestCase("r0 = 1", "", false, false)]
    [TestCase("r6 = 1\nr9 = 5 ll\nr0 = r9", "6 9", false, false)]
    [TestCase("r0 = r7", "", false, false)]
    [TestCase("may_goto +0\nr0 = 1", "", true, false)]
    [TestCase("may_goto +0\nmay_goto +0", "", true, false)]
    [TestCase("r8 = *(u64 *)(r10 - 8)", "8", false, true)]
    [TestCase("r2 = r10\nr0 = 5", "", false, true)]
    [TestCase("call 7\nr0 = 1", "", false, true)]
    [TestCase("call 7\ncall 7", "", false, true)]
    [TestCase("callx r6", "", false, true)]
    public void Frame_OfAFunction_HasWhatItNeeds(string function, string saved, bool countsMayGoto, bool needsFrame)
    {
        Instruction[] program = [.. Assembler.Assemble($"call f\nexit\nf:\n{function}\nexit").Instructions];
        var liveness = new Liveness();
        liveness.Compute(program, new ControlFlow(program), RegisterEffects.All);

        var plan = FramePlan.Of(program, liveness, start: 2, program.Length);

        Assert.That((RegisterMask.Names(plan.Saved), plan.CountsMayGoto, plan.NeedsFrame), Is.EqualTo((saved, countsMayGoto, needsFrame)));
    }
}
