using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Tests.Engine;

/// <summary>Records one run of a fake machine.</summary>
internal delegate void FakeRun(int input, ReadOnlySpan<byte> data, ObservationBatch into);

/// <summary>A machine that does what the test says.</summary>
internal sealed class FakeTarget(string name) : IExecutionTarget
{
    public string Name => name;

    public TargetCapabilities Capabilities { get; init; } = new(
        "1.0",
        [.. Enum.GetValues<ConformanceGroup>()],
        CpuVersion.V4,
        [.. Enum.GetValues<ProgramType>()],
        MaxDataBytes: 4096,
        Probes: []);

    public Func<LoadRequest, Verdict> OnLoad { get; init; } = _ => Verdict.Accepted;

    public FakeRun OnRun { get; init; } = (input, _, into) => into[input] = Returned(0);

    public List<LoadRequest> Loads { get; } = [];

    public int Unloads { get; private set; }

    public static FakeTarget Returning(string name, ulong r0) =>
        new(name) { OnRun = (input, _, into) => into[input] = Returned(r0) };

    public static Observation Returned(ulong r0) =>
        Observation.Nothing with { Status = ExecutionStatus.Returned, R0 = r0, R0Mask = ulong.MaxValue };

    public static Observation Faulted(FaultKind kind, int pc) =>
        Observation.Nothing with { Status = ExecutionStatus.Faulted, Fault = kind, FaultPc = pc };

    /// <summary>An accepted load with these runs.</summary>
    public static TargetRun Accepted(string name, params ReadOnlySpan<Observation> runs)
    {
        var batch = new ObservationBatch();
        batch.Reset(runs.Length, dataBytes: 16);
        for (int i = 0; i < runs.Length; i++) batch[i] = runs[i];
        return new TargetRun(name, Verdict.Accepted, batch);
    }

    /// <summary>An accepted load with one run that left these bytes.</summary>
    public static TargetRun Left(string name, ulong r0, params ReadOnlySpan<byte> data)
    {
        TargetRun run = Accepted(name, Returned(r0) with { DataLength = data.Length });
        data.CopyTo(run.Observations!.Data(0));
        return run;
    }

    public LoadResult Load(LoadRequest request)
    {
        Loads.Add(request);
        Verdict verdict = OnLoad(request);
        return new LoadResult(verdict, verdict.Kind == VerdictKind.Accepted ? new Loaded(this) : null);
    }

    public void Dispose()
    {
    }

    private sealed class Loaded(FakeTarget target) : ILoadedProgram
    {
        public void Run(ReadOnlySpan<RunInput> inputs, ObservationBatch into)
        {
            for (int i = 0; i < inputs.Length; i++) target.OnRun(i, inputs[i].Data.Span, into);
        }

        public void Dispose() => target.Unloads++;
    }
}
