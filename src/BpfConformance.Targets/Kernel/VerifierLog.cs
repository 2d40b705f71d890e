using System.Globalization;
using BpfConformance.Abi;
using BpfConformance.Abi.Validation;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>Reads the end of the kernel verifier's log (log_level 1): why a program was rejected, and at which slot.</summary>
public static class VerifierLog
{
    private const int KeptLines = 8;

    // What a log says beside traced instructions and the message: states, statistics, frames.
    private static readonly string[] s_commentary =
    [
        "processed ", "verification time ", "stack depth ", "cur state:", "old state:", "caller:", "callee:", "from ",
        "returning from callee:", "to caller at ", " R", " frame", "; ", "mark_precise:", "max_states_per_insn ",
    ];

    /// <summary>The class of the reason, and the slot it is about.</summary>
    /// <param name="log">The log, or its end; may be empty.</param>
    /// <param name="errno">The system call's error, which decides when no message does.</param>
    /// <param name="prologueSlots">Slots put before the program, which pcs of the log count.</param>
    public static (ReasonClass Reason, int? Pc) Classify(string log, int errno, int prologueSlots = 0)
    {
        List<string> end = EndOf(log);
        int? traced = TracedPc(end[0]);
        for (int i = end.Count - 1; i >= 0; i--)
        {
            if (traced is not null && i == 0) break;
            foreach (VerifierMessage row in VerifierMessages.Rows)
            {
                int position = end[i].IndexOf(row.Text, StringComparison.Ordinal);
                if (position < 0 || !end[i].Contains(row.Also, StringComparison.Ordinal)) continue;

                int? pc = row.Pc switch
                {
                    PcSource.Trace => traced,
                    PcSource.AfterText => LeadingNumber(end[i].AsSpan(position + row.Text.Length)),
                    PcSource.Unknown => null,
                };
                return (row.Reason, pc >= prologueSlots ? pc - prologueSlots : null);
            }
        }

        return (ReasonOf(errno), traced >= prologueSlots ? traced - prologueSlots : null);
    }

    /// <summary>The kernel's own words: what it said of the last instruction that it traced, without that instruction.</summary>
    public static string MessageOf(string log, int errno)
    {
        List<string> said = EndOf(log);
        said.RemoveAll(line => line.Length == 0 || TracedPc(line) is not null);
        return said.Count == 0
            ? $"{Errnos.Name(errno)}, and no word of the verifier"
            : string.Join('\n', said.Take(KeptLines));
    }

    /// <summary>The last traced instruction, if there is one, and the lines of message after it; at least one line.</summary>
    private static List<string> EndOf(string log)
    {
        string[] lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        int start = lines.Length - 1;
        while (start > 0 && TracedPc(lines[start]) is null) start--;

        var end = new List<string>();
        for (int i = Math.Max(start, 0); i < lines.Length; i++)
        {
            if (!IsCommentary(lines[i])) end.Add(WithoutStatistics(lines[i]));
        }

        if (end.Count == 0) end.Add(string.Empty);
        return end;
    }

    /// <summary>Some messages of the kernel do not end their line: "expected prog array map for tail callprocessed 3 insns (limit …".</summary>
    private static string WithoutStatistics(string line)
    {
        int start = line.IndexOf("processed ", StringComparison.Ordinal);
        return start > 0 && line.Contains(" insns (limit ", StringComparison.Ordinal) ? line[..start] : line;
    }

    private static bool IsCommentary(string line) =>
        Array.Exists(s_commentary, prefix => line.StartsWith(prefix, StringComparison.Ordinal))
        || (LeadingNumber(line) is not null && TracedPc(line) is null);

    /// <summary>The pc of a line like <c>3: (b7) r0 = 0</c>; BUG_ stands for what the kernel's disassembler cannot print.</summary>
    private static int? TracedPc(string line)
    {
        int colon = line.IndexOf(": ", StringComparison.Ordinal);
        if (colon <= 0) return null;
        ReadOnlySpan<char> rest = line.AsSpan(colon + 2);
        return rest.StartsWith("(", StringComparison.Ordinal) || rest.StartsWith("BUG_", StringComparison.Ordinal)
            ? LeadingNumber(line.AsSpan(0, colon))
            : null;
    }

    private static int? LeadingNumber(ReadOnlySpan<char> text)
    {
        int digits = text.IndexOfAnyExceptInRange('0', '9');
        if (digits >= 0) text = text[..digits];
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
    }

    private static ReasonClass ReasonOf(int errno) => (Errno)errno switch
    {
        Errno.EPERM => ReasonClass.Permission,
        Errno.E2BIG => ReasonClass.TooLarge,
        Errno.ENOTSUPP or Errno.ENOSYS => ReasonClass.NotImplemented,
        _ => ReasonClass.Other,
    };
}
