using System.Collections.Immutable;
using System.CommandLine;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Cases.Grids;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Reporting;
using BpfConformance.Targets;
using BpfConformance.Targets.Kernel;

namespace BpfConformance.Cli.Verbs;

/// <summary><c>bpfconf grid</c>: freezes what the members of a grid give, and shows one of them in full.</summary>
internal static class GridVerb
{
    public static Command Create()
    {
        var command = new Command("grid", "Make the signatures of .grid files, or show one member as a vector.") { Sign(), Show() };
        return command;
    }

    private static ExampleCommand Sign()
    {
        var files = new Argument<string[]>("FILE") { Description = ".grid files", Arity = ArgumentArity.OneOrMore };
        var command = new ExampleCommand(
            "sign",
            "Run all members on the reference and on every other target, and where all agree write the .signature file beside each grid.",
            "bpfconf grid sign conformance/base32/alu32-operands.grid")
        {
            files,
        };
        command.SetExitCodes("all are signed", "some are not: targets disagree, or a run did not return");
        command.SetAction((parsed, cancellation) =>
        {
            string[] grids = parsed.GetRequiredValue(files);
            TargetSelection targets = TargetSelection.Of(TargetRegistry.All)
                .ForPrograms(grids.All(SuiteFolder.Holds), parsed.InvocationConfiguration.Error);
            if (targets.ReportMissing(parsed.InvocationConfiguration.Error) is { } missing) return Task.FromResult(missing);
            JitHardening.PutBackLeft();
            List<IExecutionTarget> created = [.. targets.Available.Select(entry => entry.Create())];
            try
            {
                var signing = new Signing(created, parsed.InvocationConfiguration.Output, cancellation);
                return Task.FromResult(grids.All(signing.Sign) ? ExitCode.Success : ExitCode.Failure);
            }
            finally
            {
                created.ForEach(target => target.Dispose());
            }
        });
        return command;
    }

    private static ExampleCommand Show()
    {
        var member = new Argument<string>("MEMBER") { Description = "FILE.grid/MEMBER, as in a report" };
        var command = new ExampleCommand(
            "show",
            "Print one member as a vector of its own, with every run's result by the reference.",
            "bpfconf grid show conformance/base32/alu32-operands.grid/add32-reg,d=0,s=2")
        {
            member,
        };
        command.SetExitCodes("it is shown");
        command.SetAction(parsed =>
        {
            TestCase test = GridMember.Read(parsed.GetRequiredValue(member));
            using IExecutionTarget reference = TargetRegistry.All[0].Create();
            parsed.InvocationConfiguration.Output.Write(MemberListing.Of(test, new ExperimentRunner([reference]).Run(test).Runs[0]));
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>Signs grids on all targets, the reference first.</summary>
    private sealed class Signing(List<IExecutionTarget> targets, TextWriter output, CancellationToken cancellation)
    {
        private readonly ExperimentRunner _runner = new(targets);

        /// <summary>Returns whether all targets agreed on all members.</summary>
        public bool Sign(string file)
        {
            ImmutableArray<TestCase> members = GridReader.ReadUnsigned(SourceFile.ReadText(file), file, file);
            if (!members[0].NeedsSignature) throw new UsageException($"'{file}' states no results: there is nothing to sign");

            var lines = new List<(string Member, ulong Signature)>();
            var others = new List<CaseResult>();
            using var progress = new Terminal.Progress(members.Length);
            foreach (TestCase member in members)
            {
                cancellation.ThrowIfCancellationRequested();
                // Any signature will do: it makes all of a run count, and is not compared yet.
                Experiment experiment = _runner.Run(member with { Signature = 0 });
                ImmutableArray<CaseResult> results = CaseJudge.ForPrograms.Judge(experiment);
                if (WhyNot(experiment, results) is { } reason)
                {
                    output.WriteLine($"{file}/{member.Member}: not signed: {reason}");
                    return false;
                }

                lines.Add((member.Member, Signature.Of(experiment.Runs[0].Observations!))); // WhyNot found that there are some
                others.AddRange(results[1..]);
                progress.Report(lines.Count, 0);
            }

            File.WriteAllText(GridSignatures.PathFor(file), GridSignatures.Write(lines));
            output.WriteLine(
                $"{file}: {lines.Count} members signed by {targets[0].Name}"
                + string.Concat(others.GroupBy(result => result.Target).Select(group => $"; {group.Key} agrees {Share([.. group])}")));
            return true;
        }

        /// <summary>On how many members a target agrees, and how many are signed without it.</summary>
        private static string Share(CaseResult[] results)
        {
            CaseResult[] without = [.. results.Where(result => result.Status != CaseStatus.Passed)];
            if (without.Length == 0) return "on all";

            var why = without.GroupBy(result => result.Status).Select(group => $"{group.Count()} {ReportText.Word(group.Key)}");
            return $"on {results.Length - without.Length}, {without.Length} signed without it: {string.Join(", ", why)}";
        }

        /// <summary>The first thing that not all agree on, or that was not seen in full; <c>null</c>: nothing.</summary>
        private static string? WhyNot(Experiment experiment, ImmutableArray<CaseResult> results)
        {
            TargetRun reference = experiment.Runs[0];
            if (reference.Observations is null) return $"{reference.Target}: {reference.Verdict.Kind}: {reference.Verdict.Message}";
            if (OutcomeText.FirstStop(reference.Target, reference.Observations) is { } stop) return stop;
            foreach (CaseResult result in results)
            {
                bool isOpen = result.Status is CaseStatus.Failed or CaseStatus.Inconclusive
                    || (result.RejectedFor is { } given && !experiment.Case.Expectation.AllowsRejectionFor(given));
                if (isOpen) return $"{result.Target}: {result.Reason}{(result.RejectedFor is { } why ? $"rejected: {why}" : string.Empty)}";
            }

            return null;
        }
    }
}
