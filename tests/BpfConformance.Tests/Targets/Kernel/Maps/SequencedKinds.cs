using BpfConformance.Abi.Maps;
using BpfConformance.Tests.Targets.Kernel.Calls;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>Where a kind of map is under random sequences of operations that are compared with the kernel's.</summary>
/// <param name="Test">The test; <c>null</c>: nowhere.</param>
/// <param name="Limits">What is not in them, or why there are none; empty: nothing is missing.</param>
internal sealed record SequencedKind(Type? Test, string Limits = "");

/// <summary>That of each kind.</summary>
internal static class SequencedKinds
{
    private static readonly SequencedKind s_plain = new(typeof(MapSequenceTests));

    public static SequencedKind Of(MapType type) => type switch
    {
        MapType.Hash or MapType.Array or MapType.PercpuHash or MapType.PercpuArray or MapType.LpmTrie or MapType.Queue or MapType.Stack
            or MapType.ArrayOfMaps or MapType.HashOfMaps or MapType.Devmap or MapType.DevmapHash or MapType.Cpumap => s_plain,
        MapType.LruHash or MapType.LruPercpuHash => s_plain with { Limits = "compared by what is guaranteed: which key is forgotten, each machine chooses" },
        MapType.BloomFilter => s_plain with { Limits = "values that were never added are compared only where all machines hash alike" },
        MapType.PerfEventArray => s_plain with { Limits = "events go in and out; what programs record is in random sequences of calls of helpers" },
        MapType.CgroupArray => s_plain with { Limits = "groups go in and out; programs only ask whether the task is in one" },
        MapType.ProgArray => new(typeof(CallSequenceTests)),
        MapType.Ringbuf => new(typeof(RingSequenceTests)),
        MapType.UserRingbuf => new(typeof(UserRingSequenceTests)),
        MapType.Sockmap or MapType.Sockhash => new(typeof(SocketMapSequenceTests), "no program is attached: Linux warns of some streams"),
        MapType.ReuseportSockarray => new(typeof(SocketMapSequenceTests), "programs only choose from it"),
        MapType.CgroupStorage or MapType.PercpuCgroupStorage => new(typeof(GroupStorageSequenceTests)),
        MapType.TaskStorage => new(typeof(ObjectStorageSequenceTests)),
        MapType.SkStorage => new(typeof(ObjectStorageSequenceTests), "programs store for a socket of their own, user space for that of the case"),
        MapType.InodeStorage or MapType.CgrpStorage => new(typeof(ObjectStorageSequenceTests), "by user space alone: no program here has such an object"),
        MapType.StackTrace => new(typeof(InertMapSequenceTests), "empty: which traces there are is each machine's own"),
        MapType.Arena => new(typeof(InertMapSequenceTests), "what user space is refused: programs get its pages by functions of the kernel"),
        MapType.Xskmap => new(null, "a case has no socket that it takes, so it stays empty"),
        MapType.StructOps => new(null, "it is created with types of the kernel, and holds functions of it"),
        MapType.Unspecified => new(null, "it is no kind"),
    };
}
