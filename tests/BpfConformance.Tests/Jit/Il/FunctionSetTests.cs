using BpfConformance.Abi.Instructions;
using BpfConformance.Jit.Il;
using NUnit.Framework;
using Assembler = BpfConformance.Loading.Assembly.Assembler;

namespace BpfConformance.Tests.Jit.Il;

/// <summary>The functions of programs, and that shared code is not copied without end.</summary>
internal sealed class FunctionSetTests
{
    [TestCase(200, true, Description = "20 thousand copies")]
    [TestCase(500, false, Description = "125 thousand")]
    public void Functions_ThatAllGoOnInTheNext_AreSoManyCopiesAtMost(int functions, bool areTaken)
    {
        string calls = string.Concat(Enumerable.Range(0, functions).Select(n => $"call f{n}\n"));
        string bodies = string.Concat(Enumerable.Range(0, functions).Select(n => $"f{n}:\nr0 = {n}\n"));
        Instruction[] program = [.. Assembler.Assemble($"{calls}exit\n{bodies}exit").Instructions];

        Assert.That(FunctionSet.Of(program)?.All.Count(), Is.EqualTo(areTaken ? functions + 1 : null));
    }
}
