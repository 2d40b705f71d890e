using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>Takes the steps of user space on the maps of a case.</summary>
internal static class KernelSteps
{
    /// <summary>Takes one step and records what came of it.</summary>
    public static void Take(MapStep step, CaseMaps maps, ObservationBatch into, int index)
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
        ref Observation seen = ref into[index];
        seen.Status = ExecutionStatus.Returned;
        (seen.R0, seen.R0Mask) = (unchecked((ulong)-(long)errno), ulong.MaxValue);
        seen.DataLength = errno == 0 ? bytes : 0;

        (int Errno, int Bytes) Lookup(BpfCommand command, Span<byte> value)
        {
            int length = map.Definition.ValueBytes;
            value[..length].Clear(); // a bloom filter reads it
            step.Value.Span.CopyTo(value);
            return (access.Lookup(command, step.Key.Span, value[..length], step.Flags), length);
        }
    }
}
