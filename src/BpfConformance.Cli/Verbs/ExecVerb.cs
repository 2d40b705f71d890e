using System.Collections.Immutable;
using System.CommandLine;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel;
using BpfConformance.Loading.Bytecode;

namespace BpfConformance.Cli.Verbs;

/// <summary><c>bpfconf exec</c>: one program on the targets, side by side.</summary>
internal static class ExecVerb
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A .vector, .data, .asm, .hex or .bin file, or FILE.grid/MEMBER" };
        var targets = new TargetOptions();
        var memory = new Option<string>("--memory")
        {
            Description = "Memory for one run, as hex digits, or as @FILE with the bytes; what the file says of inputs and results is then left out",
            HelpName = "HEX|@FILE",
        };
        var trace = new Option<bool>("--trace") { Description = "Show the registers that changed at each step of the reference's runs, those of programs that packets meet and of timers among them" };

        var whole = new Option<bool>("--whole") { Description = "Show memories, values and maps whole, whatever their size" };

        var command = new ExampleCommand(
            "exec",
            "Run one program on the targets and show their outcomes side by side, and what they left in maps.",
            "bpfconf exec conformance/divmul64/div64.vector",
            "bpfconf exec program.asm --memory 0102030405060708 --trace",
            "bpfconf exec program.bin --target reference --memory @packet.bin")
        {
            file, memory, trace, whole,
        };
        command.SetExitCodes("they agree", "they differ, or are not as the file states", "nothing ran, or not on a target that was asked for by name");
        targets.AddTo(command);
        command.SetAction(parsed =>
        {
            var warnings = new List<CaseWarning>();
            ReadOnlyMemory<byte>? data = MemoryOf(parsed.GetValue(memory));
            TestCase test = ProgramFile.Read(parsed.GetRequiredValue(file), data, warnings);
            foreach (CaseWarning warning in warnings) parsed.InvocationConfiguration.Error.WriteLine($"bpfconf: warning: {warning}");
            TargetSelection selection = targets.Selection(parsed)
                .ForPrograms(data is null && SuiteFolder.Holds(test.File), parsed.InvocationConfiguration.Error);
            int? missing = selection.ReportMissing(parsed.InvocationConfiguration.Error);
            if (selection.Available.IsEmpty) return ExitCode.NothingRan;

            using JitHardening? hardening = targets.Harden(parsed, selection);
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(trace)) TraceListing.Write(test, output);
            return Compare(test, selection, parsed.GetValue(whole), output) ?? missing ?? ExitCode.Success;
        });
        return command;
    }

    private static ReadOnlyMemory<byte>? MemoryOf(string? text)
    {
        if (text is null) return null;
        if (text == "@") throw new UsageException("--memory @ names no file");
        return text.StartsWith('@') ? SourceFile.ReadBytes(text[1..]) : HexText.Parse(text, "--memory");
    }

    private static int? Compare(TestCase test, TargetSelection selection, bool isWhole, TextWriter output)
    {
        IReadOnlyList<IExecutionTarget> targets = selection.CreateForRunner();
        try
        {
            Experiment experiment = new ExperimentRunner(targets).Run(test);
            ImmutableArray<CaseResult> results = selection.Asked(CaseJudge.ForOneCase.Judge(experiment));
            experiment = experiment with { Runs = selection.Asked(experiment.Runs) };
            ExecListing.Write(experiment, results, isWhole, output);
            return results.Any(result => result.Status == CaseStatus.Failed) ? ExitCode.Failure
                : experiment.Runs.All(run => run.Verdict.Kind is VerdictKind.Unsupported or VerdictKind.Inconclusive) ? ExitCode.NothingRan
                : null;
        }
        finally
        {
            foreach (IExecutionTarget target in targets) target.Dispose();
        }
    }
}
