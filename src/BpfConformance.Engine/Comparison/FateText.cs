using System.Buffers.Binary;
using BpfConformance.Abi.Network;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Comparison;

/// <summary>What has become of a packet (<see cref="PacketFate"/>), as a case file states it.</summary>
public static class FateText
{
    /// <summary><c>main=2 receiver 6869</c>.</summary>
    /// <param name="test">For the names of programs.</param>
    /// <param name="fate">As a target has shown it; what it cannot be is shown as bytes.</param>
    public static string Of(TestCase test, ReadOnlySpan<byte> fate)
    {
        var words = new List<string>();
        int results = test.Program.Count * PacketFate.ResultBytes;
        if (fate.Length < results) return Convert.ToHexStringLower(fate);
        for (int program = 0; program < test.Program.Count; program++)
        {
            ReadOnlySpan<byte> result = fate[(program * PacketFate.ResultBytes)..];
            if (result[0] != 0) words.Add($"{test.Program[program].Name}=0x{BinaryPrimitives.ReadUInt64LittleEndian(result[1..]):x}");
        }

        if (fate.Length == results) words.Add(NetworkReader.Nothing);
        for (ReadOnlySpan<byte> rest = fate[results..]; rest.Length >= PacketFate.HeaderBytes;)
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(rest[1..]);
            words.Add($"{(Enum.IsDefined((NetworkPlace)rest[0]) ? Vocabulary.Places[(NetworkPlace)rest[0]] : $"place {rest[0]}")}");
            rest = rest[PacketFate.HeaderBytes..];
            int end = (int)Math.Min(length, (uint)rest.Length);
            words.Add(end == 0 ? Section.NoBytes : Convert.ToHexStringLower(rest[..end]));
            rest = rest[end..];
        }

        return string.Join(' ', words);
    }
}
