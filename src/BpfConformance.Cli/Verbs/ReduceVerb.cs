using System.CommandLine;
using BpfConformance.Cli.Campaigns;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Findings;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Reduction;
using BpfConformance.Engine.Targets;
using BpfConformance.Reporting.Reproducers;
using BpfConformance.Targets.Kernel;

namespace BpfConformance.Cli.Verbs;

/// <summary><c>bpfconf reduce</c>: a case that shows a difference, as small as it can be.</summary>
internal static class ReduceVerb
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A .vector, .data, .asm, .hex or .bin file, or FILE.grid/MEMBER" };
        var targets = new TargetOptions();
        var output = new Option<string>("--output", "-o") { Description = "File the finding under this folder: the case in all forms that show it, and a page", HelpName = "DIR" };
        var command = new ExampleCommand(
            "reduce",
            "Make a case that shows a difference as small as it can be, and print it.",
            "bpfconf reduce program.asm --target x64",
            "bpfconf reduce found.vector --target kernel -o corpus/findings")
        {
            file, output,
        };
        command.SetExitCodes("there is no difference", "there is a difference, and it was reduced", "nothing was compared, or not on a target that was asked for by name");
        targets.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var warnings = new List<CaseWarning>();
            TestCase test = ProgramFile.Read(parsed.GetRequiredValue(file), data: null, warnings);
            TextWriter error = parsed.InvocationConfiguration.Error;
            foreach (CaseWarning warning in warnings) error.WriteLine($"bpfconf: warning: {warning}");
            TargetSelection selection = targets.Selection(parsed).ForPrograms(areOfASuite: false, error);
            if (selection.ReportMissing(error) is { } missing) return Task.FromResult(missing);
            string? folder = parsed.GetValue(output);
            if (File.Exists(folder)) throw new UsageException($"{output.Name} {folder}: expected a folder, that is a file");
            using JitHardening? hardening = targets.Harden(parsed, selection);
            var run = new Run(test, folder, hardening is not null, target => targets.OptionsFor(target, parsed), parsed.InvocationConfiguration.Output, error, cancellation);
            return Task.FromResult(run.Execute(selection));
        });
        return command;
    }

    private static string WordOf(ReductionResult result) => result.End switch
    {
        ReductionEnd.Minimal => $"nothing smaller shows it ({result.Tried} tries)",
        ReductionEnd.OutOfBudget => $"a smaller case may show it: {result.Tried} were tried",
        ReductionEnd.Cancelled => "interrupted; this is how far it came",
        ReductionEnd.NeverHeld => "not shown again; it comes and goes",
        ReductionEnd.HoldsForNothing => "a program that only exits shows it, too",
    };

    private sealed class Run(TestCase test, string? root, bool isHardened, Func<string, string> optionsFor, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        public int Execute(TargetSelection selection)
        {
            IReadOnlyList<IExecutionTarget> targets = selection.CreateForRunner();
            try
            {
                if (targets.Skip(1).Any(target => ReducesOn(targets[0], target))) return cancellation.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Failure;
                if (targets.Count == 1) output.WriteLine("there is no target to hold against the reference");
                bool[] compared = [.. targets.Skip(1).Select(target => WasCompared(targets[0], target))];
                bool isAnswered = compared.Length > 0 && (selection.IsByName ? compared.All(was => was) : compared.Any(was => was));
                return isAnswered ? ExitCode.Success : ExitCode.NothingRan;
            }
            finally
            {
                foreach (IExecutionTarget target in targets) target.Dispose();
            }
        }

        /// <summary>Says what there is to say where nothing was found.</summary>
        private bool WasCompared(IExecutionTarget reference, IExecutionTarget target)
        {
            Experiment experiment = new ExperimentRunner([reference, target]).Run(test.Unstated());
            string? why = NothingCompared.WhyOf(experiment.Runs[0], experiment.Runs[1]);
            output.WriteLine($"{target.Name}: {(why is null ? "no difference" : $"nothing was compared: {why}")}");
            return why is null;
        }

        /// <summary>Whether there is a difference, and then it is reduced.</summary>
        private bool ReducesOn(IExecutionTarget reference, IExecutionTarget target)
        {
            var inspector = new FindingInspector(reference, target, OracleSet.ForGeneratedOn([reference, target]));
            if (inspector.Judge(test).FirstOrDefault() is not { } finding) return false;
            error.WriteLine($"bpfconf: {target.Name}: expected {finding.Expected}, got {finding.Got}");
            var reducer = new Reducer(ReductionPasses.All)
            {
                Progress = (smaller, tried) => error.WriteLine($"bpfconf: {smaller.Program.Instructions.Length} slots, {StatusText.Plural(smaller.Inputs.Length, "input")}, after {tried} tries"),
            };
            ReducedFinding reduced = inspector.Reduce(test, finding, reducer, cancellation);
            error.WriteLine($"bpfconf: {reduced.Signature}: {WordOf(reduced.Reduction)}");
            TestCase? stated = StatedCase.Of(reduced.Case, new ExperimentRunner([reference]).Run(reduced.Case).Runs[0]);
            output.Write(Reproducing.Untried(stated, reduced.Case).Text);
            ReportOutputs.Guard(root, at => error.WriteLine($"bpfconf: filed in {FiledFinding.Write(at, reduced, reference, target, isHardened, optionsFor(target.Name)).Path}"));
            return true;
        }
    }
}
