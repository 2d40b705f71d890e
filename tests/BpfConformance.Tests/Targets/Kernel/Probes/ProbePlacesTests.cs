using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Probes;
using BpfConformance.Targets.Kernel.Syscalls;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel.Probes;

/// <summary>Perf events that the kernel refuses are not taken for those that there are.</summary>
[TestFixture]
internal sealed unsafe class ProbePlacesTests : KernelFixture
{
    private const ulong Address = 0x100800;

    [Test]
    public void Uprobes_AfterTheyWereRefused_AreAskedForAgain()
    {
        if (!ProbePlaces.AreOf(ProgramType.Kprobe)) Assert.Ignore("there are no uprobes here");
        using var places = new ProbePlaces();
        Unprivileged(() =>
        {
            for (int i = 0; i < 2; i++) Assert.That(() => places.Uprobes(Address, out _), Throws.TypeOf<TargetException>().With.Message.Contains("EACCES"));
        });

        Assert.That(places.Uprobes(Address, out ProbeCode code), Has.Length.EqualTo(ProbePlaces.Count));
        Assert.That(places.Uprobes(Address, out ProbeCode same), Has.Length.EqualTo(ProbePlaces.Count));
        Assert.That(same, Is.SameAs(code));
    }

    /// <summary>Does something on this thread without what root may do.</summary>
    private static void Unprivileged(Action action)
    {
        const int Get = 125, Set = 126; // capget and capset of arch/x86/entry/syscalls/syscall_64.tbl
        const ulong Version = 0x20080522; // _LINUX_CAPABILITY_VERSION_3; pid 0: this thread
        ulong header = Version;
        uint* all = stackalloc uint[6]; // effective, permitted and inheritable, and again of those from 32 on
        Assert.That((long)Native.syscall(Get, (nint)(&header), all, 0), Is.Zero);
        (uint low, uint high) = (all[0], all[3]);
        (all[0], all[3]) = (0, 0);
        Assert.That((long)Native.syscall(Set, (nint)(&header), all, 0), Is.Zero);
        try
        {
            action();
        }
        finally
        {
            (all[0], all[3]) = (low, high);
            Assert.That((long)Native.syscall(Set, (nint)(&header), all, 0), Is.Zero);
        }
    }
}
