using System.Collections.Immutable;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;

namespace BpfConformance.Engine.Cases;

/// <summary>Reads what a <c>.vector</c> says of loads and runs: <c>rejected</c>, <c>malformed</c>, <c>faults</c>, and what stands before a result.</summary>
internal static class ExpectationReader
{
    /// <summary>Every run returns, and the load may not be refused.</summary>
    public static Expectation Returns { get; } = new(LoadExpectation.Accepted, []);

    /// <summary><c>-- rejected</c>: reasons, or none for any; <c>or runs</c> when running is right too.</summary>
    public static Expectation ReadRejected(Section section)
    {
        List<(int Line, string Word)> words = Words(section);
        bool mayRun = words is [.., (_, "or"), (_, "runs")];
        if (mayRun) words.RemoveRange(words.Count - 2, 2);
        return new Expectation(
            mayRun ? LoadExpectation.AcceptedOrRejected : LoadExpectation.Rejected, ReadReasons(section, words));
    }

    /// <summary><c>-- malformed</c>: reasons, or none for any.</summary>
    public static Expectation ReadMalformed(Section section) =>
        new(LoadExpectation.Rejected, ReadReasons(section, Words(section))) { IsMalformed = true };

    /// <summary>
    /// <c>-- faults</c>: a kind of fault, perhaps <c>at</c> a pc; <c>budget</c>; or nothing for any fault. <c>or returns</c> after a
    /// fault when returning is right, too.
    /// </summary>
    public static Expectation ReadFaults(Section section)
    {
        (int Line, string Word)[] words = [.. section.Entries.SelectMany(entry => FileLines.Words(entry.Text).Select(word => (entry.Line, word)))];
        bool mayReturn = words is [.., (_, "or"), (_, "returns")];
        if (mayReturn) words = words[..^2];
        Expectation any = Returns with { Run = mayReturn ? RunExpectation.FaultedOrReturned : RunExpectation.Faulted };
        if (words is []) return any;
        if (words is [(_, "budget")] && !mayReturn) return Returns with { Run = RunExpectation.TimedOut };

        if (!Vocabulary.Faults.TryParse(words[0].Word, out FaultKind kind))
        {
            throw section.Error(
                words[0].Line, $"unknown fault {Section.Quote(words[0].Word)}, expected one of: {Vocabulary.Faults}; or budget alone");
        }

        return words switch
        {
            [_] => any with { Fault = kind },
            [_, (_, "at"), (_, { } pc)] when ValueText.TryParseCount(pc, out int faultPc) =>
                any with { Fault = kind, FaultPc = faultPc },
            _ => throw section.Error(words[1].Line, $"found {Section.Quote(words[1].Word)}, expected nothing, 'at' and a pc, or 'or returns'"),
        };
    }

    /// <summary>What a result says of the load: nothing, or <c>rejected [reasons] or</c> before the value.</summary>
    /// <returns>The expectation, and the text of the value.</returns>
    public static (Expectation Expectation, string Value) ReadResult(Section section, Entry entry)
    {
        string[] words = FileLines.Words(entry.Text);
        return words switch
        {
            [{ } value] => (Returns, value),
            ["rejected", .. { } reasons, "or", { } value] =>
                (Returns with { Load = LoadExpectation.AcceptedOrRejected, Reasons = ReadReasons(section, Split(entry with { Text = string.Join(' ', reasons) })) }, value),
            _ => throw section.Error(entry.Line, $"found {Section.Quote(entry.Text)}, expected {ValueText.Expected}, or 'rejected or' before one"),
        };
    }

    private static ImmutableArray<ReasonClass> ReadReasons(Section section, IEnumerable<(int Line, string Word)> words)
    {
        var reasons = new List<ReasonClass>();
        foreach ((int line, string word) in words)
        {
            if (!Vocabulary.Reasons.TryParse(word, out ReasonClass reason))
            {
                throw section.Error(line, $"unknown reason {Section.Quote(word)}, expected one of: {Vocabulary.Reasons}");
            }

            if (reasons.Contains(reason)) throw section.Error(line, $"'{word}' is there twice");
            reasons.Add(reason);
        }

        return [.. reasons];
    }

    private static List<(int Line, string Word)> Words(Section section) => [.. section.Entries.SelectMany(Split)];

    /// <summary>Words with white space or commas between them.</summary>
    private static IEnumerable<(int Line, string Word)> Split(Entry entry) =>
        entry.Text.Split([' ', '\t', ','], StringSplitOptions.RemoveEmptyEntries).Select(word => (entry.Line, word));
}
