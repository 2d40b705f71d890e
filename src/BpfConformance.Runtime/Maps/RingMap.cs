using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>What ring buffers have in common: records, and neither keys nor values (kernel/bpf/ringbuf.c, 6.18).</summary>
/// <param name="definition">What was found right.</param>
internal abstract class RingMap(MapDefinition definition) : Map(definition)
{
    /// <summary>Programs get records, and no memory of the map's.</summary>
    public override int Elements => 0;

    public Ring Ring { get; } = new(definition.MaxEntries);

    public override Errno Read(GuestBytes key, GuestBytes value) => Errno.ENOTSUPP;

    public override Errno Next(GuestBytes key, GuestBytes next) => Errno.ENOTSUPP;

    public override void Clear() => Ring.Clear();

    /// <summary>What was not consumed; records that wait behind a busy one are not to be had yet.</summary>
    public override void Show(ref MapImageWriter image) => Ring.Show(ref image);

    protected override void Dispose(bool disposing)
    {
        Ring.Dispose();
        base.Dispose(disposing);
    }
}
