using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine;

internal sealed class ObservationBatchTests
{
    [Test]
    public void Materialize_ARunOfWhichNothingWasSeen_HasNothing()
    {
        var batch = new ObservationBatch();
        batch.Reset(count: 1, dataBytes: 4);

        Outcome outcome = batch.Materialize(0);

        Assert.Multiple(() =>
        {
            Assert.That(outcome.R0, Is.Null);
            Assert.That(outcome.Registers, Is.Null);
            Assert.That(outcome.Data, Is.Null);
            Assert.That(outcome.Instructions, Is.Null);
            Assert.That(outcome.Fault, Is.Null);
        });
    }

    [TestCase(FaultKind.OutOfBoundsLoad, FaultKind.OutOfBoundsStore, true)]
    [TestCase(FaultKind.InvalidPointer, FaultKind.UninitializedStack, true)]
    [TestCase(FaultKind.InvalidPointer, FaultKind.OutOfBoundsLoad, false, Description = "only who tracks pointers can tell")]
    [TestCase(FaultKind.MisalignedAtomic, FaultKind.InvalidPointer, false)]
    public void Agrees_FaultsOfTwoKinds_DifferWhereBothMachinesTellThem(FaultKind left, FaultKind right, bool differ)
    {
        ObservationBatch[] batches = [new(), new()];
        foreach (ObservationBatch batch in batches) batch.Reset(count: 1, dataBytes: 0);
        batches[0][0] = Observation.Nothing with { Status = ExecutionStatus.Faulted, Fault = left, FaultPc = 1 };
        batches[1][0] = Observation.Nothing with { Status = ExecutionStatus.Faulted, Fault = right, FaultPc = 1 };

        Assert.That(batches[0].Agrees(0, batches[1], Mask.Everything), Is.Not.EqualTo(differ));
    }

    [Test]
    public void Materialize_ARunWithData_HasAsMuchAsWasSeen()
    {
        var batch = new ObservationBatch();
        batch.Reset(count: 2, dataBytes: 4);
        batch[1].DataLength = 2;
        batch.Data(1)[0] = 0xab;

        Assert.That(batch.Materialize(1).Data!.Value.ToArray(), Is.EqualTo(new byte[] { 0xab, 0 }));
    }
}
