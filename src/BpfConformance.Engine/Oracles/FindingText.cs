using System.Numerics;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
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

    /// <summary>The line of the map that cannot be, which the verdict names; <c>null</c>: it is about something else.</summary>
    public static int? LineOf(TestCase test, Verdict verdict)
    {
        if (verdict.Reason != ReasonClass.InvalidMapDefinition || test.MapLines.IsEmpty) return null;
        string[] words = verdict.Message.Split(' ');
        int map = test.Maps.Select(each => each.Name).ToList().FindIndex(name => words.Zip(words.Skip(1)).Contains(("map", name)));
        return map < 0 ? null : test.MapLines[map];
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
        RunExpectation.Returned when test.Inputs[input].Step is not null => StepDifference.Stated(test, input),
        RunExpectation.Returned when test.Inputs[input].Result is { } r0 => $"returned {Hex(r0)}",
        RunExpectation.Returned => "returned",
        RunExpectation.Faulted => Fault(test.Expectation.Fault, test.Expectation.FaultPc ?? -1),
        RunExpectation.FaultedOrReturned => $"{Fault(test.Expectation.Fault, test.Expectation.FaultPc ?? -1)}, or returned",
        RunExpectation.TimedOut => "instruction budget used up",
        RunExpectation.Unstated => "any end",
    };

    public static string End(TestCase test, ObservationBatch seen, int index)
    {
        ref readonly Observation run = ref seen[index];
        return run.Status switch
        {
            ExecutionStatus.Returned when test.Inputs[index].Step is not null => StepDifference.Seen(test, index, seen),
            ExecutionStatus.Returned => run.R0Mask == 0 ? "returned" : $"returned {Hex(run.R0 & run.R0Mask)}",
            ExecutionStatus.Faulted => Fault(run.Fault, run.FaultPc),
            ExecutionStatus.TimedOut => seen.Reason(index) is { Length: > 0 } reason ? reason : "instruction budget used up",
            ExecutionStatus.Crashed => "crashed",
            ExecutionStatus.Inconclusive => "inconclusive",
        };
    }

    public static string R0(ulong value, ulong mask) =>
        mask == ulong.MaxValue ? $"r0 = {Hex(value)}" : $"r0 = {Hex(value & mask)} in the bits {Hex(mask)}";

    /// <summary>The byte at an offset, or that there is none.</summary>
    public static string Data(TestCase test, ReadOnlySpan<byte> data, int offset) =>
        offset < data.Length ? $"{test.DataNoun}[{offset}] = 0x{data[offset]:x2}" : $"{test.DataNoun} of {data.Length} bytes";

    /// <summary>The field of a context to which a byte belongs, or how many bytes the context has.</summary>
    public static string Context(TestCase test, int input, ReadOnlySpan<byte> context, int offset) =>
        ContextPlace.At(test.ContextOf(input)?.Layout, offset) is var place && place.Offset + place.SizeBytes <= context.Length
            ? $"{place.Name} = {place.ValueIn(context)}"
            : $"context of {context.Length} bytes";

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

    /// <summary>How many helpers were called, and the hash over them: as many may have been called with something else, or in another order.</summary>
    public static string HelperTrace(in Observation run) => $"{run.HelperCalls} calls of helpers, with trace {Hex(run.HelperHash)}";

    public static string Fault(FaultKind kind, int pc)
    {
        string what = kind == FaultKind.None ? "a fault" : $"fault {kind}";
        return pc < 0 ? what : $"{what} at pc {pc}";
    }

    private static string Hex(ulong value) => $"0x{value:x}";
}
