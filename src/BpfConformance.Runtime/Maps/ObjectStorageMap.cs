using System.Runtime.CompilerServices;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>
/// BPF_MAP_TYPE_SK_STORAGE, INODE_STORAGE, TASK_STORAGE and CGRP_STORAGE (kernel/bpf/bpf_local_storage.c, 6.18): at most one value for each object. What is stored anew has
/// other memory than what was deleted, so that who holds the address of the old value sees that.
/// </summary>
/// <param name="definition">What was found right.</param>
internal sealed class ObjectStorageMap(MapDefinition definition) : Map(definition)
{
    private const int None = -1;
    private const int SlotsEach = 2;

    private static readonly int s_objects = Enum.GetValues<StoredObject>().Length;

    private readonly int[] _slots = new int[s_objects];
    private readonly int[] _next = new int[s_objects];

    public override int Elements => s_objects * SlotsEach;

    /// <summary>The address of what is stored for an object; 0: nothing is.</summary>
    public long AddressOf(StoredObject which) => Has(which) ? Values.AddressOf(ElementOf(which)) : 0;

    /// <summary>Stores something for an object for which nothing is; no value: zeros.</summary>
    public void Create(StoredObject which, GuestBytes value)
    {
        _slots[(int)which] = _next[(int)which];
        _next[(int)which] = (_next[(int)which] + 1) % SlotsEach;
        if (value.IsNull) Values[ElementOf(which)].Clear(ValueBytes);
        else Store(value, ElementOf(which));
    }

    /// <summary>Whether there was something.</summary>
    public bool TryDelete(StoredObject which)
    {
        bool wasThere = Has(which);
        _slots[(int)which] = None;
        return wasThere;
    }

    public override Errno Read(GuestBytes key, GuestBytes value)
    {
        if (!IsOfCase(key)) return Errno.EBADF;
        if (!Has(StoredObject.OfCase)) return Errno.ENOENT;
        Values[ElementOf(StoredObject.OfCase)].CopyTo(value, ValueBytes);
        return Errno.None;
    }

    public override Errno Write(GuestBytes key, GuestBytes value, ulong flags)
    {
        if (!IsOfCase(key)) return Errno.EBADF;
        (ulong when, bool isLocked) = (flags & ~UpdateFlags.Lock, (flags & UpdateFlags.Lock) != 0);
        if (when > UpdateFlags.Exist || (isLocked && !Fields.HasSpinLock)) return Errno.EINVAL;
        if (HashRules.CheckExists(Has(StoredObject.OfCase), when) is not Errno.None and var error) return error;
        if (isLocked && Has(StoredObject.OfCase)) Store(value, ElementOf(StoredObject.OfCase)); // under the lock of the value that is there
        else Create(StoredObject.OfCase, value);
        return Errno.None;
    }

    public override Errno Remove(GuestBytes key) =>
        !IsOfCase(key) ? Errno.EBADF : TryDelete(StoredObject.OfCase) ? Errno.None : Errno.ENOENT;

    public override Errno Next(GuestBytes key, GuestBytes next) => Errno.ENOTSUPP;

    public override void Clear() => _slots.AsSpan().Fill(None);

    public override unsafe void Show(ref MapImageWriter image)
    {
        image.Begin(Has(StoredObject.OfCase) ? 1 : 0);
        if (!Has(StoredObject.OfCase)) return;
        int key = ObjectKeys.OfCase;
        image.Write(new ReadOnlySpan<byte>(&key, sizeof(int)));
        image.Write(Values[ElementOf(StoredObject.OfCase)], ValueBytes);
    }

    private static unsafe bool IsOfCase(GuestBytes key) => Unsafe.ReadUnaligned<int>(key.Data) == ObjectKeys.OfCase;

    private bool Has(StoredObject which) => _slots[(int)which] != None;

    private int ElementOf(StoredObject which) => ((int)which * SlotsEach) + _slots[(int)which];
}
