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
