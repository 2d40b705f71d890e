using System.Buffers.Binary;
using System.Collections.Immutable;

namespace BpfConformance.Tests.Targets.Kernel.Calls;

/// <summary>The maps that all programs of a sequence share: arrays of programs, what they count in, what only user space writes, and two to go through.</summary>
internal sealed class CallMaps
{
    public const string Main = "main";

    /// <summary>The first eight bytes count the programs that began.</summary>
    public const int CellBytes = 64;

    /// <summary>Flags, a count, an index, and any number.</summary>
    public const int KnobBytes = 32;

    public const int TableEntries = 4;

    private readonly Random _random;
    private readonly string[] _programs;

    public CallMaps(Random random, string[] programs)
    {
        (_random, _programs) = (random, programs);
        string[] arrays = random.Next(3) == 0 ? ["jumps", "more"] : ["jumps"];
        Jumps = [.. arrays.Select(name => (name, random.Next(1, 6)))];
    }

    /// <summary>The arrays of programs, and how many entries each has.</summary>
    public ImmutableArray<(string Name, int Entries)> Jumps { get; }

    public ImmutableArray<string> Lines =>
    [
        .. Jumps.SelectMany(each => Entries(each.Entries).Prepend($"{each.Name}: prog_array key 4 value 4 entries {each.Entries}")),
        $"cell: array key 4 value {CellBytes} entries 1",
        $"knobs: array key 4 value {KnobBytes} entries 1",
        $"00000000 = {Knobs()}",
        $"table: array key 4 value 8 entries {TableEntries}",
        "counts: hash key 4 value 8 entries 8 flags 0x40",
        .. Enumerable.Range(0, 16).Where(_ => _random.Next(4) == 0).Take(8).Select(key => $"{Key(key)} = {Bytes(8)}"),
    ];

    public string Knobs()
    {
        var bytes = new byte[KnobBytes];
        _random.NextBytes(bytes);
        ulong flags = _random.Next(6) switch { 0 => 1, 1 => 1ul << _random.Next(64), _ => 0 };
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, flags);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), (ulong)_random.Next(8));
        return Convert.ToHexString(bytes);
    }

    public string AnyProgram() => _programs[_random.Next(_programs.Length)];

    public string Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return Convert.ToHexString(bytes);
    }

    public static string Key(int key) => Convert.ToHexString(BitConverter.GetBytes(key));

    private IEnumerable<string> Entries(int count) =>
        Enumerable.Range(0, count).Where(_ => _random.Next(5) > 0).Select(index => $"{Key(index)} = {AnyProgram()}");
}
