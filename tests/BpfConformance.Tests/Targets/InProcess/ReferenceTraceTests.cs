using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.InProcess;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.InProcess;

[TestFixture]
public sealed class ReferenceTraceTests
{
    private static ExecutionTrace Trace(string code, string memory, ExecutionTrace? into = null)
    {
        TestCase test = VectorReader.Read($"-- asm\n{code}\n-- memory\n{memory}\n-- result\n0\n", "x", "x");
        ExecutionTrace trace = into ?? new ExecutionTrace();
        using var reference = new ReferenceTarget();
        Assert.That(reference.Trace(test.ToRequest(), [.. test.Inputs.Select(input => input.ForRun)], test.ContextBytes, trace), Is.True);
        return trace;
    }

    [Test]
    public void Trace_Run_HasTheStateBeforeEachInstruction()
    {
        ExecutionTrace trace = Trace("r0 = *(u8 *)(r1 + 0)\nr3 = r1\nr0 += 2\nexit", "05");

        Assert.That(trace.Runs, Is.EqualTo(new[] { new TracedRun(Input: 0, Program: 0, First: 0, Count: 4) }));
        Assert.That(Enumerable.Range(0, 4).Select(step => trace[step].Pc), Is.EqualTo(new[] { 0, 1, 2, 3 }));
        Assert.That(Enumerable.Range(1, 3).Select(step => trace.Registers(step)[0]), Is.EqualTo(new ulong[] { 5, 5, 7 }));
        Assert.That(trace[0], Is.EqualTo(new TracedStep(Pc: 0, Depth: 0, Numbers: 0b100, Unset: 0b011_1111_1001)));
        Assert.That(trace[3], Is.EqualTo(new TracedStep(Pc: 3, Depth: 0, Numbers: 0b101, Unset: 0b011_1111_0000)));
    }

    [Test]
    public void Trace_Function_IsOneDeeper()
    {
        ExecutionTrace trace = Trace("r1 = 1\ncall f\nexit\nf:\nr0 = r1\nexit", "05");

        Assert.That(Enumerable.Range(0, 5).Select(step => (trace[step].Pc, trace[step].Depth)), Is.EqualTo(new[] { (0, 0), (1, 0), (3, 1), (4, 1), (2, 0) }));
    }

    [Test]
    public void Trace_LongRun_IsKeptFromItsStart()
    {
        ExecutionTrace trace = Trace("r0 = 100\nagain:\nr0 += -1\nif r0 != 0 goto again\nexit", "05", new ExecutionTrace(stepsKept: 7));

        Assert.That(trace.Runs.Single().Count, Is.EqualTo(7));
        Assert.That(trace[6].Pc, Is.EqualTo(2));
    }

    [Test]
    public void Trace_NextCase_TakesThePlaceOfTheOneBefore()
    {
        ExecutionTrace trace = Trace("r0 = 1\nexit", "05");
        Trace("r0 = 2\nr0 += 1\nexit", "05", trace);

        Assert.That(trace.Runs, Is.EqualTo(new[] { new TracedRun(0, 0, 0, 3) }));
        Assert.That(trace.Registers(2)[0], Is.EqualTo(3ul));
    }
}
