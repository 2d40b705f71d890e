using System.Collections.Concurrent;
using BpfConformance.Jit.X64;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit.X64;

/// <summary>What the watchdog knows of runs.</summary>
internal sealed class WatchdogTests
{
    [SetUp]
    public void NeedTheProcessor()
    {
        if (X64Program.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    [Test]
    public void Run_ThatTakesLongerThanItsLimit_IsTheOneThatIsLate()
    {
        var seat = new Watchdog.Seat(thread: 1, number: 7);
        Assert.That(seat.LateRun(), Is.Null, "before any run");

        seat.Enter(TimeSpan.Zero);
        Assert.That(seat.LateRun(), Is.Null, "seen for the first time");
        Thread.Sleep(millisecondsTimeout: 1);
        Assert.That(seat.LateRun(), Is.EqualTo(seat.Run));

        seat.Leave();
        Assert.That(seat.LateRun(), Is.Null, "it is over");
        Thread.Sleep(millisecondsTimeout: 1);
        Assert.That(seat.LateRun(), Is.Null, "and stays so");
    }

    [Test]
    public void Run_WithinItsLimit_IsNotLateAndNeitherIsTheNext()
    {
        var limit = TimeSpan.FromSeconds(10);
        var seat = new Watchdog.Seat(thread: 1, number: 7);
        seat.Enter(TimeSpan.Zero);
        Assert.That(seat.LateRun(), Is.Null);
        Thread.Sleep(millisecondsTimeout: 1);
        Assert.That(seat.LateRun(), Is.Not.Null);
        for (int run = 0; run < 3; run++)
        {
            seat.Enter(limit);
            Assert.That(seat.LateRun(), Is.Null, "seen for the first time");
            Assert.That(seat.LateRun(), Is.Null, "its time counts from then on, not from a run before");
        }
    }

    [Test]
    public void Runs_OfSeveralThreads_HaveNumbersOfTheirOwn()
    {
        var numbers = new ConcurrentBag<ulong>();
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(_ => new Thread(Enter))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();

        Assert.That(numbers, Is.Unique.And.Not.Contain(0ul).And.Count.EqualTo(400));

        void Enter()
        {
            for (int n = 0; n < 100; n++)
            {
                Watchdog.Seat seat = Watchdog.Instance.Enter(TimeSpan.FromDays(1));
                numbers.Add(seat.Run);
                seat.Leave();
            }
        }
    }
}
