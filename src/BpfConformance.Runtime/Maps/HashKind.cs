using System.Runtime.CompilerServices;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>What all maps have in common that find a value by a hash of its key (kernel/bpf/hashtab.c, 6.18).</summary>
/// <param name="definition">What was found right.</param>
/// <param name="hasSpare">As <see cref="HashIndex"/> has it.</param>
internal abstract unsafe class HashKind(MapDefinition definition, bool hasSpare) : Map(definition)
{
    protected HashIndex Index { get; } = new(definition.MaxEntries, definition.KeyBytes, hasSpare);

    public override long Lookup(GuestBytes key) => Lookup(Index.Find(key.Data));

    public override long Delete(GuestBytes key) => Error(Remove(key));

    public override Errno Read(GuestBytes key, GuestBytes value) => Read(Index.Find(key.Data), value);

    public override Errno Remove(GuestBytes key) => Remove(Index.Find(key.Data));

    public override Errno Take(GuestBytes key, GuestBytes value, ulong flags)
    {
        Errno error = Read(key, value);
        return error == Errno.None ? Remove(key) : error;
    }

    public override Errno Next(GuestBytes key, GuestBytes next) => Next(key.IsNull ? HashIndex.None : Index.Find(key.Data), next);

    public override BatchKinds Batches => BatchKinds.Lookup | BatchKinds.LookupAndDelete | BatchKinds.Update | BatchKinds.Delete;

    /// <summary>Only a seed of zero is the same everywhere.</summary>
    public override bool HasOwnOrder => !Definition.Flags.HasFlag(MapFlags.ZeroSeed);

    public override bool CanBeWalked => true;

    public override int Walk(ref MapCursor cursor) => Index.Walk(ref cursor);

    public override void KeyAt(int element, GuestBytes key)
    {
        key.Clear(KeyBytes);
        Index.Key(element).CopyTo(new Span<byte>(key.Data, KeyBytes));
    }

    public override long ValueAt(int element) => AddressOf(element);

    public override void Clear() => Index.Clear();

    public override void Show(ref MapImageWriter image)
    {
        image.Begin(Index.Count);
        foreach (int element in Index.Sorted())
        {
            image.Write(Index.Key(element));
            image.Write(ValueOf(element), ValueBytes);
        }
    }

    /// <summary>Whole buckets, from one on (__htab_map_lookup_and_delete_batch).</summary>
    internal override Errno ReadBatch(ref MapBatch batch, bool removes)
    {
        uint bucket = batch.After.IsNull ? 0 : Unsafe.ReadUnaligned<uint>(batch.After.Data);
        if (bucket >= Index.Buckets) return Errno.ENOENT;
        var error = Errno.ENOENT;
        for (; bucket < Index.Buckets; bucket++)
        {
            if (Index.CountIn(bucket) <= batch.Capacity - batch.Count)
            {
                ReadBucket(bucket, ref batch, removes);
                continue;
            }

            error = batch.Count == 0 ? Errno.ENOSPC : Errno.None;
            break;
        }

        Unsafe.WriteUnaligned(batch.End.Data, bucket);
        return error;
    }

    /// <summary>What user space has as the value of an element.</summary>
    protected abstract GuestBytes ValueOf(int element);

    /// <summary>What programs get for it.</summary>
    protected abstract long AddressOf(int element);

    /// <summary>What programs get for an element, which may be none.</summary>
    protected long Lookup(int element) => element == HashIndex.None ? 0 : AddressOf(element);

    /// <summary>Copies the value of an element, if there is one.</summary>
    protected Errno Read(int element, GuestBytes value)
    {
        if (element == HashIndex.None) return Errno.ENOENT;
        ValueOf(element).CopyTo(value, ValueBytes);
        return Errno.None;
    }

    /// <summary>Takes an element out, if there is one.</summary>
    protected Errno Remove(int element)
    {
        if (element == HashIndex.None) return Errno.ENOENT;
        Leave(element);
        Index.Remove(element);
        return Errno.None;
    }

    /// <summary>The key of the element after another, or of the first.</summary>
    protected Errno Next(int element, GuestBytes next)
    {
        int after = Index.Next(element);
        if (after == HashIndex.None) return Errno.ENOENT;
        Index.Key(after).CopyTo(new Span<byte>(next.Data, KeyBytes));
        return Errno.None;
    }

    /// <summary>An element is about to lose its key.</summary>
    protected virtual void Leave(int element)
    {
    }

    /// <summary>An update is about to look for its key.</summary>
    protected virtual void BeforeSearch(ulong flags)
    {
    }

    /// <summary>Whether an update may go on; it may be none.</summary>
    /// <param name="key">The key.</param>
    /// <param name="flags">Of the update.</param>
    /// <param name="hash">Of the key.</param>
    /// <param name="old">The element that the key has.</param>
    protected Errno Find(GuestBytes key, ulong flags, out uint hash, out int old)
    {
        (hash, old) = (0, HashIndex.None);
        if (HashRules.CheckFlags(flags, Fields.HasSpinLock) is not Errno.None and var wrong) return wrong;
        BeforeSearch(flags);
        hash = Index.HashOf(key.Data);
        old = Index.Find(key.Data, hash);
        return HashRules.CheckExists(old != HashIndex.None, flags);
    }

    private void ReadBucket(uint bucket, ref MapBatch batch, bool removes)
    {
        int next;
        for (int element = Index.FirstIn(bucket); element != HashIndex.None; element = next)
        {
            next = Index.NextInBucket(element);
            ValueOf(element).CopyTo(batch.NextValue(ValueBytes), ValueBytes);
            fixed (byte* key = Index.Key(element)) batch.Add(new GuestBytes(key, shadow: null), KeyBytes);
            if (!removes) continue;
            Leave(element);
            Index.Remove(element);
        }
    }

    protected override void Dispose(bool disposing)
    {
        Index.Dispose();
        base.Dispose(disposing);
    }
}
