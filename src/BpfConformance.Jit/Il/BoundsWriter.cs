using System.Reflection;
using System.Reflection.Emit;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Jit.Il;

/// <summary>One access: so many bytes at register plus offset.</summary>
internal readonly record struct Access(MemorySize Size, Register Address, short Offset, bool IsStore)
{
    public FaultKind Fault => IsStore ? FaultKind.OutOfBoundsStore : FaultKind.OutOfBoundsLoad;
}

/// <summary>
/// Proves that accesses stay in their regions. Through a known pointer it is decided now; in the program's memory, by one
/// comparison; anywhere else, by a lookup of the region, written after the function so that it is not in the way.
/// </summary>
internal sealed unsafe class BoundsWriter
{
    private static readonly Dictionary<MemorySize, FieldInfo> s_limits = new()
    {
        [MemorySize.Byte] = HotField(nameof(HotRegion.ByteLimit)),
        [MemorySize.Half] = HotField(nameof(HotRegion.HalfLimit)),
        [MemorySize.Word] = HotField(nameof(HotRegion.WordLimit)),
        [MemorySize.Double] = HotField(nameof(HotRegion.DoubleLimit)),
    };

    private readonly MethodWriter _w;
    private readonly BlockWriter _block;
    private readonly MachineMemory _memory;
    private readonly HotRegion* _hot;
    private readonly LocalBuilder _start;
    private readonly Dictionary<MemorySize, LocalBuilder> _limits = [];
    private readonly List<Lookup> _lookups = [];
    private readonly LocalBuilder _region;
    private readonly LocalBuilder _distance;

    /// <param name="w">The function.</param>
    /// <param name="block">Its blocks.</param>
    /// <param name="memory">The machine.</param>
    /// <param name="hot">The bounds of its memory, of each run.</param>
    public BoundsWriter(MethodWriter w, BlockWriter block, MachineMemory memory, HotRegion* hot)
    {
        (_w, _block, _memory) = (w, block, memory);
        _hot = hot;
        _start = w.Il.DeclareLocal(typeof(ulong));
        _region = w.Il.DeclareLocal(typeof(Region*));
        _distance = w.Il.DeclareLocal(typeof(ulong));
    }

    private readonly record struct Lookup(Access Access, Label Begin, Label Proven, Label Fault);

    /// <summary>At the function's entry: takes the bounds of memory into locals, for accesses of these sizes.</summary>
    public void LoadBounds(IEnumerable<MemorySize> sizes)
    {
        foreach (MemorySize size in sizes)
        {
            if (_limits.Count == 0) Load(_start, HotField(nameof(HotRegion.Start)));
            _limits[size] = _w.Il.DeclareLocal(typeof(ulong));
            Load(_limits[size], s_limits[size]);
        }
    }

    /// <summary>Goes on only where the access is in bounds.</summary>
    public void Prove(Access access)
    {
        if (_w.Known[access.Address] is { } pointer)
        {
            if (!IsInBounds(pointer.Plus(access.Offset), access)) _w.Il.Emit(OpCodes.Br, _block.Fault(access.Fault));
            return;
        }

        var lookup = new Lookup(access, _w.Il.DefineLabel(), _w.Il.DefineLabel(), _block.Fault(access.Fault));
        _lookups.Add(lookup);
        _w.PushAddress(access.Address, access.Offset);
        _w.Il.Emit(OpCodes.Ldloc, _start);
        _w.Il.Emit(OpCodes.Sub);
        _w.Il.Emit(OpCodes.Ldloc, _limits[access.Size]);
        _w.Il.Emit(OpCodes.Bge_Un, lookup.Begin);
        _w.Il.MarkLabel(lookup.Proven);
    }

    /// <summary>Goes on only where the address is a multiple of the size.</summary>
    public void ProveAligned(Access access)
    {
        if (access.Size == MemorySize.Byte) return;
        _w.PushAddress(access.Address, access.Offset);
        _w.Push((long)access.Size - 1);
        _w.Il.Emit(OpCodes.And);
        _w.Il.Emit(OpCodes.Brtrue, _block.Fault(FaultKind.MisalignedAtomic));
    }

    /// <summary>Writes the lookups that were asked for.</summary>
    public void WriteLookups()
    {
        foreach (Lookup lookup in _lookups) Write(lookup);
    }

    /// <summary>A frame's own stack is open while it runs, and the value of a map always.</summary>
    private bool IsInBounds(KnownPointer pointer, Access access)
    {
        Region* region = _memory.Machine->Regions + pointer.Region;
        long length = pointer.Region == Regions.Stack ? MachineLimits.StackBytes : region->Length;
        return pointer.Offset >= 0 && pointer.Offset <= length - (int)access.Size && (!access.IsStore || region->IsWritable != 0);
    }

    private void Write(Lookup lookup)
    {
        ILGenerator il = _w.Il;
        Access access = lookup.Access;
        il.MarkLabel(lookup.Begin);
        PushRegionIndex(access);
        il.Emit(OpCodes.Stloc, _distance);
        il.Emit(OpCodes.Ldloc, _distance);
        _w.Push((long)_memory.Machine->RegionCount);
        il.Emit(OpCodes.Bge_Un, lookup.Fault);

        il.Emit(OpCodes.Ldloc, _distance);
        _w.Push((long)sizeof(Region));
        il.Emit(OpCodes.Mul);
        _w.Push((long)_memory.Machine->Regions);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Stloc, _region);
        if (access.IsStore)
        {
            PushField(nameof(Region.IsWritable));
            il.Emit(OpCodes.Brfalse, lookup.Fault);
        }

        // The offset in the region, then the bytes from there to the region's end; neither is negative.
        _w.PushAddress(access.Address, access.Offset);
        PushField(nameof(Region.Start));
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Stloc, _distance);
        il.Emit(OpCodes.Ldloc, _distance);
        PushLength();
        il.Emit(OpCodes.Bgt_Un, lookup.Fault);
        PushLength();
        il.Emit(OpCodes.Ldloc, _distance);
        il.Emit(OpCodes.Sub);
        _w.Push((long)access.Size);
        il.Emit(OpCodes.Blt_Un, lookup.Fault);
        il.Emit(OpCodes.Br, lookup.Proven);
    }

    private void PushRegionIndex(Access access)
    {
        _w.PushAddress(access.Address, access.Offset);
        _w.Push((long)_memory.Machine->Origin);
        _w.Il.Emit(OpCodes.Sub);
        _w.Push(_memory.Machine->RegionShift);
        _w.Il.Emit(OpCodes.Shr_Un);
    }

    private void PushLength()
    {
        PushField(nameof(Region.Length));
        _w.Il.Emit(OpCodes.Conv_U8);
    }

    private void PushField(string name)
    {
        _w.Il.Emit(OpCodes.Ldloc, _region);
        _w.Il.Emit(OpCodes.Ldfld, typeof(Region).GetField(name)!); // its name is a member's
    }

    private void Load(LocalBuilder local, FieldInfo field)
    {
        _w.Push((long)_hot);
        _w.Il.Emit(OpCodes.Conv_U);
        _w.Il.Emit(OpCodes.Ldfld, field);
        _w.Il.Emit(OpCodes.Stloc, local);
    }

    private static FieldInfo HotField(string name) => typeof(HotRegion).GetField(name)!; // its name is a member's
}
