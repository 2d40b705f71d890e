using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>A map as user space has it: what bpf(2) asks before it comes to the kind (kernel/bpf/syscall.c, 6.18).</summary>
/// <param name="map">The map; it stays the caller's.</param>
public sealed unsafe class MapAccess(Map map)
{
    private bool MayRead => !map.Definition.Flags.HasFlag(MapFlags.WriteOnly);

    private bool MayWrite => !map.Definition.Flags.HasFlag(MapFlags.ReadOnly) && !map.IsFrozen;

    /// <param name="key">Of the map's size.</param>
    /// <param name="value">Gets the value, of the map's size.</param>
    /// <param name="flags">BPF_F_LOCK or nothing.</param>
    /// <param name="shadow">Gets what a sanitised run knows of each byte; empty: nobody asks.</param>
    public Errno Lookup(ReadOnlySpan<byte> key, Span<byte> value, ulong flags = 0, Span<byte> shadow = default)
    {
        if (flags != 0) return Errno.EINVAL; // no value has a lock yet
        if (!MayRead) return Errno.EPERM;
        CheckSizes(key, value);
        fixed (byte* keyBytes = key)
        fixed (byte* valueBytes = value)
        fixed (byte* shadowBytes = shadow)
        {
            return map.Read(Plain(keyBytes), new GuestBytes(valueBytes, shadowBytes));
        }
    }

    /// <param name="key">Of the map's size.</param>
    /// <param name="value">Of the map's size.</param>
    /// <param name="flags">One of <see cref="UpdateFlags"/>.</param>
    public Errno Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ulong flags = UpdateFlags.Any)
    {
        if (!MayWrite) return Errno.EPERM;
        if ((flags & UpdateFlags.Lock) != 0) return Errno.EINVAL; // no value has a lock yet
        CheckSizes(key, value);
        fixed (byte* keyBytes = key)
        fixed (byte* valueBytes = value)
        {
            return map.Write(Plain(keyBytes), Plain(valueBytes), flags);
        }
    }

    /// <param name="key">Of the map's size.</param>
    public Errno Delete(ReadOnlySpan<byte> key)
    {
        if (!MayWrite) return Errno.EPERM;
        CheckSizes(key, value: default);
        fixed (byte* keyBytes = key)
        {
            return map.Remove(Plain(keyBytes));
        }
    }

    /// <param name="key">Of the map's size.</param>
    /// <param name="value">Gets the value, of the map's size.</param>
    /// <param name="flags">BPF_F_LOCK or nothing.</param>
    /// <param name="shadow">As for <see cref="Lookup"/>.</param>
    public Errno LookupAndDelete(ReadOnlySpan<byte> key, Span<byte> value, ulong flags = 0, Span<byte> shadow = default)
    {
        if (!MayRead || !MayWrite) return Errno.EPERM;
        CheckSizes(key, value);
        fixed (byte* keyBytes = key)
        fixed (byte* valueBytes = value)
        fixed (byte* shadowBytes = shadow)
        {
            return map.Take(Plain(keyBytes), new GuestBytes(valueBytes, shadowBytes), flags);
        }
    }

    /// <param name="key">After which; empty: the first.</param>
    /// <param name="next">Gets the key, of the map's size.</param>
    public Errno NextKey(ReadOnlySpan<byte> key, Span<byte> next)
    {
        if (!MayRead) return Errno.EPERM;
        if (!key.IsEmpty) CheckSizes(key, value: default);
        fixed (byte* keyBytes = key)
        fixed (byte* nextBytes = next)
        {
            return map.Next(Plain(keyBytes), Plain(nextBytes));
        }
    }

    /// <summary>BPF_MAP_FREEZE: from now on user space may not write.</summary>
    public Errno Freeze()
    {
        if (!MayWrite) return Errno.EPERM; // and so a second time
        map.IsFrozen = true;
        return Errno.None;
    }

    private static GuestBytes Plain(byte* bytes) => new(bytes, shadow: null);

    private void CheckSizes(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.Length != map.KeyBytes) throw new ArgumentException($"{key.Length} bytes, expected {map.KeyBytes}", nameof(key));
        if (!value.IsEmpty && value.Length != map.ValueBytes)
        {
            throw new ArgumentException($"{value.Length} bytes, expected {map.ValueBytes}", nameof(value));
        }
    }
}
