using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>BPF_MAP_TYPE_ARRAY_OF_MAPS (kernel/bpf/arraymap.c, 6.18): programs look maps up, only user space puts them in.</summary>
/// <param name="definition">What was found right.</param>
internal sealed unsafe class ArrayOfMaps(MapDefinition definition) : Map(definition)
{
    private readonly InnerMaps _maps = new(definition.MaxEntries, definition.InnerMap!.Value); // what is found right has one

    /// <summary>Programs get maps, and no memory.</summary>
    public override int Elements => 0;

    public override long Lookup(GuestBytes key)
    {
        uint index = ArrayRules.IndexOf(key);
        return index < (uint)MaxEntries ? _maps.AddressOf((int)index) : 0;
    }

    public override Errno Read(GuestBytes key, GuestBytes value)
    {
        uint index = ArrayRules.IndexOf(key);
        if (index >= (uint)MaxEntries || !_maps.Has((int)index)) return Errno.ENOENT;
        _maps.ValueOf((int)index).CopyTo(value, ValueBytes);
        return Errno.None;
    }

    public override Errno Write(GuestBytes key, GuestBytes value, ulong flags)
    {
        uint index = ArrayRules.IndexOf(key);
        if (flags != UpdateFlags.Any) return Errno.EINVAL;
        if (index >= (uint)MaxEntries) return Errno.E2BIG;
        Errno error = _maps.Check(value);
        if (error == Errno.None) _maps.Set((int)index, value);
        return error;
    }

    public override Errno Remove(GuestBytes key)
    {
        uint index = ArrayRules.IndexOf(key);
        if (index >= (uint)MaxEntries) return Errno.E2BIG;
        if (!_maps.Has((int)index)) return Errno.ENOENT;
        _maps.Remove((int)index);
        return Errno.None;
    }

    public override Errno Next(GuestBytes key, GuestBytes next) => ArrayRules.Next(key, next, MaxEntries);

    public override void Clear() => _maps.Clear();

    /// <summary>Only the indices that have a map.</summary>
    public override void Show(ref MapImageWriter image)
    {
        int count = 0;
        for (int index = 0; index < MaxEntries; index++) count += _maps.Has(index) ? 1 : 0;
        image.Begin(count);
        for (int index = 0; index < MaxEntries; index++)
        {
            if (!_maps.Has(index)) continue;
            image.Write(new ReadOnlySpan<byte>(&index, sizeof(int)));
            image.Write(_maps.ValueOf(index), ValueBytes);
        }
    }

    internal override void Join(ImmutableArray<MapDefinition> siblings) => _maps.Join(siblings);

    protected override void Dispose(bool disposing)
    {
        _maps.Dispose();
        base.Dispose(disposing);
    }
}
