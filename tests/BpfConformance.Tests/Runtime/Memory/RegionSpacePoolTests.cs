using System.Collections.Concurrent;
using BpfConformance.Runtime.Memory;
using NUnit.Framework;

namespace BpfConformance.Tests.Runtime.Memory;

/// <summary>Nobody has a space with another, or sees what somebody had in it.</summary>
internal sealed unsafe class RegionSpacePoolTests
{
    private const int MiB = 1 << 20;

    private RegionSpacePool _pool = new();

    [SetUp]
    public void Begin()
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("not Linux: there is no address space to reserve");
        _pool = new RegionSpacePool();
    }

    [Test]
    public void Rent_WhatWasGivenBack_IsTheLastOfAsManyRegions()
    {
        RegionSpace[] spaces = [_pool.Rent(3), _pool.Rent(3), _pool.Rent(4)];
        Assert.That(spaces.Select(space => space.Origin).Distinct().Count(), Is.EqualTo(3));
        foreach (RegionSpace space in spaces) _pool.Return(space);

        RegionSpace[] again = [_pool.Rent(3), _pool.Rent(3), _pool.Rent(3), _pool.Rent(4)];

        Assert.That((again[0], again[1], again[3]), Is.EqualTo((spaces[1], spaces[0], spaces[2])));
        Assert.That(spaces, Has.None.SameAs(again[2]));
        Dispose(again);
    }

    [TestCase(99, 99)]
    [TestCase(99, 90)]
    [TestCase(9, 8)]
    public void Rent_OfSomewhatFewerRegions_IsOneThatHasThem(int kept, int regions)
    {
        RegionSpace[] spaces = [_pool.Rent(regions + (regions / 2)), _pool.Rent(regions - 1), _pool.Rent(kept)];
        foreach (RegionSpace space in spaces) _pool.Return(space);

        RegionSpace[] again = [_pool.Rent(regions), _pool.Rent(regions)];

        Assert.That(again[0], Is.SameAs(spaces[2]));
        Assert.That(spaces, Has.None.SameAs(again[1]), "one that has fewer, or too many");
        Dispose(again);
    }

    [TestCase(3, 100)]
    [TestCase(3, 5000)]
    [TestCase(100, 100)]
    [TestCase(100, 5000)]
    public void Rent_WhatSomebodyHasWrittenTo_ShowsNothingOfIt(int regions, int bytes)
    {
        RegionSpace first = _pool.Rent(regions);
        new Span<byte>(first.Commit(1, 100), 4096 - (int)((ulong)first.StartOf(1) % 4096)).Fill(0xff);
        _pool.Return(first);

        RegionSpace second = _pool.Rent(regions);
        Assert.That(second, Is.SameAs(first));
        byte* start = second.Commit(1, bytes);
        second.TakeBackLeft();

        Assert.That(new Span<byte>(start, bytes).ContainsAnyExcept((byte)0), Is.False);
        Dispose(second);
    }

    [TestCase(2049, 0)]
    [TestCase(2, (2 * MiB) + 1)]
    public void Return_OfALargeSpace_EndsIt(int regions, int bytes)
    {
        RegionSpace space = _pool.Rent(regions);
        space.Commit(0, bytes);

        _pool.Return(space);

        Assert.That(IsThere(space), Is.False);
    }

    [TestCase(512, 0, 4)]
    [TestCase(2, MiB, 32)]
    public void Return_OfMoreThanAreKept_EndsTheOldest(int regions, int bytes, int kept)
    {
        RegionSpace[] spaces = [.. Enumerable.Range(0, kept + 2).Select(_ => _pool.Rent(regions))];
        foreach (RegionSpace space in spaces)
        {
            space.Commit(0, bytes);
            _pool.Return(space);
        }

        Assert.That(spaces.Select(IsThere), Is.EqualTo(spaces.Select((_, index) => index >= 2)));
        Assert.That(_pool.Rent(regions), Is.SameAs(spaces[^1]));
        Dispose(spaces);
    }

    [Test]
    public void Rent_ByTwoThreads_IsOneSpaceForEach()
    {
        const int Rounds = 400_000;
        var owned = new ConcurrentDictionary<RegionSpace, int>();
        using var start = new Barrier(2);
        int violations = 0;
        Task[] threads = [.. Enumerable.Range(0, 2).Select(thread => Task.Factory.StartNew(() => RentAgainAndAgain(thread), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];

        Assert.That(() => Task.WaitAll(threads), Throws.Nothing);

        Assert.That(violations, Is.Zero);
        Dispose(_pool.Rent(2), _pool.Rent(2));

        void RentAgainAndAgain(int thread)
        {
            start.SignalAndWait();
            for (int round = 0; round < Rounds; round++)
            {
                RegionSpace space = _pool.Rent(2);
                if (!owned.TryAdd(space, thread)) Interlocked.Increment(ref violations);
                owned.TryRemove(space, out _);
                _pool.Return(space);
            }
        }
    }

    private static bool IsThere(RegionSpace space) => space.Origin != 0;

    private static void Dispose(params RegionSpace[] spaces)
    {
        foreach (RegionSpace space in spaces) space.Dispose();
    }
}
