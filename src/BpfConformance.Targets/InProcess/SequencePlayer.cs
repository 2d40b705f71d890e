using BpfConformance.Abi;
using BpfConformance.Engine.Targets;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Targets.InProcess;

/// <summary>Takes the steps of user space on the maps of a machine in this process.</summary>
internal static class SequencePlayer
{
    /// <summary>Takes one step, on the maps as they are or, where the machine does not keep them, as they are at first; and records what came of it.</summary>
    public static void Take(MapStep step, IMachineProgram program, ObservationBatch into, int index)
    {
        MapSet maps = program.Memory.Maps!; // a case without maps has no steps
        if (!program.Memory.KeepsMaps) maps.Reset();
        var map = new MapAccess(maps[step.Map]);
        Span<byte> data = into.Data(index);
        int bytes = BytesGiven(step, maps[step.Map]);
        data[..bytes].Clear(); // a bloom filter reads it
        if (bytes > 0) step.Value.Span.CopyTo(data);
        Span<byte> shadow = into.DataMask(index)[..bytes];
        shadow.Fill(ByteShadow.Scalar);
        Errno error = step.Command switch
        {
            MapCommand.Lookup => map.Lookup(step.Key.Span, data[..bytes], step.Flags, shadow),
            MapCommand.Update => map.Update(step.Key.Span, step.Value.Span, step.Flags),
            MapCommand.Delete => map.Delete(step.Key.Span),
            MapCommand.LookupAndDelete => map.LookupAndDelete(step.Key.Span, data[..bytes], step.Flags, shadow),
            MapCommand.NextKey => map.NextKey(step.Key.Span, data[..bytes]),
            MapCommand.Freeze => map.Freeze(),
        };

        // What was known of each byte becomes whether it may be compared.
        for (int i = 0; i < bytes; i++) shadow[i] = program.IsSanitized && shadow[i] != ByteShadow.Scalar ? (byte)0 : (byte)0xff;
        ref Observation seen = ref into[index];
        seen.Status = ExecutionStatus.Returned;
        (seen.R0, seen.R0Mask) = (unchecked((ulong)-(long)error), ulong.MaxValue);
        seen.DataLength = error == Errno.None ? bytes : 0;
    }

    private static int BytesGiven(MapStep step, Map map) => step.Command switch
    {
        MapCommand.Lookup or MapCommand.LookupAndDelete => map.ValueBytes,
        MapCommand.NextKey => map.KeyBytes,
        MapCommand.Update or MapCommand.Delete or MapCommand.Freeze => 0,
    };
}
