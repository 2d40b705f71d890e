using System.Buffers.Binary;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Cases;

/// <summary>What comes of a step of user space, as its file states it behind the arrow.</summary>
public static class StepResultText
{
    /// <param name="test">For names.</param>
    /// <param name="step">Of which.</param>
    /// <param name="result">0, a number, or a negated errno.</param>
    /// <param name="data">What it has got.</param>
    public static string Of(TestCase test, UserStep step, ulong result, ReadOnlySpan<byte> data) => step switch
    {
        MapStep { Command: MapCommand.Lookup or MapCommand.LookupAndDelete } lookup when result == 0 => MapEntryText.Value(test, test.Maps[lookup.Map], data),
        MapStep { Command: MapCommand.NextKey } or RingStep { Command: RingCommand.Consume } when result == 0 => MapEntryText.Bytes(data),
        PinStep { Command: PinCommand.Get } when result == 0 => Subject(test, data),
        BatchStep batch => $"{Word(result)} {Batch(test, batch, data)}".TrimEnd(),
        NetworkStep { HasFate: true } network when data.Length > 0 => $"{Exception(network, result)}{FateText.Of(test, data)}",
        _ => Word(result),
    };

    /// <summary><c>ok</c>, <c>ENOENT</c>, or a number.</summary>
    public static string Word(ulong result)
    {
        var errno = (Errno)unchecked(-(long)result);
        return result == 0 ? "ok" : Enum.IsDefined(errno) ? errno.ToString() : $"{(long)result}";
    }

    /// <summary>What stands before a fate, where the call has not done all.</summary>
    private static string Exception(NetworkStep step, ulong result) =>
        result == (step is WriteStep write ? (ulong)write.Payload.Length : 0) ? string.Empty : $"{Word(result)} ";

    private static string Subject(TestCase test, ReadOnlySpan<byte> data)
    {
        if (data.Length != PinStep.SubjectBytes) return MapEntryText.Bytes(data);
        int subject = BinaryPrimitives.ReadInt32LittleEndian(data);
        int program = subject - test.Maps.Length;
        return subject >= 0 && program < 0 ? test.Maps[subject].Name
            : program >= 0 && program < test.Program.Count ? test.Program[program].Name
            : $"object {subject}";
    }

    private static string Batch(TestCase test, BatchStep step, ReadOnlySpan<byte> data)
    {
        if (data.Length < sizeof(uint)) return string.Empty;
        if (!step.IsLookup) return $"{BinaryPrimitives.ReadInt32LittleEndian(data)}";
        MapDefinition map = test.Maps[step.Map];
        int elementBytes = map.KeyBytes + map.ValueBytes;
        var words = new List<string>();
        for (ReadOnlySpan<byte> rest = data[sizeof(uint)..]; elementBytes > 0 && rest.Length >= elementBytes; rest = rest[elementBytes..])
        {
            words.Add($"{MapEntryText.Bytes(rest[..map.KeyBytes])}={MapEntryText.Value(test, map, rest.Slice(map.KeyBytes, map.ValueBytes))}");
        }

        return string.Join(' ', words);
    }
}
