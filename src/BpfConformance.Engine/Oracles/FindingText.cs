using System.Collections.Immutable;
using System.Numerics;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Oracles;

/// <summary>What findings say of loads and runs, in words for a person.</summary>
internal static class FindingText
{
    public static string Verdict(Verdict verdict)
    {
        string kind = verdict.Kind switch
        {
            VerdictKind.Accepted => "accepted",
            VerdictKind.Rejected => $"rejected ({verdict.Reason})",
            VerdictKind.Unsupported => "unsupported",
            VerdictKind.Inconclusive => "inconclusive",
            VerdictKind.Crashed => "crashed",
        };
        return verdict.Message.Length == 0 ? kind : $"{kind}: {verdict.Message}";
    }

    public static string ExpectedLoad(Expectation expectation)
    {
        string rejected = expectation.IsMalformed ? "rejected as malformed" : "rejected";
        if (!expectation.Reasons.IsEmpty)
        {
            rejected += $" ({string.Join(" or ", expectation.Reasons)})";
        }

        return expectation.Load switch
        {
            LoadExpectation.Accepted => "accepted",
            LoadExpectation.Rejected => rejected,
            LoadExpectation.AcceptedOrRejected => $"accepted, or {rejected}",
        };
    }

    public static string ExpectedEnd(TestCase test, int input) => test.Expectation.Run switch
    {
        RunExpectation.Returned when test.Inputs[input].Result is { } r0 => $"returned {Hex(r0)}",
        RunExpectation.Returned => "returned",
        RunExpectation.Faulted => Fault(test.Expectation.Fault, test.Expectation.FaultPc ?? -1),
        RunExpectation.FaultedOrReturned => $"{Fault(test.Expectation.Fault, test.Expectation.FaultPc ?? -1)}, or returned",
        RunExpectation.TimedOut => "instruction budget used up",
        RunExpectation.Unstated => "any end",
    };

    public static string End(ObservationBatch seen, int index)
    {
        ref readonly Observation run = ref seen[index];
        return run.Status switch
        {
            ExecutionStatus.Returned => run.R0Mask == 0 ? "returned" : $"returned {Hex(run.R0 & run.R0Mask)}",
            ExecutionStatus.Faulted => Fault(run.Fault, run.FaultPc),
            ExecutionStatus.TimedOut => seen.Reason(index) is { Length: > 0 } reason ? reason : "instruction budget used up",
            ExecutionStatus.Crashed => "crashed",
            ExecutionStatus.Inconclusive => "inconclusive",
        };
    }

    public static string R0(ulong value, ulong mask) =>
        mask == ulong.MaxValue ? $"r0 = {Hex(value)}" : $"r0 = {Hex(value & mask)} in the bits {Hex(mask)}";

    /// <summary>The byte at an offset, or that there is none; all of a packet's fate.</summary>
    public static string Data(TestCase test, int input, ReadOnlySpan<byte> data, int offset) =>
        test.Inputs[input].Step is NetworkStep { HasFate: true } ? FateText.Of(test, data) : Data(data, offset, test.DataNoun(input));

    private static string Data(ReadOnlySpan<byte> data, int offset, string noun) =>
        offset < data.Length ? $"{noun}[{offset}] = 0x{data[offset]:x2}" : $"{noun} of {data.Length} bytes";

    /// <summary>The entry of a map in which an image of it differs from another, at an offset of the image; or how many there are.</summary>
    public static string Map(MapDefinition map, ReadOnlyMemory<byte> part, int offset)
    {
        ImmutableArray<MapEntry> entries = MapImage.Entries(map, part);
        int index = MapImage.EntryAt(map, part.Span, offset);
        if (offset < sizeof(uint) || index >= entries.Length) return $"{entries.Length} entries in map {map.Name}";
        MapEntry entry = entries[index];
        string place = map.KeyBytes == 0 ? $"{index}" : Bytes(entry.Key.Span);
        return $"{map.Name}[{place}] = {Bytes(entry.Value.Span)}";
    }

    /// <summary>The field of a context to which a byte belongs, or how many bytes the context has.</summary>
    public static string Context(TestCase test, int input, ReadOnlySpan<byte> context, int offset) =>
        ContextPlace.At(test.ContextOf(input)?.Layout, offset) is var place && place.Offset + place.SizeBytes <= context.Length
            ? $"{place.Name} = {place.ValueIn(context)}"
            : $"context of {context.Length} bytes";

    private static string Bytes(ReadOnlySpan<byte> bytes)
    {
        const int Shown = 32;
        string hex = Convert.ToHexStringLower(bytes[..Math.Min(bytes.Length, Shown)]);
        return bytes.Length > Shown ? hex + "…" : hex;
    }

    /// <summary>The registers of a set (bit n: register n) with their values.</summary>
    public static string Registers(in Observation run, int registers)
    {
        var words = new List<string>();
        for (int rest = registers; rest != 0; rest &= rest - 1)
        {
            int r = BitOperations.TrailingZeroCount(rest);
            words.Add($"r{r} = {Hex(run.Registers[r])}");
        }

        return string.Join(", ", words);
    }

    public static string Fault(FaultKind kind, int pc)
    {
        string what = kind == FaultKind.None ? "a fault" : $"fault {kind}";
        return pc < 0 ? what : $"{what} at pc {pc}";
    }

    private static string Hex(ulong value) => $"0x{value:x}";
}
