using System.Globalization;
using BpfConformance.Runtime.Memory;
using NUnit.Framework;

namespace BpfConformance.Tests.Runtime.Memory;

/// <summary>A space that had another owner is as a new one.</summary>
internal sealed unsafe class RegionSpaceTests
{
    private const int Page = 4096;

    [SetUp]
    public void Begin()
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("not Linux: there is no address space to reserve");
    }

    [TestCase(100)]
    [TestCase(3 * Page)]
    public void Commit_WhereOthersWere_IsAllZero(int bytes)
    {
        using var space = new RegionSpace(3);
        byte* first = space.Commit(1, 100);
        new Span<byte>(first, 100).Fill(0xff);
        space.Leave();

        byte* second = space.Commit(1, bytes);
        space.TakeBackLeft();

        Assert.That((nint)second, Is.EqualTo((nint)first));
        Assert.That(new Span<byte>(second, bytes).ContainsAnyExcept((byte)0), Is.False);
        Assert.That(Touchable(space), Is.EqualTo(new[] { 1 }));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(4)]
    public void Commit_OverPagesOfAnotherLength_MapsAsManyAsItNeeds(int pages)
    {
        using var space = new RegionSpace(2);
        space.Commit(1, (3 * Page) - 1000);
        new Span<byte>(space.StartOf(1), 2 * Page).Fill(0xff);
        space.Leave();

        byte* start = space.Commit(1, (pages * Page) - 1000);

        Assert.That(new Span<byte>(start, (pages * Page) - 1000).ContainsAnyExcept((byte)0), Is.False);
        Assert.That(Enumerable.Range(0, 5).Count(page => CanBeRead((ulong)start + (ulong)(page * Page))), Is.EqualTo(pages));
        Assert.That(space.CommittedBytes, Is.EqualTo(pages * Page));
    }

    [Test]
    public void WhatNobodyCommitsAgain_CannotBeTouched()
    {
        using var space = new RegionSpace(4);
        for (int region = 0; region < 4; region++) space.Commit(region, 16 << region);
        space.Leave();
        Assert.That(Touchable(space), Is.EqualTo(new[] { 0, 1, 2, 3 }));

        space.Commit(2, bytes: 0);
        space.Commit(3, bytes: 8);
        space.TakeBackLeft();

        Assert.That(Touchable(space), Is.EqualTo(new[] { 3 }));
        Assert.That(space.CommittedBytes, Is.EqualTo(Page));
    }

    [Test]
    public void Share_IsTheSameMemory_UntilOneLeaves()
    {
        using var owner = new RegionSpace(2);
        using var first = new RegionSpace(2);
        using var second = new RegionSpace(2);
        *owner.Commit(1, 8) = 7;
        first.Share(1, 8, owner);
        second.Share(1, 8, owner);
        Assert.That((*first.StartOf(1), *second.StartOf(1)), Is.EqualTo(((byte)7, (byte)7)), "what was there before");
        *first.StartOf(1) = 8;
        Assert.That((*owner.StartOf(1), *second.StartOf(1)), Is.EqualTo(((byte)8, (byte)8)));

        owner.Leave();
        first.Leave();

        Assert.That((Touchable(owner), Touchable(first)), Is.EqualTo((Array.Empty<int>(), Array.Empty<int>())));
        Assert.That((*owner.Commit(1, 8), *first.Commit(1, 8), *second.StartOf(1)), Is.EqualTo(((byte)0, (byte)0, (byte)8)));
    }

    /// <summary>The regions of which a byte can be read.</summary>
    private static int[] Touchable(RegionSpace space) => [.. Enumerable.Range(0, space.Count).Where(region => CanBeRead((ulong)space.StartOf(region)))];

    private static bool CanBeRead(ulong address) => File.ReadLines("/proc/self/maps").Any(line => line.Split(' ') is [{ } range, { } access, ..]
        && access.StartsWith('r') && range.Split('-') is [{ } from, { } to] && Number(from) <= address && address < Number(to));

    private static ulong Number(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
