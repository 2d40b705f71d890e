using System.Collections.Immutable;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets;
using BpfConformance.Targets.InProcess;
using BpfConformance.Targets.Kernel;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>What came of a case.</summary>
/// <param name="Difference">Where two machines differ; <c>null</c>: nowhere.</param>
/// <param name="Refusal">Why the kernel did not run it; <c>null</c>: it did.</param>
internal sealed record MachineComparison(string? Difference, string? Refusal);

/// <summary>The kernel, the reference, and the compilers for what they can run.</summary>
internal sealed class ComparedMachines : IDisposable
{
    private readonly ReferenceTarget _reference = new();
    private readonly KernelTarget _kernel;
    private readonly ImmutableArray<IExecutionTarget> _compilers;
    private readonly ObservationBatch _ofReference = new();
    private readonly ObservationBatch _ofOther = new();

    public ComparedMachines()
    {
        _kernel = KernelTarget.Create(_reference);
        _compilers =
        [
            .. TargetRegistry.All.Where(entry => entry.Name is "il" or "x64" && entry.WhyUnavailable() is null).Select(entry => entry.Create()),
        ];
    }

    /// <summary>What the kernel showed of a case that it ran.</summary>
    public ObservationBatch OfKernel { get; } = new();

    /// <param name="test">A case.</param>
    /// <param name="mayEndOpen">Whether it is the same, too, if the reference leaves a step open and no other takes it.</param>
    public MachineComparison Compare(TestCase test, bool mayEndOpen = false)
    {
        if (Run(_kernel, test, OfKernel) is { } refusal) return new MachineComparison(null, refusal);
        if (Run(_reference, test, _ofReference) is { } ours) return new MachineComparison($"only the kernel loads it: {ours}", null);
        if (First(test, _kernel.Name, OfKernel, mayEndOpen) is { } difference)
        {
            return difference.Length > 0 ? new MachineComparison(difference, null) : new MachineComparison(null, OfKernel.Reason(0));
        }

        foreach (IExecutionTarget compiler in _compilers)
        {
            if (Run(compiler, test, _ofOther) is { } problem) return new MachineComparison($"{compiler.Name} does not load it: {problem}", null);
            if (First(test, compiler.Name, _ofOther, mayEndOpen) is { } compiled) return new MachineComparison(compiled, null);
        }

        return new MachineComparison(null, null);
    }

    public void Dispose()
    {
        foreach (IExecutionTarget compiler in _compilers) compiler.Dispose();
        _kernel.Dispose();
        _reference.Dispose();
    }

    /// <summary>Why it was not loaded, or <c>null</c>.</summary>
    private static string? Run(IExecutionTarget target, TestCase test, ObservationBatch into)
    {
        LoadRequest request = test.ToRequest();
        LoadResult result = target.Load(request);
        using ILoadedProgram? program = result.Program;
        if (program is null) return $"{result.Verdict.Reason}: {result.Verdict.Message}";
        RunInput[] inputs = [.. test.Inputs.Select(input => input.ForRun)];
        into.Reset(inputs.Length, request.ObservedBytes, test.MapBytes, test.ContextBytes);
        program.Run(inputs, into);
        return null;
    }

    /// <summary>The first difference from the reference; empty: the other ran nothing; <c>null</c>: there is none.</summary>
    private string? First(TestCase test, string name, ObservationBatch other, bool mayEndOpen)
    {
        for (int i = 0; i < test.Inputs.Length; i++)
        {
            string step = $"step {i + 1}, reference and {name}";
            if (mayEndOpen && i > 0 && _ofReference[i].Status == ExecutionStatus.Inconclusive && other[i].Status == ExecutionStatus.Inconclusive) return null;
            if (_ofReference[i].Status != ExecutionStatus.Returned) return $"{step}: {_ofReference[i].Status} {_ofReference[i].Fault} {_ofReference.Reason(i)}";
            if (other[i].Status == ExecutionStatus.Inconclusive) return i == 0 ? string.Empty : $"{step}: {other.Reason(i)}";
            Facets differences = FacetComparer.Differences(_ofReference, i, other, i, new Mask(Facets.All));
            if (differences != Facets.None) return $"{step}: {differences}: {Shown(_ofReference, i)} and {Shown(other, i)}";
        }

        return other[test.Inputs.Length - 1].MapsLength < 0 ? $"{name}: no image of the maps" : null;
    }

    private static string Shown(ObservationBatch seen, int i) =>
        $"{(long)seen[i].R0} [{Convert.ToHexString(seen.Data(i)[..Math.Max(seen[i].DataLength, 0)])}] ({Convert.ToHexString(seen.Context(i)[..Math.Max(seen[i].ContextLength, 0)])})"
        + $" {string.Join(' ', Enumerable.Range(6, 4).Select(register => seen[i].Registers[register].ToString("x")))}";
}
