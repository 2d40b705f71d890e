using System.Collections.Immutable;
using System.Text;
using BpfConformance.Abi.Maps;

namespace BpfConformance.Tests.Jit;

/// <summary>
/// Programs with an array, a hash table and an array of one entry, which look keys up that are there or not: on the stack, in memory or
/// in the value of the third map, and now and then where no key can be. r1 gets the map in every way that compilers write.
/// </summary>
internal sealed class MapPrograms(Random random)
{
    public const int DataBytes = 96;

    private const int KeptBytes = 64;
    private const int LongestKey = 20;

    private readonly StringBuilder _text = new();
    private int _labels;

    /// <summary>Of the last program.</summary>
    public ImmutableArray<MapDefinition> Maps { get; private set; } = [];

    /// <summary>The next program as text, with r0 a number at its end.</summary>
    public string Next()
    {
        _ = _text.Clear();
        Maps = [Array(), Hash(), Kept()];
        bool hasFunction = random.Next(3) == 0;
        _ = _text.Append("r6 = r1\nr7 = 2\nr9 = 0\nagain:\n");
        for (int n = random.Next(1, 6); n > 0; n--) Step();
        if (hasFunction) _ = _text.Append("r1 = r6\ncall f\nr9 += r0\n");
        _ = _text.Append("r7 += -1\nif r7 != 0 goto again\nr0 = r9\nexit\n");
        if (!hasFunction) return _text.ToString();

        _ = _text.Append("f:\nr6 = r1\nr9 = 0\n");
        for (int n = random.Next(1, 4); n > 0; n--) Step();
        return _text.Append("r0 = r9\nexit\n").ToString();
    }

    /// <summary>Memory that begins with numbers for the array, and goes on with keys, some of which the hash table has.</summary>
    public byte[] Data()
    {
        byte[] data = new byte[DataBytes];
        for (int at = 0; at + LongestKey <= DataBytes; at += LongestKey) KeyOf(random.Next(8), LongestKey).CopyTo(data, at);
        for (int at = 0; at < LongestKey; at += sizeof(uint)) BitConverter.TryWriteBytes(data.AsSpan(at), random.Next(24));
        return data;
    }

    private MapDefinition Array() =>
        new("array", MapType.Array, sizeof(uint), random.Next(1, 65), random.Next(4) == 0 ? 1 : random.Next(1, 21)) { Contents = [] };

    private MapDefinition Hash()
    {
        (int key, int value, int entries) = (random.Next(1, LongestKey + 1), random.Next(1, 65), random.Next(1, 9));
        MapFlags flags = random.Next(2) == 0 ? MapFlags.NoPreallocation : MapFlags.None;
        if (random.Next(8) == 0) flags |= MapFlags.ReadOnlyForPrograms;
        if (random.Next(8) == 0) flags |= MapFlags.WriteOnlyForPrograms;
        if (flags.HasFlag(MapFlags.ReadOnlyForPrograms | MapFlags.WriteOnlyForPrograms)) flags = MapFlags.None;
        ImmutableArray<MapEntry> contents = [.. Enumerable.Range(0, random.Next(entries + 1)).Select(n => new MapEntry(KeyOf(n, key), Bytes(value)))];
        return new MapDefinition("hash", MapType.Hash, key, value, entries, flags) { Contents = contents };
    }

    private MapDefinition Kept() => new("kept", MapType.Array, sizeof(uint), KeptBytes, MaxEntries: 1) { Contents = [new MapEntry(new byte[sizeof(uint)], Data().AsMemory(0, KeptBytes))] };

    /// <summary>Keys that differ in their first byte alone: all lengths have the same.</summary>
    private static byte[] KeyOf(int n, int bytes) => [(byte)(n * 37), .. Enumerable.Range(1, bytes - 1).Select(at => (byte)(at * 11))];

    private byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private void Step()
    {
        int map = random.Next(2);
        Key(Maps[map].KeyBytes);
        switch (random.Next(10))
        {
            case 0:
                Line("r3 = r6", $"r3 += {DataBytes - Maps[map].ValueBytes}", $"r4 = {random.Next(4)}");
                Map(map);
                Line("call 2", "r9 += r0");
                break;
            case 1:
                Map(map);
                Line("call 3", "r9 += r0");
                break;
            default:
                Map(map);
                Line("call 1");
                Value(Maps[map].ValueBytes);
                break;
        }
    }

    /// <summary>r2 = a key.</summary>
    private void Key(int bytes)
    {
        int at = LongestKey * random.Next(DataBytes / LongestKey);
        switch (random.Next(14))
        {
            case 0: Line("r2 = r6", $"r2 += {DataBytes - bytes + random.Next(-1, 2)}"); break;
            case 1: Line("r2 = r10", $"r2 += {random.Next(2) * -512 - random.Next(-1, bytes + 1)}"); break;
            case 2: Line($"r2 = map_val(map_by_idx(2)) + {random.Next(KeptBytes)} ll"); break;
            case 3: Line($"r2 = {random.Next(2)}"); break;
            case < 6: Line($"r2 = map_val(map_by_idx(2)) + {Math.Min(at, KeptBytes - LongestKey)} ll"); break;
            case < 9: Line("r2 = r6", $"r2 += {at}"); break;
            default:
                int place = -bytes - random.Next(16);
                for (int n = 0; n < bytes; n++) Line($"r3 = *(u8 *)(r6 + {at + n})", $"*(u8 *)(r10 {place + n:+ 0;- 0}) = r3");
                Line("r2 = r10", $"r2 += {place}");
                break;
        }
    }

    /// <summary>r1 = the map.</summary>
    private void Map(int map)
    {
        string load = $"map_by_{(random.Next(2) == 0 ? "fd" : "idx")}({map}) ll";
        switch (random.Next(7))
        {
            case 0:
                Line($"r8 = {load}", "r1 = r8");
                break;
            case 1:
                string label = Label();
                Line($"r1 = {load}", $"if r9 == 5 goto {label}", $"{label}:");
                break;
            case 2:
                Line($"r1 = {load}", "r1 += 0");
                break;
            default:
                Line($"r1 = {load}");
                break;
        }
    }

    /// <summary>Reads or writes the value at r0, after a condition on it or, seldom, without.</summary>
    private void Value(int bytes)
    {
        string end = Label();
        switch (random.Next(8))
        {
            case 0:
                break;
            case 1:
                string found = Label();
                Line($"if r0 != 0 goto {found}", "r9 += 7", $"goto {end}", $"{found}:");
                break;
            case 2:
                Line("r3 = 0", $"if r0 == r3 goto {end}");
                break;
            default:
                Line($"if r0 == 0 goto {end}");
                break;
        }

        int size = 1 << random.Next(4);
        int at = random.Next(20) == 0 ? random.Next(-9, bytes + 9) : random.Next(Math.Max(bytes - size + 1, 1));
        (string type, string place) = ($"u{8 * size}", $"{at:+ 0;- 0;+ 0}");
        if (random.Next(3) == 0) Line($"*({type} *)(r0 {place}) = {random.Next(100)}");
        Line($"r3 = *({type} *)(r0 {place})", "r9 *= 31", "r9 += r3", $"{end}:");
    }

    private string Label() => $"l{_labels++}";

    private void Line(params ReadOnlySpan<string> lines)
    {
        foreach (string line in lines) _ = _text.Append(line).Append('\n');
    }
}
