using System.Runtime.InteropServices;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Kernel;

/// <summary>Reads an observation off the maps that a twin's run has left.</summary>
internal static class KernelObserver
{
    /// <summary>The registers that the twin's epilogue left in the map for results.</summary>
    public static void RecordRegisters(ReadOnlySpan<byte> map, uint returnValue, TwinShape shape, ref Observation seen)
    {
        if (TryRecordRegisters(map, shape, ref seen) && (uint)seen.R0 == returnValue) return;

        // The program ended without an exit of main (LD_ABS outside the packet); the results can be those of one that a
        // function of it led to by a tail call.
        (seen.R0, seen.R0Mask, seen.RegistersMask) = (returnValue, uint.MaxValue, 0);
    }

    /// <summary>The same of a program whose return nobody else saw; whether it came to an epilogue.</summary>
    public static bool TryRecordRegisters(ReadOnlySpan<byte> map, TwinShape shape, ref Observation seen)
    {
        ReadOnlySpan<ulong> results = MemoryMarshal.Cast<byte, ulong>(map);
        if (results[ResultsLayout.MarkerIndex] != ResultsLayout.Marker) return false;
        (seen.R0, seen.R0Mask) = (results[0], ulong.MaxValue);
        ReadOnlySpan<Register> shown = TwinBuilder.Shown(shape);
        for (int i = 1; i < shown.Length; i++)
        {
            seen.RegistersMask |= (ushort)(1 << (int)shown[i]);
            seen.Registers[(int)shown[i]] = results[i];
        }

        return true;
    }

    /// <summary>What became of a packet, of which the packets that came out have been recorded.</summary>
    /// <param name="result">Of the step; negative: a negated errno.</param>
    /// <param name="map">Where the twins left their results.</param>
    /// <param name="programs">How many there are.</param>
    /// <param name="fate">With the packets.</param>
    /// <param name="seen">Gets the rest.</param>
    public static void RecordFate(long result, ReadOnlySpan<byte> map, int programs, ref PacketFate fate, ref Observation seen)
    {
        for (int program = 0; program < programs; program++)
        {
            ReadOnlySpan<ulong> results = ResultsOf(map, program);
            if (results[ResultsLayout.MarkerIndex] == ResultsLayout.Marker) fate.AddResult(program, results[0], ulong.MaxValue);
        }

        seen.SetStep(result, fate.Length);
    }

    /// <summary>Whether all programs have left results that a fate says have run.</summary>
    public static bool HaveRun(ReadOnlySpan<byte> map, int programs, ReadOnlySpan<byte> fate)
    {
        for (int program = 0; program < programs; program++)
        {
            bool shouldHave = fate.Length >= programs * PacketFate.ResultBytes && fate[program * PacketFate.ResultBytes] != 0;
            if (shouldHave && ResultsOf(map, program)[ResultsLayout.MarkerIndex] != ResultsLayout.Marker) return false;
        }

        return true;
    }

    private static ReadOnlySpan<ulong> ResultsOf(ReadOnlySpan<byte> map, int program) =>
        MemoryMarshal.Cast<byte, ulong>(map.Slice(program * ResultsLayout.Bytes, ResultsLayout.Bytes));

    /// <summary>The memory of a program without a hook.</summary>
    public static void RecordMemory(ReadOnlySpan<byte> memory, ObservationBatch into, int index)
    {
        if (into.Data(index).Length < memory.Length) return;
        memory.CopyTo(into.Data(index));
        into[index].DataLength = memory.Length;
    }
}
