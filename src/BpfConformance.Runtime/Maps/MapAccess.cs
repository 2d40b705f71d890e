using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Network;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>A map as user space has it: what bpf(2) asks before it comes to the kind (kernel/bpf/syscall.c, 6.18).</summary>
/// <param name="map">The map; it stays the caller's.</param>
public sealed unsafe partial class MapAccess(Map map)
{
    /// <summary>How the map was created.</summary>
    public MapDefinition Definition => map.Definition;

    private bool MayRead => !map.Definition.Flags.HasFlag(MapFlags.WriteOnly);

    private bool MayWrite => !map.Definition.Flags.HasFlag(MapFlags.ReadOnly) && !map.IsFrozen;

    /// <summary>BPF_MAP_LOOKUP_ELEM.</summary>
    /// <param name="key">Of the map's size; of a kind without keys, empty.</param>
    /// <param name="value">Gets the value, of the map's size; of a bloom filter it is the value that is looked for.</param>
    /// <param name="flags">Nothing, or <see cref="UpdateFlags.Lock"/>.</param>
    /// <param name="shadow">Gets a <see cref="ByteShadow"/> for each byte of the value; empty: nobody asks.</param>
    public Errno Lookup(ReadOnlySpan<byte> key, Span<byte> value, ulong flags = 0, Span<byte> shadow = default)
    {
        if ((flags & ~UpdateFlags.Lock) != 0) return Errno.EINVAL;
        if (!MayRead) return Errno.EPERM;
        if (LacksLock(flags)) return Errno.EINVAL;
        CheckSizes(key, value);
        CheckShadow(shadow);
        fixed (byte* keyBytes = key)
        fixed (byte* valueBytes = value)
        fixed (byte* shadowBytes = shadow)
        {
            return map.Read(Plain(keyBytes), new GuestBytes(valueBytes, shadowBytes));
        }
    }

    /// <summary>BPF_MAP_UPDATE_ELEM.</summary>
    /// <param name="key">Of the map's size.</param>
    /// <param name="value">Of the map's size.</param>
    /// <param name="flags">One of <see cref="UpdateFlags"/>.</param>
    public Errno Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ulong flags = UpdateFlags.Any)
    {
        if (!MayWrite) return Errno.EPERM;
        if (LacksLock(flags)) return Errno.EINVAL;
        CheckSizes(key, value);
        fixed (byte* keyBytes = key)
        fixed (byte* valueBytes = value)
        {
            return map.Write(Plain(keyBytes), Plain(valueBytes), flags);
        }
    }

    /// <summary>BPF_MAP_LOOKUP_ELEM of a per-CPU map, for all processors.</summary>
    /// <param name="key">Of the map's size.</param>
    /// <param name="values">Gets <see cref="Map.Processors"/> values, each in its bytes rounded up to a multiple of eight.</param>
    /// <exception cref="ArgumentException">A size is wrong, or the map is not per-CPU.</exception>
    public Errno LookupAll(ReadOnlySpan<byte> key, Span<byte> values)
    {
        if (!MayRead) return Errno.EPERM;
        IPerProcessorMap all = CheckAll(key, values);
        fixed (byte* keyBytes = key)
        fixed (byte* valueBytes = values)
        {
            return all.ReadAll(Plain(keyBytes), Plain(valueBytes));
        }
    }

    /// <summary>BPF_MAP_UPDATE_ELEM of a per-CPU map, for all processors.</summary>
    /// <param name="key">Of the map's size.</param>
    /// <param name="values">As <see cref="LookupAll"/> gives them.</param>
    /// <param name="flags">One of <see cref="UpdateFlags"/>.</param>
    /// <exception cref="ArgumentException">A size is wrong, or the map is not per-CPU.</exception>
    public Errno UpdateAll(ReadOnlySpan<byte> key, ReadOnlySpan<byte> values, ulong flags = UpdateFlags.Any)
    {
        if (!MayWrite) return Errno.EPERM;
        if (LacksLock(flags)) return Errno.EINVAL;
        IPerProcessorMap all = CheckAll(key, values);
        fixed (byte* keyBytes = key)
        fixed (byte* valueBytes = values)
        {
            return all.WriteAll(Plain(keyBytes), Plain(valueBytes), flags);
        }
    }

    /// <summary>BPF_MAP_DELETE_ELEM.</summary>
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

    /// <summary>BPF_MAP_LOOKUP_AND_DELETE_ELEM.</summary>
    /// <param name="key">Of the map's size.</param>
    /// <param name="value">Gets the value, of the map's size.</param>
    /// <param name="flags">Nothing, or <see cref="UpdateFlags.Lock"/>.</param>
    /// <param name="shadow">Gets a <see cref="ByteShadow"/> for each byte of the value; empty: nobody asks.</param>
    public Errno LookupAndDelete(ReadOnlySpan<byte> key, Span<byte> value, ulong flags = 0, Span<byte> shadow = default)
    {
        if ((flags & ~UpdateFlags.Lock) != 0) return Errno.EINVAL;
        if (!MayRead || !MayWrite) return Errno.EPERM;
        if (LacksLock(flags)) return Errno.EINVAL;
        CheckSizes(key, value);
        CheckShadow(shadow);
        fixed (byte* keyBytes = key)
        fixed (byte* valueBytes = value)
        fixed (byte* shadowBytes = shadow)
        {
            return map.Take(Plain(keyBytes), new GuestBytes(valueBytes, shadowBytes), flags);
        }
    }

    /// <summary>BPF_MAP_GET_NEXT_KEY.</summary>
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

    /// <summary>Takes the next record out of a ring buffer that programs fill: what is mapped for that is mapped for writing.</summary>
    /// <param name="record">Gets it.</param>
    /// <param name="shadow">Gets a <see cref="ByteShadow"/> for each of its bytes.</param>
    /// <param name="bytes">How long it is.</param>
    /// <exception cref="ArgumentException">The map is none.</exception>
    public Errno Consume(Span<byte> record, Span<byte> shadow, out int bytes)
    {
        bytes = 0;
        Ring ring = (map as RingBufferMap ?? throw new ArgumentException($"map {map.Definition.Name} is no ring buffer that programs fill", nameof(record))).Ring;
        if (!MayWrite) return Errno.EPERM;
        int next = ring.Next();
        if (next == 0) return Errno.EAGAIN;
        bytes = ring.LengthOf(next);
        ring[next].AsSpan(bytes).CopyTo(record);
        new ReadOnlySpan<byte>(ring[next].Shadow, bytes).CopyTo(shadow);
        ring.Release();
        return Errno.None;
    }

    /// <summary>Puts a record into a ring buffer that programs drain.</summary>
    /// <param name="record">Its bytes.</param>
    /// <exception cref="ArgumentException">The map is none.</exception>
    public Errno Produce(ReadOnlySpan<byte> record)
    {
        UserRingBufferMap ring = map as UserRingBufferMap ?? throw new ArgumentException($"map {map.Definition.Name} is no ring buffer that programs drain", nameof(record));
        return MayWrite ? ring.Produce(record) : Errno.EPERM;
    }

    /// <summary>BPF_PROG_ATTACH of a program to a map of sockets.</summary>
    /// <param name="program">By its index.</param>
    /// <param name="hook">For what.</param>
    /// <exception cref="ArgumentException">The map is none.</exception>
    public Errno Attach(int program, StreamHook hook) => OfSockets().Attach(program, hook);

    /// <summary>BPF_PROG_DETACH.</summary>
    /// <param name="program">By its index.</param>
    /// <param name="hook">From what.</param>
    /// <exception cref="ArgumentException">The map is none.</exception>
    public Errno Detach(int program, StreamHook hook) => OfSockets().Detach(program, hook);

    /// <summary>BPF_MAP_FREEZE: from now on user space may not write; who may not write already may not freeze. Maps with fields in their values are not frozen.</summary>
    public Errno Freeze()
    {
        if (!map.Fields.All.IsEmpty) return Errno.ENOTSUPP;
        if (!MayWrite) return Errno.EPERM;
        map.IsFrozen = true;
        return Errno.None;
    }

    private SocketMap OfSockets() => map as SocketMap ?? throw new ArgumentException($"map {map.Definition.Name} has no sockets", nameof(map));

    /// <summary>Whether a value is to be locked that has no lock.</summary>
    private bool LacksLock(ulong flags) => (flags & UpdateFlags.Lock) != 0 && !map.Fields.HasSpinLock;

    private static GuestBytes Plain(byte* bytes) => new(bytes, shadow: null);

    private IPerProcessorMap CheckAll(ReadOnlySpan<byte> key, ReadOnlySpan<byte> values)
    {
        CheckSizes(key, value: default);
        int expected = ((map.ValueBytes + 7) & ~7) * Map.Processors;
        if (values.Length != expected) throw new ArgumentException($"{values.Length} bytes, expected {expected}", nameof(values));
        return map as IPerProcessorMap ?? throw new ArgumentException($"map {map.Definition.Name} is not per-CPU", nameof(values));
    }

    private void CheckShadow(ReadOnlySpan<byte> shadow)
    {
        if (!shadow.IsEmpty && shadow.Length != map.ValueBytes)
        {
            throw new ArgumentException($"{shadow.Length} bytes, expected {map.ValueBytes}", nameof(shadow));
        }
    }

    private void CheckSizes(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.Length != map.KeyBytes) throw new ArgumentException($"{key.Length} bytes, expected {map.KeyBytes}", nameof(key));
        if (!value.IsEmpty && value.Length != map.ValueBytes)
        {
            throw new ArgumentException($"{value.Length} bytes, expected {map.ValueBytes}", nameof(value));
        }
    }
}
