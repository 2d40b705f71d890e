using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Kernel;

/// <summary>What the gate, a sanitised reference, makes of a program's twins: the kernel runs them only on inputs from which it has returned.</summary>
/// <param name="gate">Which.</param>
internal sealed class GateRun(IExecutionTarget gate) : IDisposable
{
    private readonly ObservationBatch _seen = new();
    private TwinSet? _twins;
    private ILoadedProgram? _program;

    /// <summary>Why it does not load what was asked for, or <c>null</c>. A twin replaces exits, so what it refuses as given must not come repaired.</summary>
    public string? WhyNot(LoadRequest given)
    {
        LoadResult result = gate.Load(given);
        result.Program?.Dispose();
        return result.Program is null ? $"not run: {gate.Name} does not load it: {result.Verdict.Text}" : null;
    }

    /// <summary>Loads twins in the place of those before, or returns why not.</summary>
    public string? Load(TwinSet twins)
    {
        LoadResult result = gate.Load(twins.ForGate);
        if (result.Program is null) return $"{gate.Name} does not load the twin: {result.Verdict.Text}";
        _program?.Dispose();
        (_program, _twins) = (result.Program, twins);
        return null;
    }

    /// <param name="inputs">What the kernel is to be given.</param>
    /// <param name="dataBytes">How much there is room for in each.</param>
    public void Run(ReadOnlySpan<RunInput> inputs, int dataBytes)
    {
        _seen.Reset(inputs.Length, dataBytes);
        _program!.Run(inputs, _seen); // twins have been loaded
    }

    /// <summary>Why an input may not pass, or <c>null</c>.</summary>
    public string? Refusal(int index)
    {
        ref Observation seen = ref _seen[index];
        if (seen.Status == ExecutionStatus.Returned) return null;
        if (seen.Status == ExecutionStatus.Inconclusive) return $"{gate.Name}: {_seen.Reason(index)}";

        string fault = seen.Fault == FaultKind.None ? string.Empty : $" ({seen.Fault})";
        string place = seen.FaultPc < 0 ? string.Empty
            : _twins?.OriginalPc(seen.FaultPc) is { } pc ? $" at pc {pc}"
            : " in the twin's own code";
        return $"not run: {gate.Name} {seen.Status}{fault}{place}";
    }

    /// <summary>The data that an input has left.</summary>
    public ReadOnlySpan<byte> Data(int index) => _seen.Data(index)[.._seen[index].DataLength];

    /// <summary>What of it is not a machine's own.</summary>
    public ReadOnlySpan<byte> DataMask(int index) => _seen.DataMask(index);

    public void Dispose() => _program?.Dispose();
}
