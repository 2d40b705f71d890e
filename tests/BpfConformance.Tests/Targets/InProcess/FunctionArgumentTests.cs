using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.InProcess;

/// <summary>What programs at functions are told that no two kernels need tell them alike.</summary>
[TestFixture("reference")]
[TestFixture("il")]
[TestFixture("x64")]
internal sealed class FunctionArgumentTests(string target)
{
    [TestCase("tracing", "trace_fentry", "0x100000000", true)]
    [TestCase("tracing", "trace_fentry", "0x100000002", false, Description = "of which there is no argument")]
    [TestCase("tracing", "modify_return", "0x100000000", true)]
    [TestCase("tracing", "modify_return", "0x100000001", false, Description = "which is what the program before has returned")]
    [TestCase("lsm", "lsm_mac", "0x100000000", false)]
    public void Run_WithAnIndexOfMoreThan32Bits_IsOpenWhereTheVerifierReplacesTheCall(string type, string attach, string index, bool isOpen) =>
        Assert.That(Run(type, attach, "07000000000000000000000000000000", $"r2 = {index} ll\nr3 = r10\nr3 += -8\ncall get_func_arg\n"), Is.EqualTo(isOpen ? ExecutionStatus.Inconclusive : ExecutionStatus.Returned));

    [Test]
    public void Run_ThatAsksForTheAddressOfTheFunction_IsOpen() =>
        Assert.That(Run("tracing", "trace_fentry", "", "call get_func_ip\n"), Is.EqualTo(ExecutionStatus.Inconclusive));

    [TestCase("trace_fentry", "", ExecutionStatus.Faulted)]
    [TestCase("trace_fentry", "00000000000000", ExecutionStatus.Faulted)]
    [TestCase("trace_fexit", "", ExecutionStatus.Returned)]
    [TestCase("trace_fexit", "00000000000000", ExecutionStatus.Returned)]
    public void Run_WithLessThanAnArgument_FindsWhatIsReturnedAlone(string attach, string context, ExecutionStatus expected) =>
        Assert.That(Run("tracing", attach, context, "r2 = r10\nr2 += -8\nr6 = r1\ncall get_func_ret\nr0 = *(u64 *)(r6 + 0)\n"), Is.EqualTo(expected));

    /// <summary>Only a sanitised run knows.</summary>
    [TestCase("r1 = r6\nr2 = 9\nr3 = r10\nr3 += -8\ncall get_func_arg\n")]
    [TestCase("r1 = r6\nr2 = r10\nr2 += -8\ncall get_func_ret\n")]
    public void Run_AfterACallThatFailed_FindsWhatWasThere(string call)
    {
        string branch = "r0 = *(u64 *)(r10 - 8)\nif r0 == 5 goto +0\n";

        ExecutionStatus number = Run("tracing", "trace_fentry", "", $"r6 = r1\n*(u64 *)(r10 - 8) = 5\n{call}{branch}");
        ExecutionStatus nothing = Run("tracing", "trace_fentry", "", $"r6 = r1\n{call}{branch}");

        Assert.That((number, nothing), Is.EqualTo((ExecutionStatus.Returned, target == "reference" ? ExecutionStatus.Inconclusive : ExecutionStatus.Returned)));
    }

    [Test]
    public void Run_WithMoreThanTwelveArguments_HasTwelve() =>
        Assert.That(Run("tracing", "trace_fentry", new string('0', 208), "r0 = *(u64 *)(r1 + 96)\n"), Is.EqualTo(ExecutionStatus.Faulted));

    private ExecutionStatus Run(string type, string attach, string context, string asm)
    {
        TargetEntry entry = TargetRegistry.All.Single(entry => entry.Name == target);
        if (entry.WhyUnavailable() is { } reason) Assert.Ignore(reason);
        using IExecutionTarget machine = entry.Create();
        TestCase test = VectorReader.Read($"-- type\n{type}\n-- attach\n{attach}\n-- asm\n{asm}r0 = 0\nexit\n-- result\n0\n", "hooks/x.vector", "x.vector");
        using ILoadedProgram program = machine.Load(test.ToRequest()).Program!; // each of them loads
        var seen = new ObservationBatch();
        seen.Reset(1, dataBytes: 0);
        program.Run([test.Inputs[0].ForRun with { Context = Convert.FromHexString(context) }], seen);
        return seen[0].Status;
    }
}
