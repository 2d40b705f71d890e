using System.Runtime.CompilerServices;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Memory;
using BpfConformance.Runtime.Pinning;

namespace BpfConformance.Runtime.Maps;

/// <summary>BPF_MAP_TYPE_DEVMAP_HASH (kernel/bpf/devmap.c, 6.18): the same by any key, which is its own hash. Who asks that it exists already is not listened to.</summary>
/// <param name="definition">What was found right.</param>
internal sealed unsafe class DevMapHash(MapDefinition definition)
    : HashKind(DeviceRules.ForPrograms(definition), hasSpare: true)
{
    private readonly ProgramTargets _targets = new(definition.ValueBytes, AttachType.XdpDevmap);

    /// <summary>One more than there are entries: for the value that replaces another.</summary>
    public override int Elements => MaxEntries + 1;

    public override bool CanBeWalked => false;

    public override BatchKinds Batches => BatchKinds.None;

    public override ulong? RedirectFlags => DeviceRules.RedirectFlags;

    public override bool LeadsFrom(uint key) => Find(new GuestBytes((byte*)&key, shadow: null)) != HashIndex.None;

    public override long Lookup(GuestBytes key) => Lookup(Find(key));

    public override Errno Read(GuestBytes key, GuestBytes value) => Read(Find(key), value);

    public override Errno Remove(GuestBytes key) => Remove(Find(key));

    public override Errno Next(GuestBytes key, GuestBytes next) => Next(key.IsNull ? HashIndex.None : Find(key), next);

    public override long Delete(GuestBytes key) => NotAllowed;

    public override Errno Write(GuestBytes key, GuestBytes value, ulong flags)
    {
        uint device = ProgramTargets.NumberIn(value);
        if (flags > UpdateFlags.Exist || device == 0) return Errno.EINVAL;
        int old = Find(key);
        if (old != HashIndex.None && flags == UpdateFlags.NoExist) return Errno.EEXIST;
        if (!CaseNetwork.Has((int)device) || !_targets.IsRight(value)) return Errno.EINVAL;
        if (old == HashIndex.None && Index.Count == MaxEntries) return Errno.E2BIG;

        int element = old == HashIndex.None ? Index.Add(key.Data, HashOf(key)) : Index.Replace(old, key.Data, HashOf(key));
        _targets.Put(value, Values[element]);
        return Errno.None;
    }

    public override Errno Take(GuestBytes key, GuestBytes value, ulong flags) => Errno.ENOTSUPP;

    internal override void Join(int map, LoadedMaps siblings, BpfProgram program) => _targets.Join(owner: -1, program);

    private static uint HashOf(GuestBytes key) => Unsafe.ReadUnaligned<uint>(key.Data);

    private int Find(GuestBytes key) => Index.Find(key.Data, HashOf(key));

    protected override GuestBytes ValueOf(int element) => ProgramTargets.Seen(Values[element]);

    protected override long AddressOf(int element) => Values.AddressOf(element);
}
