using System.Globalization;
using System.Text;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Cases.Grids;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Loading.Assembly;

namespace BpfConformance.Cli;

/// <summary>A member of a grid as the text of a vector, with results that a run has shown.</summary>
internal static class MemberListing
{
    /// <exception cref="TargetException">The machine did not load the program, or it did not return.</exception>
    public static string Of(TestCase test, TargetRun run)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {test.File}/{test.Member}\n");
        if (test.HasPackets) text.Append(CultureInfo.InvariantCulture, $"-- type\n{Vocabulary.ProgramTypes[test.Program.Type]}\n");
        if (!test.Maps.IsEmpty) text.Append("-- maps\n").AppendJoin('\n', test.Maps.Select(Map)).Append('\n');
        text.Append("-- asm\n").Append(Disassembler.Listing(test.Program.Instructions.AsSpan()));
        text.Append(Expectation(test.Expectation));
        if (!test.Inputs.IsEmpty && test.Expectation.Load != LoadExpectation.Rejected) AddRuns(text, test, run);
        else if (test.DataBytes > 0) text.Append(CultureInfo.InvariantCulture, $"-- {(test.HasPackets ? "packet" : "memory")}\n{Hex(test.Inputs[0].Data.Span)}\n");
        return text.ToString();
    }

    private static string Map(MapDefinition map) => string.Create(
        CultureInfo.InvariantCulture,
        $"{map.Name}: {Vocabulary.MapTypes[map.Type]} key {map.KeyBytes} value {map.ValueBytes} entries {map.MaxEntries} flags 0x{(uint)map.Flags:x}");

    private static string Expectation(Expectation expectation)
    {
        string reasons = string.Join(' ', expectation.Reasons.Select(reason => Vocabulary.Reasons[reason]));
        return expectation switch
        {
            { IsMalformed: true } => $"-- malformed\n{reasons}\n",
            { Load: LoadExpectation.Rejected } => $"-- rejected\n{reasons}\n",
            { Load: LoadExpectation.AcceptedOrRejected } => $"-- rejected\n{reasons} or runs\n",
            { Run: RunExpectation.TimedOut } => "-- faults\nbudget\n",
            { Run: RunExpectation.Faulted } => $"-- faults\n{Fault(expectation)}\n",
            { Run: RunExpectation.FaultedOrReturned } => $"-- faults\n{Fault(expectation)} or returns\n",
            _ => string.Empty,
        };
    }

    private static string Fault(Expectation expectation) => expectation switch
    {
        { Fault: FaultKind.None } => string.Empty,
        { FaultPc: { } pc } => $"{expectation.Fault} at {pc}",
        _ => $"{expectation.Fault}",
    };

    private static void AddRuns(StringBuilder text, TestCase test, TargetRun run)
    {
        if (run.Observations is not { } seen) throw new TargetException($"{run.Target} does not load it: {run.Verdict.Message}");
        if (test.NeedsSignature && OutcomeText.FirstStop(run.Target, seen) is { } stop) throw new TargetException(stop);

        text.Append("-- cases\n");
        for (int i = 0; i < seen.Count; i++)
        {
            text.Append(Hex(test.Inputs[i].Data.Span)).Append(test.NeedsSignature ? Result(seen, i) : "\n");
        }

        if (test.Signature is not { } stated || Signature.Of(seen) is var given && given == stated) return;
        text.Append(
            CultureInfo.InvariantCulture,
            $"# These runs give signature {given:x16}, but {GridSignatures.PathFor(test.File)} states {stated:x16}: 'bpfconf grid sign {test.File}' if the grid was changed on purpose\n");
    }

    private static string Result(ObservationBatch seen, int i) =>
        string.Create(CultureInfo.InvariantCulture, $" -> 0x{seen[i].R0:x} / {Hex(seen.Data(i)[..seen[i].DataLength])}\n");

    private static string Hex(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? "-" : Convert.ToHexStringLower(bytes);
}
