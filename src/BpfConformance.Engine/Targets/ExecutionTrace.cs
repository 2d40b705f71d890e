using System.Runtime.InteropServices;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Engine.Targets;

/// <summary>An instruction that a run came to.</summary>
/// <param name="Pc">Its slot.</param>
/// <param name="Depth">Local calls that have not returned.</param>
/// <param name="Numbers">A bit for each register that holds a number which every machine must have there.</param>
/// <param name="Unset">A bit for each register that nothing was written to.</param>
public readonly record struct TracedStep(int Pc, int Depth, ushort Numbers, ushort Unset)
{
    public bool IsNumber(int register) => (Numbers >> register & 1) != 0;

    public bool IsUnset(int register) => (Unset >> register & 1) != 0;
}

/// <summary>A run.</summary>
/// <param name="Input">Of which input.</param>
/// <param name="Program">The program that it began with, by its index.</param>
/// <param name="First">The first of its steps.</param>
/// <param name="Count">How many of them are known.</param>
public readonly record struct TracedRun(int Input, int Program, int First, int Count);

/// <summary>What runs did: each instruction that they came to, and the registers before it. Reused from case to case.</summary>
/// <param name="stepsKept">Of each run, from its start.</param>
public sealed class ExecutionTrace(int stepsKept = ExecutionTrace.DefaultSteps)
{
    public const int RegisterCount = (int)Register.R10 + 1;

    private const int DefaultSteps = 1 << 12;

    private readonly List<TracedStep> _steps = [];
    private readonly List<ulong> _registers = [];
    private readonly List<TracedRun> _runs = [];

    public IReadOnlyList<TracedRun> Runs => _runs;

    public TracedStep this[int step] => _steps[step];

    /// <summary>The registers before a step.</summary>
    public ReadOnlySpan<ulong> Registers(int step) => CollectionsMarshal.AsSpan(_registers).Slice(step * RegisterCount, RegisterCount);

    public void Clear()
    {
        _steps.Clear();
        _registers.Clear();
        _runs.Clear();
    }

    /// <summary>A run begins; the steps that are added are its.</summary>
    public void Begin(int input, int program) => _runs.Add(new TracedRun(input, program, _steps.Count, 0));

    public void Add(in TracedStep step, ReadOnlySpan<ulong> registers)
    {
        TracedRun run = _runs[^1];
        if (run.Count >= stepsKept) return;
        _runs[^1] = run with { Count = run.Count + 1 };
        _steps.Add(step);
        _registers.AddRange(registers[..RegisterCount]);
    }
}
