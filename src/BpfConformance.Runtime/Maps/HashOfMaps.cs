using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Memory;
using BpfConformance.Runtime.Pinning;

namespace BpfConformance.Runtime.Maps;

/// <summary>BPF_MAP_TYPE_HASH_OF_MAPS (kernel/bpf/hashtab.c, 6.18): programs look maps up, only user space puts them in.</summary>
/// <param name="definition">What was found right.</param>
internal sealed unsafe class HashOfMaps(MapDefinition definition) : HashKind(definition, hasSpare: true)
{
    private readonly InnerMaps _maps = new(definition.MaxEntries + 1, definition.InnerMap!.Value); // what is found right has one

    /// <summary>Programs get maps, and no memory.</summary>
    public override int Elements => 0;

    public override bool CanBeWalked => false;

    public override long Delete(GuestBytes key) => NotAllowed;

    public override Errno Write(GuestBytes key, GuestBytes value, ulong flags)
    {
        Errno unfit = _maps.Check(value);
        if (unfit != Errno.None) return unfit;
        Errno error = Find(key, flags, out uint hash, out int old);
        if (error != Errno.None) return error;
        if (old == HashIndex.None && Index.Count == MaxEntries) return Errno.E2BIG;

        // A key that is there keeps its place (htab_map_update_elem_in_place).
        int element = old == HashIndex.None ? Index.Add(key.Data, hash) : old;
        _maps.Set(element, value);
        return Errno.None;
    }

    public override Errno Take(GuestBytes key, GuestBytes value, ulong flags) => Errno.ENOTSUPP;

    internal override void Join(int map, LoadedMaps siblings, BpfProgram program) => _maps.Join(map, siblings, program);

    protected override GuestBytes ValueOf(int element) => _maps.ValueOf(element);

    protected override long AddressOf(int element) => _maps.AddressOf(element);

    protected override void Dispose(bool disposing)
    {
        _maps.Dispose();
        base.Dispose(disposing);
    }
}
