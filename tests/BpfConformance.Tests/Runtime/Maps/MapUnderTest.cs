using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Comparison;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Tests.Runtime.Maps;

/// <summary>The first map of a machine, from both sides, with bytes as arrays.</summary>
internal sealed unsafe class MapUnderTest : IDisposable
{
    private readonly MachineMemory _memory;

    public MapUnderTest(MapDefinition definition, params MapDefinition[] others)
    {
        _memory = new MachineMemory(0, [definition, .. others], new BpfProgram([]));
        Map = _memory.Maps![0];
        User = new MapAccess(Map);
    }

    public MapUnderTest(MapType type, int keyBytes, int valueBytes, int maxEntries, MapFlags flags = MapFlags.None)
        : this(new MapDefinition("m", type, keyBytes, valueBytes, maxEntries, flags))
    {
    }

    public Map Map { get; }

    public MapAccess User { get; }

    public static byte[] Bytes(int value) => BitConverter.GetBytes(value);

    public static byte[] Long(long value) => BitConverter.GetBytes(value);

    public void Reset() => _memory.Reset([], budget: 1);

    public long Lookup(byte[] key)
    {
        fixed (byte* k = key) return Map.Lookup(new GuestBytes(k, null));
    }

    public long LookupOn(byte[] key, uint processor)
    {
        fixed (byte* k = key) return Map.LookupOn(new GuestBytes(k, null), processor);
    }

    public long Update(byte[] key, byte[] value, ulong flags = 0, byte[]? shadow = null)
    {
        fixed (byte* k = key)
        fixed (byte* v = value)
        fixed (byte* s = shadow) return Map.Update(new GuestBytes(k, null), new GuestBytes(v, s), flags);
    }

    public long Delete(byte[] key)
    {
        fixed (byte* k = key) return Map.Delete(new GuestBytes(k, null));
    }

    public long Push(byte[] value, ulong flags = 0, byte[]? shadow = null)
    {
        fixed (byte* v = value)
        fixed (byte* s = shadow) return Map.Push(new GuestBytes(v, s), flags);
    }

    public long Pop(byte[] value)
    {
        fixed (byte* v = value) return Map.Pop(new GuestBytes(v, null));
    }

    public long Peek(byte[] value)
    {
        fixed (byte* v = value) return Map.Peek(new GuestBytes(v, null));
    }

    /// <summary>What a program reads at an address that it was given.</summary>
    public long ReadLong(long address) => *(long*)GuestMemory.Readable(_memory.Machine, (ulong)address, sizeof(long));

    /// <summary>The value of a key for user space; -1: it is not there.</summary>
    public long Get(byte[] key)
    {
        byte[] value = new byte[sizeof(long)];
        return User.Lookup(key, value) == Errno.None ? BitConverter.ToInt64(value) : -1;
    }

    public List<byte[]> Keys()
    {
        var keys = new List<byte[]>();
        byte[] next = new byte[Map.KeyBytes];
        for (byte[] key = []; User.NextKey(key, next) == Errno.None; key = keys[^1]) keys.Add([.. next]);
        return keys;
    }

    public List<int> IntKeys() => Keys().ConvertAll(key => BitConverter.ToInt32(key));

    /// <summary>What the map says that it has, and whether each byte is the same on all machines.</summary>
    public (byte[] Bytes, byte[] Mask) Image()
    {
        byte[] bytes = new byte[MapImage.MaxBytes([Map.Definition])];
        byte[] mask = new byte[bytes.Length];
        var image = new MapImageWriter(bytes, mask);
        Map.Show(ref image);
        return (bytes[..image.Length], mask[..image.Length]);
    }

    public void Dispose() => _memory.Dispose();
}
