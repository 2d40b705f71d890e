using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>
/// Hashes with a value for each processor (kernel/bpf/hashtab.c, 6.18): what is there is updated in place. As one value user
/// space has the first processor's.
/// </summary>
/// <param name="definition">What was found right.</param>
internal abstract unsafe class PercpuHashKind(MapDefinition definition)
    : HashKind(definition, hasSpare: true), IPerProcessorMap // no value replaces another: no element is needed for it
{
    public override int Elements => MaxEntries * Processors;

    public override long LookupOn(GuestBytes key, uint processor)
    {
        // The kernel asks for the processor first, and uses nothing when there is none.
        if (processor >= Processors) return 0;
        long first = Lookup(key);
        return first == 0 ? 0 : Of(Index.Find(key.Data)).AddressOn(processor);
    }

    public override long Update(GuestBytes key, GuestBytes value, ulong flags)
    {
        Errno error = Place(key, flags, out int element, out bool isNew);
        if (error != Errno.None) return Error(error);
        if (isNew) Of(element).Begin(value);
        else Of(element).Update(value);
        return 0;
    }

    public override Errno Write(GuestBytes key, GuestBytes value, ulong flags)
    {
        Errno error = Place(key, flags, out int element, out _);
        if (error == Errno.None) Of(element).Begin(value);
        return error;
    }

    public Errno ReadAll(GuestBytes key, GuestBytes values)
    {
        int element = Index.Find(key.Data);
        if (element == HashIndex.None) return Errno.ENOENT;
        Of(element).ReadAll(values);
        return Errno.None;
    }

    public Errno WriteAll(GuestBytes key, GuestBytes values, ulong flags)
    {
        Errno error = Place(key, flags, out int element, out _);
        if (error == Errno.None) Of(element).WriteAll(values);
        return error;
    }

    protected override GuestBytes ValueOf(int element) => Of(element).First;

    protected override long AddressOf(int element) => Of(element).AddressOn(0);

    /// <summary>Whether there is room for a key that is new.</summary>
    protected virtual Errno CheckRoom() => Errno.None;

    /// <summary>An element is written.</summary>
    protected virtual void Use(int element)
    {
    }

    private ProcessorValues Of(int element) => new(Values, element, ValueBytes, Fields);

    private Errno Place(GuestBytes key, ulong flags, out int element, out bool isNew)
    {
        Errno error = Find(key, flags, out uint hash, out element);
        isNew = element == HashIndex.None;
        if (error == Errno.None && isNew) error = CheckRoom();
        if (error != Errno.None) return error;
        if (isNew) element = Index.Add(key.Data, hash);
        Use(element);
        return Errno.None;
    }
}
