using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>BPF_MAP_TYPE_XSKMAP (net/xdp/xskmap.c, 6.18): sockets of AF_XDP, of which this machine has none, so that it stays empty.</summary>
/// <param name="definition">What was found right.</param>
internal sealed class XskMap(MapDefinition definition) : Map(definition)
{
    /// <summary>Programs get sockets, and no memory.</summary>
    public override int Elements => 0;

    public override ulong? RedirectFlags => 0;

    public override long Lookup(GuestBytes key) => 0;

    public override Errno Read(GuestBytes key, GuestBytes value) => Errno.EOPNOTSUPP;

    /// <summary>No number is that of a socket.</summary>
    public override Errno Write(GuestBytes key, GuestBytes value, ulong flags) =>
        flags > UpdateFlags.Exist ? Errno.EINVAL
        : ArrayRules.IndexOf(key) >= (uint)MaxEntries ? Errno.E2BIG
        : Errno.EBADF;

    public override Errno Remove(GuestBytes key) => ArrayRules.IndexOf(key) >= (uint)MaxEntries ? Errno.EINVAL : Errno.None;

    public override Errno Next(GuestBytes key, GuestBytes next) => ArrayRules.Next(key, next, MaxEntries);

    public override void Clear()
    {
    }

    public override void Show(ref MapImageWriter image) => image.Begin(entries: 0);
}
