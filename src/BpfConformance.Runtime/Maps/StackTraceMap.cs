using System.Numerics;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>
/// BPF_MAP_TYPE_STACK_TRACE (kernel/bpf/stackmap.c, 6.18): traces by number. Which trace a program leaves, and under which number, is a machine's own:
/// here all of them have the first.
/// </summary>
internal sealed class StackTraceMap(MapDefinition definition) : Map(definition)
{
    /// <summary>Programs get no values.</summary>
    public override int Elements => 0;

    public override bool HasOwnContents => HasTrace;

    /// <summary>Whether a program has left one.</summary>
    public bool HasTrace { get; set; }

    private uint Buckets => BitOperations.RoundUpToPowerOf2((uint)MaxEntries);

    public override Errno Read(GuestBytes key, GuestBytes value)
    {
        if (!Has(key)) return Errno.ENOENT;
        value.Clear(ValueBytes);
        return Errno.None;
    }

    public override Errno Write(GuestBytes key, GuestBytes value, ulong flags) => Errno.EINVAL;

    public override Errno Remove(GuestBytes key)
    {
        if (ArrayRules.IndexOf(key) >= Buckets) return Errno.E2BIG;
        if (!Has(key)) return Errno.ENOENT;
        HasTrace = false;
        return Errno.None;
    }

    public override Errno Take(GuestBytes key, GuestBytes value, ulong flags) =>
        Read(key, value) is not Errno.None and var error ? error : Remove(key);

    public override Errno Next(GuestBytes key, GuestBytes next)
    {
        if (!HasTrace || (!key.IsNull && ArrayRules.IndexOf(key) < Buckets)) return Errno.ENOENT;
        ArrayRules.SetIndex(next, 0);
        return Errno.None;
    }

    public override void Clear() => HasTrace = false;

    /// <summary>Nothing that two machines have alike.</summary>
    public override void Show(ref MapImageWriter image) => image.Begin(0);

    private bool Has(GuestBytes key) => HasTrace && ArrayRules.IndexOf(key) == 0;
}
