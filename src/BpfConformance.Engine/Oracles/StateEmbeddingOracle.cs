using System.Collections.Immutable;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Ir;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Oracles;

/// <summary>
/// Asks a verifier about the states of a run, one load for each: a program that does what must not be in just this state has to be
/// refused (state embedding, Sun and Su, "Validating the eBPF Verifier via State Embedding", OSDI 2024). No log is needed.
/// </summary>
/// <param name="tracer">Runs the case.</param>
/// <param name="verifier">Is judged; nothing is run there.</param>
/// <param name="probes">The most loads for a case, beside that of the case itself.</param>
public sealed class StateEmbeddingOracle(ITracingTarget tracer, IExecutionTarget verifier, int probes = StateEmbeddingOracle.DefaultProbes) : ICaseInspector
{
    public const string OracleName = "embedding";

    private const int DefaultProbes = 4;

    private readonly ExecutionTrace _trace = new();

    /// <summary>How many probes were loaded so far.</summary>
    public long Loads { get; private set; }

    public IEnumerable<Finding> Inspect(Experiment experiment, Entropy entropy)
    {
        TargetRun? known = experiment.Runs.FirstOrDefault(run => run.Target == verifier.Name);
        return known is not null && known.Verdict.Kind != VerdictKind.Accepted ? [] : Judge(experiment.Case, isAccepted: known is not null);
    }

    /// <exception cref="TargetException">Trouble of the environment.</exception>
    public ImmutableArray<Finding> Judge(TestCase test, bool isAccepted = false)
    {
        if (test.Inputs.IsEmpty || tracer.Capabilities.Lacks(test) is not null || verifier.Capabilities.Lacks(test) is not null) return [];
        LoadRequest request = test.ToRequest() with { FirstInput = null };
        if (IrProgram.TryDecode(test.Program) is not { } program || (!isAccepted && Verdict(request).Kind != VerdictKind.Accepted)) return [];
        if (!tracer.Trace(request, test.Inputs.Select(input => input.ForRun).ToArray(), test.ContextBytes, _trace)) return [];

        StateProbe[] all = [.. _trace.Runs.Where(run => run.Program < test.Program.Count).SelectMany(run => StateProbe.Of(_trace, run, test.Program))];
        int count = Math.Min(probes, all.Length);
        return [.. Enumerable.Range(0, count).Select(probe => Judge(all[(int)((long)probe * all.Length / count)], program, request)).OfType<Finding>()];
    }

    private Finding? Judge(in StateProbe probe, IrProgram program, LoadRequest request)
    {
        if (probe.Program(program, _trace) is not { } code) return null;
        Loads++;
        Verdict verdict = Verdict(request with { Program = code });
        if (verdict.Kind is VerdictKind.Rejected or VerdictKind.Unsupported or VerdictKind.Inconclusive) return null;

        int step = probe.Run.First + probe.Step;
        string state = $"before pc {_trace[step].Pc} r{probe.Register} = 0x{_trace.Registers(step)[probe.Register]:x}";
        return new Finding(OracleName, verifier.Name, Facets.Status, probe.Run.Input, $"refused: a run has {state}", FindingText.Verdict(verdict), _trace[step - 1].Pc);
    }

    private Verdict Verdict(LoadRequest request)
    {
        LoadResult result = verifier.Load(request);
        result.Program?.Dispose();
        return result.Verdict;
    }
}
