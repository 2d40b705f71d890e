using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Jit;
using BpfConformance.Loading.Assembly;
using BpfConformance.Runtime.Execution;
using BpfConformance.Tests.Interpreter;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit;

/// <summary>What is passed to programs, functions and helpers, and what is not even loaded.</summary>
[TestFixtureSource(typeof(Engine), nameof(Engine.Compilers))]
internal sealed class CallTests(Compiler compiler)
{
    /// <summary>strtol of "12".</summary>
    private const string Parse = "*(u64 *)(r10 - 16) = 0x3231\nr1 = r10\nr1 += -16\nr2 = 8\nr3 = 10\nr4 = r10\nr4 += -8\n{0}\nr0 = *(u64 *)(r10 - 8)\nexit";

    [SetUp]
    public void NeedTheCompiler()
    {
        if (compiler.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    [TestCase("r0 = r2\nexit", 64ul, Description = "the program: how much memory there is")]
    [TestCase("r1 = 1\nr2 = 2\nr3 = 3\nr4 = 4\nr5 = 5\ncall f\nexit\nf:\nr0 = r1\nr0 *= 10\nr0 += r2\nr0 *= 10\nr0 += r3\nr0 *= 10\nr0 += r4\nr0 *= 10\nr0 += r5\nexit", 12345ul)]
    public void Arguments_OfProgramsAndFunctions_ArriveInOrder(string text, ulong expected) => AssertReturns(text, expected);

    [TestCase("call 105")]
    [TestCase("r6 = 105\ncallx r6")]
    public void Arguments_OfHelpers_Arrive(string call) => AssertReturns(Parse.Replace("{0}", call, StringComparison.Ordinal), 12);

    [TestCase("r6 = 99999")]
    [TestCase("r6 = 0x100000069 ll", Description = "105 in its low half")]
    public void HelperThatIsNone_CalledByRegister_Faults(string number)
    {
        using var machine = new CompiledMachine(compiler, $"{number}\ncallx r6\nexit");
        RunEnd end = machine.Run();
        Assert.That((end.Status, end.Fault), Is.EqualTo((RunStatus.Faulted, FaultKind.UnknownHelper)));
    }

    [TestCase("r1 = map_by_idx(3) ll\nexit", ReasonClass.InvalidMapReference)]
    [TestCase("goto -2\nexit", ReasonClass.JumpOutOfRange)]
    [TestCase("r1 = map_by_idx(3) ll\ngoto -9\nexit", ReasonClass.JumpOutOfRange, Description = "how it is made comes before what it names")]
    public void Load_OfWhatIsWrong_SaysWhy(string text, ReasonClass reason)
    {
        Instruction[] program = [.. Assembler.Assemble(text).Instructions];

        using IMachineProgram? loaded = compiler.With(JitOptions.Checked)(program, [], ProgramType.Unspecified, 64, out ValidationError? error);

        Assert.That((loaded, error?.Reason), Is.EqualTo(((IMachineProgram?)null, reason)));
    }

    private void AssertReturns(string text, ulong expected)
    {
        using var machine = new CompiledMachine(compiler, text);
        Assert.That((machine.Run(), machine.R0), Is.EqualTo((RunEnd.Returned, expected)));
    }
}
