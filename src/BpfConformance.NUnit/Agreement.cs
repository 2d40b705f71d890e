using System.Collections.Immutable;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Targets;
using FsCheck;
using FsCheck.Fluent;

namespace BpfConformance.NUnit;

/// <summary>That some targets make the same of any case. One thread at a time.</summary>
/// <param name="targets">The measure first; they stay the caller's to dispose.</param>
public sealed class Agreement(IReadOnlyList<IExecutionTarget> targets)
{
    private readonly ExperimentRunner _runner = new(targets);

    /// <summary>What all of them have in common.</summary>
    public GeneratorLimits Limits { get; } = GeneratorLimits.Of([.. targets.Select(target => target.Capabilities)]);

    /// <summary>The property for all cases of a generator.</summary>
    public Property On(IProgramGenerator generator) => Prop.ForAll(
        CaseArbitrary.Of(generator, Limits),
        test => Differences(test) is var found && found.IsEmpty ? true.ToProperty() : false.Label(string.Join('\n', [.. found, Text(test)])));

    /// <summary>In what they do not agree about a case, in words.</summary>
    public ImmutableArray<string> Differences(TestCase test) =>
    [
        .. CaseJudge.ForPrograms.Judge(_runner.Run(test))
            .Where(result => result.Status == CaseStatus.Failed)
            .Select(result => $"{test.Name} on {result.Target}: {result.Reason}"),
    ];

    /// <summary>The program and its inputs, to be had again.</summary>
    private static string Text(TestCase test) =>
        $"program {Convert.ToHexStringLower(test.Program.ToBytes())}\n{string.Join('\n', test.Inputs.Select(input => $"input {Convert.ToHexStringLower(input.Data.Span)}"))}";
}
