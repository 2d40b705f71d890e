using System.Collections.Immutable;
using System.Text;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Findings;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Reduction;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Reporting.Reproducers;

/// <summary>What a person reads of a finding.</summary>
/// <param name="Finding">The finding, and its case.</param>
/// <param name="Reference">What the target is held against.</param>
/// <param name="Target">The target.</param>
/// <param name="Trace">What both had until they part, step by step; empty: it cannot be said where.</param>
/// <param name="Files">What became of each form.</param>
public sealed record FindingPage(ReducedFinding Finding, IExecutionTarget Reference, IExecutionTarget Target, ImmutableArray<StepState> Trace, ImmutableArray<Reproduction> Files)
{
    public const string FileName = "README.md";

    /// <summary>Whether the kernel's constants were blinded meanwhile.</summary>
    public bool IsHardened { get; init; }

    /// <summary>As of <see cref="FiledFinding.Write"/>.</summary>
    public string Options { get; init; } = string.Empty;

    public string ToMarkdown()
    {
        TestCase test = Finding.Case;
        Finding finding = Finding.Finding;
        var text = new StringBuilder();
        text.Append($"# {MarkdownText.Escape(Finding.Signature.ToString())}\n\n");
        text.Append($"Expected {MarkdownText.Code(finding.Expected)}, got {MarkdownText.Code(finding.Got)}{(finding.Input is { } input ? $" in {MarkdownText.Escape(InputText.Of(test, input))}" : string.Empty)}{(IsHardened ? $"; {HardeningDefinitions.Remark}" : string.Empty)}.\n\n");
        if (finding.Stack.Length > 0) text.Append($"The exception came from:\n\n{MarkdownText.Block(finding.Stack)}\n\n");
        text.Append("| Machine | Version |\n|:--|:--|\n");
        foreach (IExecutionTarget each in (IExecutionTarget[])[Reference, Target]) text.Append($"| {MarkdownText.Escape(each.Name)} | {MarkdownText.Escape(each.Capabilities.Version)} |\n");
        text.Append($"\n## Program\n\n{MarkdownText.Block(ListingOf(test))}\n\n");
        if (WhyPerhapsNotSmallest is { } why) text.Append($"A smaller one may show it: {why}.\n\n");
        AddGiven(text, test);
        AddTrace(text);
        AddFiles(text);
        return text.ToString();
    }

    private string? WhyPerhapsNotSmallest => Finding.Reduction.End switch
    {
        ReductionEnd.OutOfBudget => $"{Finding.Reduction.Tried} were tried",
        ReductionEnd.Cancelled => "it was looked for no longer",
        ReductionEnd.Minimal or ReductionEnd.HoldsForNothing or ReductionEnd.NeverHeld => null,
    };

    private static string ListingOf(TestCase test)
    {
        var text = new StringBuilder();
        for (int pc = 0; pc < test.Program.Instructions.Length; pc += test.Program.Instructions[pc].IsWide ? 2 : 1) text.Append($"{pc,4}: {ProgramListing.Format(test, pc)}\n");
        return text.ToString();
    }

    private static void AddGiven(StringBuilder text, TestCase test)
    {
        string load = GivenText.Load(test.Program);
        if (load.Length > 0) text.Append($"Loaded with:\n\n{MarkdownText.Block(load)}\n\n");
        string maps = MapsText.Of(test);
        if (maps.Length > 0) text.Append($"Maps:\n\n{MarkdownText.Block(maps)}\n\n");
        foreach ((CaseInput input, int index) in test.Inputs.Select((input, index) => (input, index)))
        {
            if (input.Step is not null || (input.Data.IsEmpty && input.Context.IsEmpty)) continue;
            if (!input.Data.IsEmpty) text.Append($"The {test.DataNoun} of {InputText.Of(test, index)}:\n\n{MarkdownText.Block(BytesText.Of(input.Data.Span))}\n\n");
            if (!input.Context.IsEmpty) text.Append($"Its context:\n\n{MarkdownText.Block(BytesText.Of(input.Context.Span))}\n\n");
        }
    }

    private void AddTrace(StringBuilder text)
    {
        text.Append("## Where they part\n\n");
        if (Trace.IsEmpty)
        {
            text.Append(Finding.Finding.Oracle == CrashOracle.OracleName
                ? "It cannot be said: what crashes does not say where it was.\n\n"
                : "It cannot be said: the program was not run, or both do the same when its path is gone straight on.\n\n");
            return;
        }

        text.Append($"| Slot | Instruction | Seen | {MarkdownText.Escape(Reference.Name)} | {MarkdownText.Escape(Target.Name)} | |\n|--:|:--|:--|:--|:--|:--|\n");
        foreach (StepState state in Trace)
        {
            string instruction = $"{new string('·', state.Step.Depth)}{ProgramListing.Format(Finding.Case, state.Pc)}";
            text.Append($"| {state.Pc} | {MarkdownText.Code(instruction)} | {MarkdownText.Escape(state.What)} | {state.Expected ?? "–"} | {state.Got ?? "–"} | {(state.Differs ? "≠" : string.Empty)} |\n");
        }

        text.Append("\n– not shown, or not comparable; ≠ from here on they differ, in this or in something else.\n\n");
        if (Trace.Any(state => !state.Differs && (state.Expected is null || state.Got is null))) text.Append("Where nothing is shown, they may differ already.\n\n");
    }

    private void AddFiles(StringBuilder text)
    {
        text.Append("## Files\n\n| File | |\n|:--|:--|\n");
        foreach (Reproduction file in Files) text.Append($"| {MarkdownText.Code(file.FileName)} | {MarkdownText.Escape(file.Remark)} |\n");
        bool hasVector = Files.Any(file => file.FileName == Reproducing.VectorName && file.Text is not null);
        string options = $"{(Options.Length > 0 ? $" {Options}" : string.Empty)}{(IsHardened ? " --jit-harden" : string.Empty)}";
        text.Append(hasVector
            ? $"\nTo see whether it is still there, in the folder above this one:\n\n{MarkdownText.Block($"bpfconf replay {Finding.Signature.Slug}{options}")}\n"
            : "\nThere is no vector, and so `bpfconf replay` cannot see whether it is still there.\n");
    }
}
