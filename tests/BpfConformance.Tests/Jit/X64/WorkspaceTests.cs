using BpfConformance.Jit.X64;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit.X64;

/// <summary>What is kept from one compilation to the next.</summary>
internal sealed unsafe class WorkspaceTests
{
    private const int Kept = 1 << 20;

    [TestCase(Kept, true)]
    [TestCase(Kept + 1, false)]
    public void Buffer_OfTheCode_IsKeptUnlessItIsLarge(int bytes, bool isKept)
    {
        var work = new Workspace();
        Fill(work, bytes);

        work.Clear(labels: 1);

        Assert.That(work.Code.Bytes != null, Is.EqualTo(isKept));
        Assert.That(work.Code.Position, Is.Zero);
        work.Code.Free();
    }

    [Test]
    public void Buffers_ThatWereNotKept_GiveTheirMemoryBack()
    {
        const int Bytes = 4 << 20;
        const int Rounds = 100;
        var work = new Workspace();
        long before = Environment.WorkingSet;
        for (int n = 0; n < Rounds; n++)
        {
            Fill(work, Bytes);
            work.Clear(labels: 1);
        }

        Assert.That(Environment.WorkingSet - before, Is.LessThan((long)Bytes * Rounds / 2));
    }

    /// <summary>Instructions of one byte.</summary>
    private static void Fill(Workspace work, int bytes)
    {
        for (int n = 0; n < bytes; n++)
        {
            work.Code.Reserve();
            work.Code.Return();
        }
    }
}
