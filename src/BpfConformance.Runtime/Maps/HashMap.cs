using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>
/// BPF_MAP_TYPE_HASH (kernel/bpf/hashtab.c, 6.18). A value that replaces another gets memory of its own, so that who holds the
/// address of the old one sees that; memory that is free again is the next to be used.
/// </summary>
internal sealed unsafe class HashMap : Map
{
    private readonly HashIndex _index;

    /// <param name="definition">What was found right.</param>
    public HashMap(MapDefinition definition)
        : base(definition) =>
        _index = new HashIndex(MaxEntries, KeyBytes, hasSpare: !definition.Flags.HasFlag(MapFlags.NoPreallocation));

    /// <summary>One more than there are entries: for the value that replaces another.</summary>
    public override int Elements => MaxEntries + 1;

    public override DirectLookup? Direct => new DirectLookup(this, Values, _index.Table);

    public override long Lookup(GuestBytes key)
    {
        int element = _index.Find(key.Data);
        return element == HashIndex.None ? 0 : Values.AddressOf(element);
    }

    public override long Update(GuestBytes key, GuestBytes value, ulong flags)
    {
        if (HashRules.CheckFlags(flags) is not Errno.None and var wrong) return Error(wrong);
        uint hash = _index.HashOf(key.Data);
        int old = _index.Find(key.Data, hash);
        Errno error = HashRules.CheckExists(old != HashIndex.None, flags);
        if (error != Errno.None) return Error(error);
        if (old == HashIndex.None && _index.Count == MaxEntries) return Error(Errno.E2BIG);

        int element = old == HashIndex.None ? _index.Add(key.Data, hash) : _index.Replace(old, key.Data, hash);
        value.CopyTo(Values[element], ValueBytes);
        return 0;
    }

    public override long Delete(GuestBytes key)
    {
        int element = _index.Find(key.Data);
        if (element == HashIndex.None) return Error(Errno.ENOENT);
        _index.Remove(element);
        return 0;
    }

    public override Errno Read(GuestBytes key, GuestBytes value)
    {
        int element = _index.Find(key.Data);
        if (element == HashIndex.None) return Errno.ENOENT;
        Values[element].CopyTo(value, ValueBytes);
        return Errno.None;
    }

    public override Errno Take(GuestBytes key, GuestBytes value, ulong flags)
    {
        Errno error = Read(key, value);
        if (error == Errno.None) _ = Delete(key);
        return error;
    }

    public override Errno Next(GuestBytes key, GuestBytes next)
    {
        int element = _index.Next(key.Data);
        if (element == HashIndex.None) return Errno.ENOENT;
        _index.Key(element).CopyTo(new Span<byte>(next.Data, KeyBytes));
        return Errno.None;
    }

    public override void Clear() => _index.Clear();

    public override void Show(ref MapImageWriter image)
    {
        image.Begin(_index.Count);
        foreach (int element in _index.Sorted())
        {
            image.Write(_index.Key(element));
            image.Write(Values[element], ValueBytes);
        }
    }

    protected override void Dispose(bool disposing)
    {
        _index.Dispose();
        base.Dispose(disposing);
    }
}
