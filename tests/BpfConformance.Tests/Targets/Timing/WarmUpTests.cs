using BpfConformance.Targets.Timing;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Timing;

internal sealed class WarmUpTests
{
    [TestCase(new[] { 0, 0, 0, 0 }, 3)]
    [TestCase(new[] { 900, 400, 60, 11, 10, 0 }, 5)]
    [TestCase(new[] { 0, 0, 70, 3 }, 4)]
    [TestCase(new[] { 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99 }, 16)]
    public void UntilCompiled_EndsWithTheFirstStretchInWhichNextToNothingIs(int[] compiledInStretch, int stretches)
    {
        var next = new Queue<int>(compiledInStretch);
        long compiled = 1000;

        Assert.That(WarmUp.UntilCompiled(() => compiled += next.Dequeue(), () => compiled), Is.EqualTo(stretches));
    }
}
