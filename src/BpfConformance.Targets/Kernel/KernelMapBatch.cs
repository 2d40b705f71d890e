using BpfConformance.Abi;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>What user space does by bpf(2) with many elements of a map at once.</summary>
/// <param name="map">The map; it stays the caller's.</param>
/// <param name="siblings">As for <see cref="ValueTranslation"/>.</param>
internal sealed unsafe class KernelMapBatch(KernelMap map, CaseMaps siblings)
{
    private readonly ValueTranslation _translation = new(map.Definition, siblings);
    private readonly int _valueBytes = KernelMapAccess.ValueBytes(map.Definition);

    /// <param name="step">What to do.</param>
    /// <param name="got">What came of it.</param>
    public Errno Do(BatchStep step, out BatchResult got)
    {
        byte[] keys = step.IsLookup ? new byte[step.Count * map.Definition.KeyBytes] : step.Keys.ToArray();
        byte[] values = Values(step);
        var attributes = new MapBatchAttributes { Count = step.Count, MapFd = map.Fd, ElementFlags = step.Flags };
        Errno error;
        fixed (byte* end = map.BatchEnd)
        fixed (byte* keyBytes = keys)
        fixed (byte* valueBytes = values)
        {
            attributes.Keys = keyBytes;
            attributes.Values = valueBytes;
            attributes.After = step.GoesOn ? end : null;
            attributes.End = end;
            error = (Errno)(-Math.Min(Bpf.Call(CommandOf(step.Command), ref attributes), 0));
        }

        got = BatchResult.Of(step, error, attributes.Count, map.Definition, keys, step.IsLookup ? Seen(values, step.Count) : []);
        return error;
    }

    private byte[] Values(BatchStep step)
    {
        var values = new byte[step.Count * _valueBytes];
        int bytes = map.Definition.ValueBytes;
        for (int i = 0; i < step.Values.Length / Math.Max(bytes, 1); i++)
        {
            _translation.ToKernel(step.Values.Span.Slice(i * bytes, bytes), values.AsSpan(i * _valueBytes, _valueBytes));
        }

        return values;
    }

    private byte[] Seen(ReadOnlySpan<byte> values, int count)
    {
        int bytes = map.Definition.ValueBytes;
        var seen = new byte[count * bytes];
        for (int i = 0; i < count; i++) _translation.FromKernel(values.Slice(i * _valueBytes, _valueBytes), seen.AsSpan(i * bytes, bytes));
        return seen;
    }

    private static BpfCommand CommandOf(BatchCommand command) => command switch
    {
        BatchCommand.Lookup => BpfCommand.MapLookupBatch,
        BatchCommand.LookupAndDelete => BpfCommand.MapLookupAndDeleteBatch,
        BatchCommand.Update => BpfCommand.MapUpdateBatch,
        BatchCommand.Delete => BpfCommand.MapDeleteBatch,
    };
}
