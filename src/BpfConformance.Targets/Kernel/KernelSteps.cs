using BpfConformance.Abi;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>Takes the steps of user space on the maps and programs of a case.</summary>
internal static class KernelSteps
{
    /// <summary>Takes one step and records what came of it.</summary>
    public static void Take(UserStep step, CaseMaps maps, ObservationBatch into, int index)
    {
        if (step is PinStep pin) Take(pin, maps, into, index);
        else if (step is RingStep ring) Take(ring, maps, into, index);
        else if (step is MapStep onMap) Take(onMap, maps, into, index);
        else if (step is BatchStep batch) Take(batch, maps, into, index);
    }

    private static void Take(RingStep step, CaseMaps maps, ObservationBatch into, int index)
    {
        int bytes = 0;
        int errno = step.Command switch
        {
            RingCommand.Consume => KernelRing.Consume(maps[step.Map], into.Data(index), out bytes),
            RingCommand.Produce => KernelRing.Produce(maps[step.Map], step.Record.Span),
        };
        Record(errno, bytes, into, index);
    }

    private static void Take(PinStep step, CaseMaps maps, ObservationBatch into, int index)
    {
        KernelFileSystem pins = maps.Pins;
        FileDescriptor? found = null;
        int errno = step.Command switch
        {
            PinCommand.Pin => pins.Pin(step.Path, maps.Descriptors.Of(step.Subject)),
            PinCommand.Get => pins.Get(step.Path, out found),
            PinCommand.Unlink => pins.Unlink(step.Path),
            PinCommand.MakeFolder => pins.MakeFolder(step.Path),
            PinCommand.RemoveFolder => pins.RemoveFolder(step.Path),
        };
        PinStep.Write(into.Data(index), found is null ? 0 : maps.Descriptors.SubjectOf(found));
        found?.Dispose();
        Record(errno, step.Command == PinCommand.Get ? PinStep.SubjectBytes : 0, into, index);
    }

    private static void Take(MapStep step, CaseMaps maps, ObservationBatch into, int index)
    {
        KernelMap map = maps[step.Map];
        var access = new KernelMapAccess(map, maps);
        Span<byte> data = into.Data(index);
        (int errno, int bytes) = step.Command switch
        {
            MapCommand.Lookup => Lookup(BpfCommand.MapLookupElem, data),
            MapCommand.LookupAndDelete => Lookup(BpfCommand.MapLookupAndDeleteElem, data),
            MapCommand.Update => (access.Update(step.Key.Span, step.Value.Span, step.Flags), 0),
            MapCommand.Delete => (access.Delete(step.Key.Span), 0),
            MapCommand.NextKey => (access.NextKey(step.Key.Span, data[..map.Definition.KeyBytes]), map.Definition.KeyBytes),
            MapCommand.Freeze => (access.Freeze(), 0),
        };
        Record(errno, bytes, into, index);

        (int Errno, int Bytes) Lookup(BpfCommand command, Span<byte> value)
        {
            int length = map.Definition.ValueBytes;
            value[..length].Clear(); // a bloom filter reads it
            step.Value.Span.CopyTo(value);
            return (access.Lookup(command, step.Key.Span, value[..length], step.Flags), length);
        }
    }

    private static void Take(BatchStep step, CaseMaps maps, ObservationBatch into, int index)
    {
        KernelMap map = maps[step.Map];
        Errno error = new KernelMapBatch(map, maps).Do(step, out BatchResult got);
        into[index].SetStep((int)error, BatchStep.Write(into.Data(index), into.DataMask(index), map.Definition, got));
    }

    private static void Record(int errno, int bytes, ObservationBatch into, int index) => into[index].SetStep(errno, errno == 0 ? bytes : 0);
}
