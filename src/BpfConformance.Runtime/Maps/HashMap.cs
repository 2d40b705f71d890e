using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>
/// BPF_MAP_TYPE_HASH (kernel/bpf/hashtab.c, 6.18). A value that replaces another gets memory of its own, so that who holds the
/// address of the old one sees that; memory that is free again is the next to be used.
/// </summary>
/// <param name="definition">What was found right.</param>
internal sealed unsafe class HashMap(MapDefinition definition)
    : HashKind(definition, hasSpare: !definition.Flags.HasFlag(MapFlags.NoPreallocation))
{
    /// <summary>One more than there are entries: for the value that replaces another.</summary>
    public override int Elements => MaxEntries + 1;

    public override DirectLookup? Direct => new DirectLookup(this, Values, Index.Table);

    public override long Update(GuestBytes key, GuestBytes value, ulong flags)
    {
        Errno error = Find(key, flags, out uint hash, out int old);
        if (error != Errno.None) return Error(error);
        if (old == HashIndex.None && Index.Count == MaxEntries) return Error(Errno.E2BIG);
        bool isInPlace = old != HashIndex.None && (flags & UpdateFlags.Lock) != 0; // under the lock of the value that is there
        if (isInPlace)
        {
            Store(value, old);
            return 0;
        }

        if (old != HashIndex.None) Leave(old);
        int element = old == HashIndex.None ? Index.Add(key.Data, hash) : Index.Replace(old, key.Data, hash);
        Store(value, element);
        return 0;
    }

    protected override void Leave(int element) => Timers?.Free(element);

    protected override GuestBytes ValueOf(int element) => Values[element];

    protected override long AddressOf(int element) => Values.AddressOf(element);
}
