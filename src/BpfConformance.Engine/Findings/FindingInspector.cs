using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Ir;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Reduction;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Findings;

/// <summary>Looks closer at what was found about one target: tells findings apart, and makes their cases small.</summary>
public sealed class FindingInspector
{
    /// <summary>What any smaller case may take beside twice as many instructions as the case.</summary>
    private const long Allowance = 4096;

    /// <summary>As the target is called that asks this machine's kernel; one in a worker has something before it.</summary>
    private const string KernelName = "kernel";

    /// <summary>What is larger was not made small, and says nothing of what is wrong.</summary>
    private const int MostInstructions = 8;

    private readonly string _target;
    private readonly OracleSet _oracles;
    private readonly ImmutableArray<LimitedTarget> _targets;
    private readonly ExperimentRunner _runner;
    private readonly ExperimentRunner _reference;
    private readonly DivergenceFinder _divergences;

    /// <summary>
    /// Cases that are put to the test for a signature alone: campaigns make one of each finding, and it must not follow from how busy the machine is. What programs
    /// show of seeded bugs takes fewer than 200, and up to 900 in long ones.
    /// </summary>
    public int SignatureBudget { get; init; } = 1000;

    /// <summary>For a signature alone, whatever its cases take: mostly they take a second.</summary>
    public TimeSpan SignatureLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <param name="reference">What the target is held against.</param>
    /// <param name="target">The target; both stay the caller's.</param>
    /// <param name="oracles">Who judges.</param>
    /// <param name="asking">As of <see cref="ExperimentRunner.Asking"/>.</param>
    public FindingInspector(IExecutionTarget reference, IExecutionTarget target, OracleSet oracles, Action<string?>? asking = null)
    {
        (_target, _oracles, _targets) = (target.Name, oracles, [new LimitedTarget(reference, isFragile: false), new LimitedTarget(target, isFragile: IsKernel(target.Name))]);
        _runner = new ExperimentRunner(_targets) { Asking = asking };
        _reference = new ExperimentRunner([_targets[0]]);
        _divergences = new DivergenceFinder(_targets[0], _targets[1], asking);
    }

    /// <summary>Whether a target is this machine's kernel.</summary>
    public static bool IsKernel(string target) => target.Split(':')[^1] == KernelName;

    /// <summary>Whether nothing but a process ends that can be begun anew: what has broken a kernel once is not asked of it again and again, unless it is its verifier that says so.</summary>
    public static bool MayBeAskedAgain(Finding finding) => !HasBrokenKernel(finding.Oracle, finding.Target) || IsOfVerifierItself(finding);

    /// <summary>Whether a finding says that this machine's kernel broke.</summary>
    /// <param name="oracle">Who says it.</param>
    /// <param name="target">Of whom.</param>
    public static bool HasBrokenKernel(string oracle, string target) => oracle == CrashOracle.OracleName && IsKernel(target);

    /// <summary>What there is to find about the target in a case, whatever the case states.</summary>
    public ImmutableArray<Finding> Judge(TestCase test)
    {
        SetGiven(test);
        return Judge(_runner.Run(test.Unstated()));
    }

    /// <summary>What tells a finding of <see cref="Judge(TestCase)"/> from others. Where no instruction is the first that differs, the case is made small for it.</summary>
    public FindingSignature SignatureOf(TestCase test, Finding finding)
    {
        SetGiven(test);
        FindingSignature signature = AtOnce(test, finding);
        if (signature.Form.Length > 0 || finding.Input is null) return signature;
        using var limit = new CancellationTokenSource(SignatureLimit);
        return Reduce(test, finding, new Reducer(ReductionPasses.All) { Budget = SignatureBudget }, limit.Token).Signature;
    }

    /// <summary>Where the runs part; <c>null</c>: it cannot be said, or is about no run.</summary>
    public Divergence? DivergenceOf(TestCase test, Finding finding) =>
        finding is { Oracle: not CrashOracle.OracleName, Input: { } input } ? _divergences.Find(test.Unstated(), input) : null;

    /// <summary>What both had at each of the last steps before they part, and there.</summary>
    public IEnumerable<StepState> Trace(TestCase test, Finding finding, Divergence divergence, int most) =>
        _divergences.Trace(test.Unstated(), finding.Input ?? 0, divergence, most);

    /// <summary>Makes the case of a finding as small as it can be with the same signature.</summary>
    public ReducedFinding Reduce(TestCase test, Finding finding, Reducer reducer, CancellationToken cancellation)
    {
        SetGiven(test);
        SetLimits((2 * InstructionsOf(test)) + Allowance, mayWarn: IsOfVerifierItself(finding));
        try
        {
            return ReduceLimited(test, finding, reducer, cancellation);
        }
        finally
        {
            SetLimits(long.MaxValue, mayWarn: false);
        }
    }

    private ReducedFinding ReduceLimited(TestCase test, Finding finding, Reducer reducer, CancellationToken cancellation)
    {
        FindingSignature signature = AtOnce(test, finding);
        var sought = new SoughtFinding(signature)
        {
            Ends = RunEnds.Of(_runner.Run(test.Unstated()), finding),
            IsOfNoInstruction = signature.Form.Length == 0 && IsOfPath(finding) && _divergences.Agree(test.Unstated(), finding.Input!.Value), // of a run
        };
        bool isLoaded = IsOfVerifierItself(finding);
        bool isStated = isLoaded && HasAnswer(test);
        ReductionResult result = reducer.Reduce(test, candidate => Find(Prepared(candidate), sought) is not null && (!isStated || HasAnswer(candidate)), cancellation);
        Finding last = result.End is ReductionEnd.NeverHeld ? finding : Find(Prepared(result.Case), sought) ?? finding;
        string form = signature.Form.Length > 0 ? signature.Form
            : FormOf(result.Case, last) is { Length: > 0 } found ? found
            : result.End == ReductionEnd.Minimal ? FormsIn(result.Case) : string.Empty;
        signature = signature with { Form = form };
        return new ReducedFinding(result.Case, last, form.Length > 0 || finding.Input is null ? signature : OfProgram(), result);

        // Two findings of which nothing better can be said are not taken for one.
        FindingSignature OfProgram() => result.End switch
        {
            ReductionEnd.Cancelled => signature.Of(test.Program), // how far it came, follows from how busy the machine is
            ReductionEnd.OutOfBudget or ReductionEnd.Minimal => signature.Of(result.Case.Program),
            ReductionEnd.NeverHeld or ReductionEnd.HoldsForNothing => signature, // of no program in particular
        };

        // A load alone shows it, and what has not been shown to be harmless is not run.
        TestCase Prepared(TestCase candidate) => isLoaded ? candidate.OnlyLoaded() : candidate.Unstated();
    }

    private FindingSignature AtOnce(TestCase test, Finding finding) => new(finding.Oracle, finding.Target, FormOf(test, finding), finding.Facet.ToString());

    /// <summary>Whether the reference gives an answer that a file can state, so that the case can be kept.</summary>
    private bool HasAnswer(TestCase test) => StatedCase.Of(test, _reference.Run(test.Unstated()).Runs[0]) is not null;

    /// <summary>Whether a verifier found something wrong in itself: it says so of a load.</summary>
    private static bool IsOfVerifierItself(Finding finding) =>
        finding is { Oracle: CrashOracle.OracleName, Input: null } && Breakdown.HasLine(finding.Got);

    /// <summary>The finding of a signature in a case; <c>null</c>: it is not there.</summary>
    public Finding? Find(TestCase test, FindingSignature signature)
    {
        SetGiven(test);
        return Find(test.Unstated(), new SoughtFinding(signature));
    }

    private void SetLimits(long instructions, bool mayWarn)
    {
        foreach (LimitedTarget each in _targets) (each.Budget, each.MayWarn) = (instructions, mayWarn);
    }

    /// <summary>Nothing was left out of this case, or changed in it.</summary>
    private void SetGiven(TestCase test)
    {
        foreach (LimitedTarget each in _targets) each.Given = test.Program;
    }

    /// <summary>Of the longest run of the reference.</summary>
    private long InstructionsOf(TestCase test) => _reference.Run(test.Unstated()).Runs[0].Observations is { } seen
        ? Enumerable.Range(0, seen.Count).Select(run => seen[run].Instructions).DefaultIfEmpty().Max()
        : 0;

    /// <param name="test">The case, which states nothing that a run must come to.</param>
    /// <param name="sought">What it must show.</param>
    private Finding? Find(TestCase test, SoughtFinding sought)
    {
        if (!sought.MayBeIn(test)) return null;
        Experiment experiment = _runner.Run(test);
        Finding[] findings = [.. Judge(experiment).Where(finding => sought.IsLike(experiment, finding))]; // what is asked next overwrites what was seen
        if (findings.Length > 0 && sought.AsGiven(test) is { } given && Judge(_runner.Run(given)).Any(sought.IsOfOracle)) return null;
        return findings.FirstOrDefault(finding => HasForm(test, finding, sought));
    }

    private bool HasForm(TestCase test, Finding finding, SoughtFinding sought)
    {
        string wanted = sought.Signature.Form;
        if (!sought.Signature.HasForm) return !sought.IsOfNoInstruction || FormOf(test, finding).Length == 0;
        return (FormOf(test, finding) is { Length: > 0 } form ? form : FormsIn(test)) == wanted;
    }

    private ImmutableArray<Finding> Judge(Experiment experiment) => IsCutShort(experiment) ? [] :
        [.. _oracles.Judge(experiment).Where(finding => finding.Target == _target)];

    /// <summary>Whether nothing follows, as the reference was not given the time that it takes.</summary>
    private bool IsCutShort(Experiment experiment) => _targets[0].Budget < LoadRequest.DefaultBudget
        && experiment.Runs[0].Observations is { } seen && Enumerable.Range(0, seen.Count).Any(run => seen[run].Status == ExecutionStatus.TimedOut);

    private string FormOf(TestCase test, Finding finding) => finding switch
    {
        { Oracle: CrashOracle.OracleName } => Breakdown.FormOf(finding.Got),
        { Input: null, Facet: Facets.Status } => ReasonIn(test),
        _ => IsOfPath(finding) ? DivergenceOf(test, finding)?.Form ?? string.Empty : FormAt(test, finding),
    };

    /// <summary>Whether it is about what a run comes to, and not about what a verifier holds of it.</summary>
    private static bool IsOfPath(Finding finding) => finding is
    {
        Input: not null,
        Oracle: not (CrashOracle.OracleName or SoundnessOracle.OracleName or RangeContainmentOracle.OracleName or StateEmbeddingOracle.OracleName),
    };

    /// <summary>Of all that a case has when nothing can be left out of it; empty: it is larger than such cases are.</summary>
    private static string FormsIn(TestCase test)
    {
        ImmutableArray<IrInstruction> code = IrProgram.TryDecode(test.Program)?.Code ?? [];
        return code.Length > MostInstructions ? string.Empty : string.Join('+', code.Select(instruction => instruction.Row?.Name).OfType<string>().Where(form => form != "exit").Distinct().Order(StringComparer.Ordinal));
    }

    /// <summary>Of the slot that a verifier is wrong about.</summary>
    private static string FormAt(TestCase test, Finding finding) => finding.PcIn(test) is { } pc && InstructionTable.Find(test.Program.Instructions[pc]) is { } row ? row.Name : string.Empty;

    /// <summary>Why one of the two does not accept it.</summary>
    private string ReasonIn(TestCase test) =>
        _runner.Run(test.Unstated()).Runs.Select(run => run.Verdict).FirstOrDefault(verdict => verdict.Kind == VerdictKind.Rejected)?.Reason.ToString() ?? string.Empty;
}
