using BpfConformance.Abi;
using BpfConformance.Engine.Targets;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Maps;
using BpfConformance.Runtime.Memory;
using BpfConformance.Runtime.Pinning;

namespace BpfConformance.Targets.InProcess;

/// <summary>Takes the steps of user space on a machine in this process.</summary>
internal static class SequencePlayer
{
    /// <summary>Takes one step, on the maps as they are, and records what came of it.</summary>
    public static void Take(UserStep step, IMachineProgram program, ObservationBatch into, int index)
    {
        if (step is PinStep pin) Take(pin, program, into, index);
        else if (step is RingStep ring) Take(ring, program, into, index);
        else if (step is MapStep onMap) Take(onMap, program, into, index);
        else if (step is BatchStep batch) Take(batch, program, into, index);
    }

    private static void Take(RingStep step, IMachineProgram program, ObservationBatch into, int index)
    {
        MapSet maps = program.Memory.Maps!; // a case without maps has no steps with them
        var map = new MapAccess(maps[step.Map]);
        int bytes = 0;
        Errno error = step.Command switch
        {
            RingCommand.Consume => map.Consume(into.Data(index), into.DataMask(index), out bytes),
            RingCommand.Produce => map.Produce(step.Record.Span),
        };
        BecomeMask(into.DataMask(index)[..bytes], program.IsSanitized);
        Record(error, bytes, into, index);
    }

    private static void Take(PinStep step, IMachineProgram program, ObservationBatch into, int index)
    {
        BpfFileSystem pins = program.Memory.Pins;
        int subject = 0;
        Errno error = step.Command switch
        {
            PinCommand.Pin => pins.Pin(step.Path, program.Memory.Maps?.LoadedAs(step.Subject) ?? step.Subject),
            PinCommand.Get => pins.Get(step.Path, out subject),
            PinCommand.Unlink => pins.Unlink(step.Path),
            PinCommand.MakeFolder => pins.MakeFolder(step.Path),
            PinCommand.RemoveFolder => pins.RemoveFolder(step.Path),
        };
        PinStep.Write(into.Data(index), subject);
        Record(error, step.Command == PinCommand.Get ? PinStep.SubjectBytes : 0, into, index);
    }

    private static void Take(MapStep step, IMachineProgram program, ObservationBatch into, int index)
    {
        MapSet maps = program.Memory.Maps!; // a case without maps has no steps
        if (maps[step.Map].HasOwnContents)
        {
            into.SetInconclusive(index, "what is in the map is each machine's own");
            return;
        }

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

        BecomeMask(shadow, program.IsSanitized);
        Record(error, bytes, into, index);
    }

    private static void Take(BatchStep step, IMachineProgram program, ObservationBatch into, int index)
    {
        MapSet maps = program.Memory.Maps!; // a case without maps has no batches
        Map map = maps[step.Map];
        var access = new MapAccess(map);
        byte[] keys = step.IsLookup ? new byte[step.Count * map.KeyBytes] : step.Keys.ToArray();
        byte[] values = step.IsLookup ? new byte[step.Count * map.ValueBytes] : step.Values.ToArray();
        var shadow = new byte[values.Length];
        shadow.AsSpan().Fill(ByteShadow.Scalar);
        byte[] after = step.GoesOn ? map.BatchEnd : [];
        int count = step.Count;
        Errno error = step.Command switch
        {
            BatchCommand.Lookup => access.LookupBatch(after, map.BatchEnd, keys, values, ref count, step.Flags, shadow),
            BatchCommand.LookupAndDelete => access.LookupAndDeleteBatch(after, map.BatchEnd, keys, values, ref count, step.Flags, shadow),
            BatchCommand.Update => access.UpdateBatch(keys, values, ref count, step.Flags),
            BatchCommand.Delete => access.DeleteBatch(keys, ref count, step.Flags),
        };
        if (step is { IsLookup: true, Count: > 0 } && map.HasOwnOrder && error is Errno.None or Errno.ENOSPC)
        {
            into.SetInconclusive(index, "the batch does not reach the end of the map: which elements come first follows from each machine's own seed");
            return;
        }

        BecomeMask(shadow, program.IsSanitized);
        var got = BatchResult.Of(step, error, count, map.Definition, keys, values, shadow);
        into[index].SetStep((int)error, BatchStep.Write(into.Data(index), into.DataMask(index), map.Definition, got));
    }

    /// <summary>What was known of each byte becomes whether it may be compared.</summary>
    private static void BecomeMask(Span<byte> shadow, bool isSanitized)
    {
        foreach (ref byte known in shadow) known = isSanitized && known != ByteShadow.Scalar ? (byte)0 : (byte)0xff;
    }

    private static void Record(Errno error, int bytes, ObservationBatch into, int index) =>
        into[index].SetStep((int)error, error == Errno.None ? bytes : 0);

    private static int BytesGiven(MapStep step, Map map) => step.Command switch
    {
        MapCommand.Lookup or MapCommand.LookupAndDelete => map.ValueBytes,
        MapCommand.NextKey => map.KeyBytes,
        MapCommand.Update or MapCommand.Delete or MapCommand.Freeze => 0,
    };
}
