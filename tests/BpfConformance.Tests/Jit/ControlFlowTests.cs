using BpfConformance.Abi.Instructions;
using BpfConformance.Jit;
using NUnit.Framework;
using Assembler = BpfConformance.Loading.Assembly.Assembler;

namespace BpfConformance.Tests.Jit;

/// <summary>Blocks and functions of programs.</summary>
internal sealed class ControlFlowTests
{
    [TestCase("r0 = 0\nexit", "0", "0", true, false)]
    [TestCase("r0 = 5 ll\nexit", "0", "0", true, false)]
    [TestCase("if r1 == 0 goto +1\nr0 = 1\nexit", "0 1 2", "0", true, false)]
    [TestCase("again:\nr0 += 1\nif r0 != 9 goto again\nexit", "0 2", "0", true, true)]
    [TestCase("again:\nif r0 != 9 goto again\nif r1 == 0 goto +0\nif r1 == 0 goto +0\nexit", "0 1 2 3", "0", true, true)]
    [TestCase("r0 = 1\nagain:\nif r0 != 9 goto again\nagain2:\nif r1 != 9 goto again2\nexit", "0 1 2 3", "0", true, true)]
    [TestCase("call f\nexit\nf:\nr0 = 1\nexit", "0 1 2", "0 2", true, false)]
    [TestCase("call f\nexit\nf:\nagain:\nr0 += 1\nif r0 != 9 goto again\nexit", "0 1 2 4", "0 2", true, true, Description = "to its own first")]
    [TestCase("call f\nexit\nf:\nr0 = 1\nif r1 == 0 goto out\nexit\nout:\nexit", "0 1 2 4 5", "0 2", true, false)]
    [TestCase("again:\nr0 = 1\ncall f\nexit\nf:\ngoto again", "0 2 3", "0 3", false, true, Description = "into another function")]
    [TestCase("goto over\nback:\nexit\nover:\ncall f\nexit\nf:\ngoto back", "0 1 2 3 4", "0 4", false, true)]
    [TestCase("call f\nf:\nr0 = 1\nexit", "0 1", "0 1", false, false, Description = "falls into it")]
    [TestCase("r0 = 1\ncall f\nr1 = 5 ll\nf:\nr0 = 1\nexit", "0 2 4", "0 4", false, false)]
    [TestCase("r2 = code_addr(f) ll\ncall 181\nexit\nf:\nr0 = 1\nexit", "0 3 4", "0 4", true, false)]
    [TestCase("r2 = code_addr(f) ll\ncall 182\nexit\nf:\nr0 = 1\nexit", "0 4", "0 4", true, false)]
    [TestCase("start:\nif r1 == 0 goto end\ncall start\nend:\nexit", "0 1 2", "0 0", false, false, Description = "calls itself")]
    public void Program_Analysed_HasTheseBlocksAndFunctions(string text, string leaders, string functions, bool isStructured, bool hasLoops)
    {
        Instruction[] program = [.. Assembler.Assemble(text).Instructions];
        var flow = new ControlFlow(program);

        Assert.That(string.Join(' ', Enumerable.Range(0, program.Length).Where(flow.IsLeader)), Is.EqualTo(leaders));
        Assert.That(string.Join(' ', flow.Functions), Is.EqualTo(functions));
        Assert.That((flow.IsStructured, flow.HasLoops), Is.EqualTo((isStructured, hasLoops)));
    }

    [TestCase("r0 = 1\nexit\nr0 = 2\nexit", "0 2", true, "0 1 2 3")]
    [TestCase("r0 = 1\nexit\ncall f\nexit\nf:\nexit", "0 2 4", true, "0 1 2 3")]
    [TestCase("call f\nf:\nexit\ncall g\nexit\ng:\nexit", "0 1 2 4", false, "0 1 2 3 4")]
    [TestCase("r0 = 1\nexit\nagain:\ncall again\nexit", "0 2 2", false, "0 1 2 3")]
    public void SecondProgram_AtPc2_BeginsAFunctionThatNobodyCalls(string text, string functions, bool isStructured, string own)
    {
        Instruction[] program = [.. Assembler.Assemble(text).Instructions];
        var flow = new ControlFlow(program, 2);

        Assert.That(string.Join(' ', flow.Functions), Is.EqualTo(functions));
        Assert.That(flow.IsStructured, Is.EqualTo(isStructured));
        Assert.That((flow.IsTarget(2), flow.IsLeader(2)), Is.EqualTo((true, true)));
        Assert.That(string.Join(' ', Enumerable.Range(0, program.Length).Where(flow.IsOfProgram)), Is.EqualTo(own));
    }

    [TestCase("if r0 > 9 goto +1\ngoto +0\nexit", true)]
    [TestCase("if w0 > 9 goto +1\ngotol +0\nexit", true)]
    [TestCase("if r0 > 9 goto +2\ngoto +1\nr0 = 1\nexit", false)]
    [TestCase("if r0 > 9 goto +1\nr0 = 1\nexit", false)]
    [TestCase("goto +1\ngoto +0\nexit", false)]
    [TestCase("gotol +1\ngoto +0\nexit", false)]
    [TestCase("may_goto +1\ngoto +0\nexit", false)]
    [TestCase("call pc+1\ngoto +0\nexit", false)]
    public void Condition_OverAJump_IsSeen(string text, bool isOver) =>
        Assert.That(new ControlFlow([.. Assembler.Assemble(text).Instructions]).IsOverJump(0), Is.EqualTo(isOver));
}
