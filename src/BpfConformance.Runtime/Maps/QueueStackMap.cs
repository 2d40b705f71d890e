using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>What queues and stacks have in common: values in the order in which they came (kernel/bpf/queue_stack_maps.c, 6.18).</summary>
/// <param name="definition">What was found right.</param>
internal abstract class QueueStackMap(MapDefinition definition) : Map(definition)
{
    private int _oldest;

    public override int Elements => MaxEntries;

    /// <summary>How many values there are.</summary>
    protected int Count { get; private set; }

    /// <summary>On a full map BPF_EXIST lets the oldest value go, of a stack as well.</summary>
    public override long Push(GuestBytes value, ulong flags)
    {
        if (flags is not (UpdateFlags.Any or UpdateFlags.Exist)) return Error(Errno.EINVAL);
        if (Count == MaxEntries)
        {
            if (flags != UpdateFlags.Exist) return Error(Errno.E2BIG);
            RemoveOldest();
        }

        value.CopyTo(At(Count++), ValueBytes);
        return 0;
    }

    public override long Pop(GuestBytes value)
    {
        long result = Peek(value);
        if (result == 0) RemoveNext();
        return result;
    }

    public override long Peek(GuestBytes value)
    {
        if (Count == 0)
        {
            value.Clear(ValueBytes);
            return Error(Errno.ENOENT);
        }

        FromNext(0).CopyTo(value, ValueBytes);
        return 0;
    }

    public override Errno Read(GuestBytes key, GuestBytes value) => Count == 0 ? Errno.ENOENT : (Errno)(-Peek(value));

    public override Errno Write(GuestBytes key, GuestBytes value, ulong flags) => (Errno)(-Push(value, flags));

    public override Errno Remove(GuestBytes key) => Errno.EINVAL;

    public override Errno Take(GuestBytes key, GuestBytes value, ulong flags) => Count == 0 ? Errno.ENOENT : (Errno)(-Pop(value));

    public override Errno Next(GuestBytes key, GuestBytes next) => Errno.EINVAL;

    public override void Clear() => (_oldest, Count) = (0, 0);

    /// <summary>In the order in which pops would give them.</summary>
    public override void Show(ref MapImageWriter image)
    {
        image.Begin(Count);
        for (int pops = 0; pops < Count; pops++) image.Write(FromNext(pops), ValueBytes);
    }

    /// <summary>What is there after so many pops.</summary>
    protected abstract GuestBytes FromNext(int pops);

    /// <summary>Removes what a pop gives.</summary>
    protected abstract void RemoveNext();

    /// <summary>The value before which so many others came.</summary>
    protected GuestBytes At(int age) => Values[(int)(((long)_oldest + age) % MaxEntries)];

    protected void RemoveOldest()
    {
        _oldest = _oldest + 1 == MaxEntries ? 0 : _oldest + 1;
        Count--;
    }

    protected void RemoveNewest() => Count--;
}
