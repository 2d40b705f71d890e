using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Targets.Kernel;

/// <summary>What the verifier said of a program, with the pcs of the program as given: the kernel counts the prologue, too.</summary>
internal static partial class VerifierWords
{
    /// <param name="answer">The load of <see cref="KernelPart.Given"/>.</param>
    /// <param name="part">What was loaded; pcs count from where it begins.</param>
    public static string Of(LoadAnswer answer, KernelPart part)
    {
        ImmutableArray<Instruction> program = part.Instructions;
        return PcInWords().Replace(VerifierLog.MessageOf(answer.Log, answer.Errno), found =>
        {
            int pc = Number("pc") - part.PrologueSlots;
            string from = found.Groups["insn"].Value + pc.ToString(CultureInfo.InvariantCulture);
            if (!found.Groups["to"].Success) return from;

            // A jump to before the program may lead further in what is loaded.
            int to = Number("to") < 0 ? JumpTargets.Of(program[pc], pc) : Number("to") - part.PrologueSlots;
            return string.Create(CultureInfo.InvariantCulture, $"{from} to {to}");

            int Number(string group) => int.Parse(found.Groups[group].ValueSpan, CultureInfo.InvariantCulture);
        });
    }

    /// <summary>A pc: <c>insn 5</c>, <c>alloc_insn=5</c>, <c>insn 5 to 12</c>.</summary>
    [GeneratedRegex(@"(?<insn>insn[ =])(?<pc>\d+)( to (?<to>-?\d+))?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PcInWords();
}
