using System.Diagnostics;
using System.Runtime.InteropServices;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Timing;

/// <summary>A function <c>uint64_t entry(uint8_t *memory, uint64_t length)</c> of a library, called in this process.</summary>
internal sealed unsafe class NativeProgram : ITimedProgram
{
    private const int CacheLineBytes = 64;
    private const string Symbol = "entry";

    private readonly nint _library;
    private readonly delegate* unmanaged<byte*, ulong, ulong> _entry;
    private readonly byte* _memory;
    private readonly TimedRun _run;

    /// <exception cref="TargetException">The library does not load, or has no such function.</exception>
    public NativeProgram(string library, TimedRun run)
    {
        if (!NativeLibrary.TryLoad(library, out _library)) throw new TargetException($"{library} does not load");
        if (!NativeLibrary.TryGetExport(_library, Symbol, out nint entry))
        {
            NativeLibrary.Free(_library);
            throw new TargetException($"{run.Source} has no function '{Symbol}'");
        }

        _run = run;
        _entry = (delegate* unmanaged<byte*, ulong, ulong>)entry;
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(run.Input.Data.Length, CacheLineBytes), CacheLineBytes);
        Restore();
    }

    private Span<byte> Memory => new(_memory, _run.Input.Data.Length);

    public void Observe(ObservationBatch into)
    {
        Restore();
        ref Observation seen = ref into[0];
        (seen.Status, seen.R0, seen.R0Mask) = (ExecutionStatus.Returned, _entry(_memory, (ulong)Memory.Length), ulong.MaxValue);
        seen.DataLength = Memory.Length;
        Memory.CopyTo(into.Data(0));
    }

    public double NanosecondsPerRun(int repeat)
    {
        ulong length = (ulong)Memory.Length;
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < repeat; i++)
        {
            if (_run.RestoresMemory) Restore();
            _entry(_memory, length);
        }

        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / repeat;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        NativeLibrary.Free(_library);
    }

    private void Restore() => _run.Input.Data.Span.CopyTo(Memory);
}
