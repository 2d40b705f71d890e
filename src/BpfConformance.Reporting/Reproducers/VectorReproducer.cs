using System.Text;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;

namespace BpfConformance.Reporting.Reproducers;

/// <summary>A vector, as <c>conformance/README.md</c> describes it. One of a case that states nothing lets runs come to whatever they do.</summary>
public sealed class VectorReproducer : IReproducer
{
    public string FileName => "case.vector";

    public string? Lacks(TestCase test) =>
        test.Contention is not null ? "two threads have no one result"
        : test.Inputs.Any(input => input is { Step: not null, Text.Length: 0 }) ? "the step was not written down"
        : test.Inputs.IsEmpty && test.Expectation.Load != LoadExpectation.Rejected ? "there is no run"
        : test.Maps.Any(map => map.Type == MapType.Unspecified) ? "a map has no kind"
        : test is { IsSequence: true, Expectation: { Load: not LoadExpectation.Rejected, Run: RunExpectation.Unstated } } ? "steps state what comes of them, and that is not known"
        : null;

    public string Write(TestCase test)
    {
        var text = new StringBuilder();
        foreach (string line in test.Note.Split('\n', StringSplitOptions.RemoveEmptyEntries)) text.Append($"# {line}\n");
        text.Append(GivenText.LoadAndMaps(test));
        for (int index = 0; index < test.Program.Count; index++) AddProgram(text, test, index);
        if (test.Expectation.Load == LoadExpectation.Rejected) AddRejection(text, test);
        else AddRuns(text, test);
        return text.ToString();
    }

    public TestCase Read(string text, TestCase test) => VectorReader.Read(text, FileName, FileName);

    private static void AddProgram(StringBuilder text, TestCase test, int index)
    {
        ProgramPart part = test.Program[index];
        if (index > 0 && part.Type != test.Program.Type) text.Append($"-- type {part.Name}\n{Vocabulary.ProgramTypes[part.Type]}\n");
        if (index > 0 && part.AttachType != test.Program.AttachType) text.Append($"-- attach {part.Name}\n{Vocabulary.AttachTypes[part.AttachType]}\n");
        text.Append(index == 0 ? "-- asm\n" : $"-- asm {part.Name}\n").Append(MapsText.Listing(test, index));
    }

    private static void AddRejection(StringBuilder text, TestCase test)
    {
        text.Append(test.Expectation.IsMalformed ? "-- malformed\n" : "-- rejected\n");
        if (!test.Expectation.Reasons.IsEmpty && !test.Expectation.Reasons.Contains(Abi.Validation.ReasonClass.Other)) text.Append($"{string.Join(' ', test.Expectation.Reasons)}\n");
        if (!test.Inputs.IsEmpty && !test.IsSequence) AddData(text, test);
    }

    private static void AddRuns(StringBuilder text, TestCase test)
    {
        if (!test.Inputs[0].Context.IsEmpty || test.Inputs.Any(input => !input.Context.IsEmpty)) text.Append("-- context\n").Append(ContextLines(test));
        if (test.IsSequence)
        {
            text.Append("-- steps\n").AppendJoin('\n', test.Inputs.Select((input, index) => StepOf(test, input))).Append('\n');
        }
        else if (test.Expectation.Run != RunExpectation.Returned)
        {
            AddFault(text, test);
        }
        else if (test.Inputs is [{ } only])
        {
            AddData(text, test);
            text.Append($"-- result\n0x{only.Result:x}\n");
            if (only.DataAfter is { } after) text.Append($"-- memory-after\n{BytesText.Of(after.Span)}\n");
        }
        else
        {
            text.Append("-- cases\n").AppendJoin('\n', test.Inputs.Select(RunOf)).Append('\n');
            return;
        }

        text.Append(MapsText.After(test));
    }

    private static void AddFault(StringBuilder text, TestCase test)
    {
        Expectation expectation = test.Expectation;
        text.Append(expectation.Run == RunExpectation.TimedOut ? "-- faults\nbudget\n"
            : expectation.Run == RunExpectation.Unstated ? "-- faults\nor returns\n"
            : $"-- faults\n{(expectation.Fault == FaultKind.None ? string.Empty : $"{expectation.Fault}{(expectation.FaultPc is { } pc ? $" at {pc}" : string.Empty)}\n")}");
        if (test.Inputs.Length == 1) AddData(text, test);
        else text.Append("-- cases\n").AppendJoin('\n', test.Inputs.Select(input => MapEntryText.Bytes(input.Data.Span))).Append('\n');
    }

    private static void AddData(StringBuilder text, TestCase test)
    {
        if (!test.Inputs[0].Data.IsEmpty) text.Append($"-- {test.DataNoun}\n{BytesText.Of(test.Inputs[0].Data.Span)}\n");
    }

    private static string RunOf(CaseInput input) =>
        $"{MapEntryText.Bytes(input.Data.Span)} -> 0x{input.Result:x}{(input.DataAfter is { } after ? $" / {MapEntryText.Bytes(after.Span)}" : string.Empty)}";

    /// <summary>A step is as it was written; what should come of it may be something else now.</summary>
    private static string StepOf(TestCase test, CaseInput input) => input.Step is null
        ? $"run {(input.Program == 0 ? string.Empty : $"{test.Program[input.Program].Name} ")}{RunOf(input)}"
        : $"{input.Text.Split("->")[0].TrimEnd()} -> {StepResultText.Of(test, input.Step, input.Result ?? 0, input.DataAfter is { } after ? after.Span : default)}";

    private static string ContextLines(TestCase test)
    {
        ContextLayout? layout = test.ContextOf(0)?.Layout;
        ReadOnlySpan<byte> context = test.Inputs[0].Context.Span;
        var text = new StringBuilder();
        if (layout is null || layout.Fields.All(field => !field.HasName)) return $"{BytesText.Of(context)}\n";
        for (int offset = 0; offset < context.Length;)
        {
            var place = ContextPlace.At(layout, offset);
            int end = place.Offset + place.SizeBytes;
            if (place.IsNamed && end <= context.Length && context[place.Offset..end].ContainsAnyExcept((byte)0)) text.Append($"{place.Name} = {place.ValueIn(context)}\n");
            offset = Math.Max(offset + 1, end);
        }

        // A context of zeros is one, too, and a section without a line is none.
        if (text.Length == 0 && layout.Fields.FirstOrDefault(field => field is { HasName: true, IsArray: false, Value: ContextValue.Number }) is { } zero) text.Append($"{zero.Name} = 0\n");
        return text.ToString();
    }
}
