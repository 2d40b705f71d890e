using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>BPF_MAP_TYPE_ARRAY (kernel/bpf/arraymap.c, 6.18): every index has a value, from the beginning and for ever.</summary>
internal sealed unsafe class ArrayMap(MapDefinition definition) : Map(definition)
{
    public override int Elements => MaxEntries;

    public override DirectLookup? Direct => new DirectLookup(this, Values, table: null);

    public override long Lookup(GuestBytes key)
    {
        uint index = ArrayRules.IndexOf(key);
        return index < (uint)MaxEntries ? Values.AddressOf((int)index) : 0;
    }

    public override long Update(GuestBytes key, GuestBytes value, ulong flags)
    {
        uint index = ArrayRules.IndexOf(key);
        Errno error = ArrayRules.CheckUpdate(index, MaxEntries, flags, Fields.HasSpinLock);
        if (error != Errno.None) return Error(error);
        Store(value, (int)index);
        Timers?.Free((int)index);
        return 0;
    }

    public override long Delete(GuestBytes key) => Error(Errno.EINVAL);

    public override Errno Read(GuestBytes key, GuestBytes value)
    {
        uint index = ArrayRules.IndexOf(key);
        if (index >= (uint)MaxEntries) return Errno.ENOENT;
        Values[(int)index].CopyTo(value, ValueBytes);
        return Errno.None;
    }

    public override Errno Next(GuestBytes key, GuestBytes next) => ArrayRules.Next(key, next, MaxEntries);

    public override BatchKinds Batches => BatchKinds.Lookup | BatchKinds.Update;

    public override bool CanBeWalked => true;

    public override int Walk(ref MapCursor cursor) => ArrayRules.Walk(ref cursor, MaxEntries);

    public override void KeyAt(int element, GuestBytes key) => ArrayRules.SetIndex(key, element);

    public override long ValueAt(int element) => Values.AddressOf(element);

    public override void Clear() => Values.Clear();

    public override void Show(ref MapImageWriter image)
    {
        image.Begin(MaxEntries);
        for (int index = 0; index < MaxEntries; index++)
        {
            image.Write(new ReadOnlySpan<byte>(&index, sizeof(int)));
            image.Write(Values[index], ValueBytes);
        }
    }
}
