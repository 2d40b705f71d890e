using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Memory;
using BpfConformance.Runtime.Pinning;

namespace BpfConformance.Runtime.Maps;

/// <summary>An array whose values are objects, which only user space puts in (kernel/bpf/arraymap.c, 6.18, fd_array_map_ops).</summary>
/// <param name="definition">What was found right.</param>
/// <param name="objects">As many as there are entries; this owns them.</param>
internal abstract unsafe class FdArray(MapDefinition definition, ObjectIndices objects) : Map(definition)
{
    /// <summary>Programs get objects, and no memory.</summary>
    public override int Elements => 0;

    public override Errno Read(GuestBytes key, GuestBytes value)
    {
        uint index = ArrayRules.IndexOf(key);
        if (index >= (uint)MaxEntries || !objects.Has((int)index)) return Errno.ENOENT;
        objects.ValueOf((int)index).CopyTo(value, ValueBytes);
        return Errno.None;
    }

    public override Errno Write(GuestBytes key, GuestBytes value, ulong flags)
    {
        uint index = ArrayRules.IndexOf(key);
        if (flags != UpdateFlags.Any) return Errno.EINVAL;
        if (index >= (uint)MaxEntries) return Errno.E2BIG;
        Errno error = objects.Check(value);
        if (error == Errno.None) objects.Set((int)index, value);
        return error;
    }

    public override Errno Remove(GuestBytes key)
    {
        uint index = ArrayRules.IndexOf(key);
        if (index >= (uint)MaxEntries) return Errno.E2BIG;
        if (!objects.Has((int)index)) return Errno.ENOENT;
        objects.Remove((int)index);
        return Errno.None;
    }

    public override Errno Next(GuestBytes key, GuestBytes next) => ArrayRules.Next(key, next, MaxEntries);

    public override void Clear() => objects.Clear();

    /// <summary>Only the indices that have an object.</summary>
    public override void Show(ref MapImageWriter image)
    {
        int count = 0;
        for (int index = 0; index < MaxEntries; index++) count += objects.Has(index) ? 1 : 0;
        image.Begin(count);
        for (int index = 0; index < MaxEntries; index++)
        {
            if (!objects.Has(index)) continue;
            image.Write(new ReadOnlySpan<byte>(&index, sizeof(int)));
            image.Write(objects.ValueOf(index), ValueBytes);
        }
    }

    internal override void Join(int map, LoadedMaps siblings, BpfProgram program) => objects.Join(map, siblings, program);

    protected override void Dispose(bool disposing)
    {
        objects.Dispose();
        base.Dispose(disposing);
    }
}
