using BpfConformance.Targets.Timing;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Timing;

internal sealed class WarmUpTests
{
    [TestCase(new double[] { 9, 9, 9, 9 }, 3)]
    [TestCase(new double[] { 1, 2, 3, 4, 4.1, 8 }, 5)]
    [TestCase(new double[] { 5, 4, 3, 9 }, 3)]
    [TestCase(new double[] { 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536 }, 16)]
    public void UntilSteady_EndsWithTheFirstStretchThatIsNotFaster(double[] rates, int stretches)
    {
        var next = new Queue<double>(rates);

        Assert.That(WarmUp.UntilSteady(next.Dequeue), Is.EqualTo(stretches));
    }
}
