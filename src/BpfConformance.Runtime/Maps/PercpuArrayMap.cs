using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>BPF_MAP_TYPE_PERCPU_ARRAY (kernel/bpf/arraymap.c, 6.18). As one value user space has the first processor's.</summary>
/// <param name="definition">What was found right.</param>
internal sealed unsafe class PercpuArrayMap(MapDefinition definition) : Map(definition), IPerProcessorMap
{
    public override int Elements => MaxEntries * Processors;

    public override long Lookup(GuestBytes key) => LookupOn(key, processor: 0);

    public override long LookupOn(GuestBytes key, uint processor)
    {
        uint index = ArrayRules.IndexOf(key);
        return index < (uint)MaxEntries ? Of((int)index).AddressOn(processor) : 0;
    }

    public override long Update(GuestBytes key, GuestBytes value, ulong flags)
    {
        Errno error = ArrayRules.CheckUpdate(ArrayRules.IndexOf(key), MaxEntries, flags);
        if (error != Errno.None) return Error(error);
        Of((int)ArrayRules.IndexOf(key)).Update(value);
        return 0;
    }

    public override long Delete(GuestBytes key) => Error(Errno.EINVAL);

    public override Errno Read(GuestBytes key, GuestBytes value)
    {
        uint index = ArrayRules.IndexOf(key);
        if (index >= (uint)MaxEntries) return Errno.ENOENT;
        Of((int)index).First.CopyTo(value, ValueBytes);
        return Errno.None;
    }

    public override Errno Write(GuestBytes key, GuestBytes value, ulong flags)
    {
        Errno error = ArrayRules.CheckUpdate(ArrayRules.IndexOf(key), MaxEntries, flags);
        if (error == Errno.None) Of((int)ArrayRules.IndexOf(key)).Begin(value);
        return error;
    }

    public Errno ReadAll(GuestBytes key, GuestBytes values)
    {
        uint index = ArrayRules.IndexOf(key);
        if (index >= (uint)MaxEntries) return Errno.ENOENT;
        Of((int)index).ReadAll(values);
        return Errno.None;
    }

    public Errno WriteAll(GuestBytes key, GuestBytes values, ulong flags)
    {
        Errno error = ArrayRules.CheckUpdate(ArrayRules.IndexOf(key), MaxEntries, flags);
        if (error == Errno.None) Of((int)ArrayRules.IndexOf(key)).WriteAll(values);
        return error;
    }

    public override Errno Next(GuestBytes key, GuestBytes next) => ArrayRules.Next(key, next, MaxEntries);

    public override BatchKinds Batches => BatchKinds.Lookup | BatchKinds.Update;

    public override bool CanBeWalked => true;

    public override int Walk(ref MapCursor cursor) => ArrayRules.Walk(ref cursor, MaxEntries);

    public override void KeyAt(int element, GuestBytes key) => ArrayRules.SetIndex(key, element);

    public override long ValueAt(int element) => Of(element).AddressOn(processor: 0);

    public override void Clear() => Values.Clear();

    public override void Show(ref MapImageWriter image)
    {
        image.Begin(MaxEntries);
        for (int index = 0; index < MaxEntries; index++)
        {
            image.Write(new ReadOnlySpan<byte>(&index, sizeof(int)));
            image.Write(Of(index).First, ValueBytes);
        }
    }

    private ProcessorValues Of(int index) => new(Values, index, ValueBytes, Fields);
}
