namespace BpfConformance.Reporting.Bench;

/// <summary>Generated cases that are run and compared, one after the other on one thread.</summary>
/// <param name="Targets">Who is asked, as in <c>--target</c>.</param>
/// <param name="Profile">Who writes the cases.</param>
/// <param name="Programs">Which of them.</param>
/// <param name="MeanSlots">Slots of their programs, on average.</param>
/// <param name="Inputs">Runs of a case.</param>
/// <param name="NsPerCase">From the decisions of the generator to the judgement: the least average of all rounds, in nanoseconds.</param>
public sealed record PipelineSpeed(string Targets, string Profile, string Programs, double MeanSlots, int Inputs, double NsPerCase)
{
    /// <summary>What a loop in C takes that makes the same system calls for these programs and nothing else; <c>null</c>: there is none, or it was not measured.</summary>
    public double? NsPerCaseOfLoop { get; init; }

    public double CasesPerSecond => 1e9 / NsPerCase;

    /// <summary>Of the speed of that loop; <c>null</c>: it was not measured.</summary>
    public double? PartOfLoop => NsPerCaseOfLoop / NsPerCase;
}
