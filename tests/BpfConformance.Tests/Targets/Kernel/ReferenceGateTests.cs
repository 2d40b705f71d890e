using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.InProcess;
using BpfConformance.Targets.Kernel;
using NUnit.Framework;
using static BpfConformance.Tests.Targets.Kernel.Slots;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>The kernel behind its real gate: both run the same twin, and what both see is the same.</summary>
[TestFixture]
internal sealed class ReferenceGateTests
{
    private static IEnumerable<TestCaseData> Programs()
    {
        yield return Row("arithmetic", Slot(0x79, 0, 1), Slot(0x79, 6, 1, 8), Slot(0x0f, 0, 6), Slot(0x27, 0, 0, 0, 3), Copy(9, 0), Exit);
        yield return Row("store", Slot(0x61, 3, 1, 4), Slot(0xdc, 3, 0, 0, 32), Slot(0x63, 1, 3, 8), Move(0, 1), Exit);
        yield return Row("two exits", Slot(0x79, 7, 1), Move(0, 1), Slot(0x15, 7, 0, 1), Exit, Move(0, 2), Exit);
        yield return Row("functions", CallLocal(2), Slot(0x07, 0, 0, 0, 1), Exit, Slot(0x79, 0, 1, 8), Exit);
        yield return Row("stack", Slot(0x79, 3, 1), Slot(0x7b, 10, 3, -16), Slot(0x71, 0, 10, -15), Exit);
        yield return Row("atomic", Slot(0x79, 3, 1, 8), Slot(0xdb, 1, 3, 0, 1), Copy(0, 3), Exit);
    }

    [TestCaseSource(nameof(Programs))]
    public void Run_BehindTheReference_AgreesWithIt(Instruction[] program)
    {
        if (KernelTarget.WhyUnavailable() is { } reason) Assert.Ignore(reason);
        using var reference = new ReferenceTarget();
        using var kernel = KernelTarget.Create(reference);
        LoadRequest request = Request(program, dataBytes: 16);
        RunInput[] inputs = [.. new byte[] { 0, 1, 0x7f, 0x80, 0xff }.Select(fill => new RunInput(Enumerable.Repeat(fill, 16).ToArray()))];

        Outcome[] expected = Run(reference, request, inputs);
        Outcome[] seen = Run(kernel, request, inputs);

        Assert.Multiple(() =>
        {
            Assert.That(seen.Select(outcome => outcome.Reason), Is.All.Empty);
            Assert.That(seen.Select(outcome => outcome.R0), Is.EqualTo(expected.Select(outcome => outcome.R0)));
            Assert.That(
                seen.Select(outcome => Convert.ToHexString(outcome.Data!.Value.Span)),
                Is.EqualTo(expected.Select(outcome => Convert.ToHexString(outcome.Data!.Value.Span))));
        });
    }

    [Test]
    public void Run_UnwrittenStack_DoesNotReachTheKernel()
    {
        if (KernelTarget.WhyUnavailable() is { } reason) Assert.Ignore(reason);
        using var reference = new ReferenceTarget();
        using var kernel = KernelTarget.Create(reference);

        Outcome outcome = Run(kernel, Request([Slot(0x79, 0, 10, -8), Exit], 8), [new RunInput(new byte[8])])[0];

        Assert.That((outcome.Status, outcome.Reason), Is.EqualTo(
            (ExecutionStatus.Inconclusive, "not run: reference Faulted (UninitializedStack) at pc 0")));
    }

    private static Outcome[] Run(IExecutionTarget target, LoadRequest request, RunInput[] inputs)
    {
        LoadResult loaded = target.Load(request);
        Assert.That(loaded.Verdict, Is.EqualTo(Verdict.Accepted));
        using ILoadedProgram program = loaded.Program!;
        var batch = new ObservationBatch();
        batch.Reset(inputs.Length, request.DataBytes);
        program.Run(inputs, batch);
        return [.. Enumerable.Range(0, inputs.Length).Select(batch.Materialize)];
    }

    private static TestCaseData Row(string name, params Instruction[] program) =>
        new TestCaseData([program]).SetArgDisplayNames(name);
}
