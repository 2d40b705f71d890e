using System.Globalization;
using System.Text;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Loading.Assembly;

namespace BpfConformance.Cli;

/// <summary>A member of a grid as the text of a vector, with results that a run has shown.</summary>
internal static class MemberListing
{
    /// <exception cref="TargetException">The machine did not load the program.</exception>
    public static string Of(TestCase test, TargetRun run)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {test.File}/{test.Member}\n-- asm\n");
        text.Append(Disassembler.Listing(test.Program.Instructions.AsSpan()));
        if (!test.NeedsSignature) return text.ToString();
        if (run.Observations is not { } seen) throw new TargetException($"{run.Target} does not load it: {run.Verdict.Message}");

        text.Append("-- cases\n");
        for (int i = 0; i < seen.Count; i++)
        {
            text.Append(Hex(test.Inputs[i].Data.Span));
            Observation observation = seen[i];
            text.Append(observation.Status == ExecutionStatus.Returned
                ? string.Create(CultureInfo.InvariantCulture, $" -> 0x{observation.R0:x} / {Hex(seen.Data(i)[..observation.DataLength])}\n")
                : string.Create(CultureInfo.InvariantCulture, $" # {observation.Status}\n"));
        }

        return text.ToString();
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? "-" : Convert.ToHexStringLower(bytes);
}
