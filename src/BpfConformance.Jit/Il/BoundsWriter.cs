using System.Reflection;
using System.Reflection.Emit;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Jit.Il;

/// <summary>One access: so many bytes at register plus offset.</summary>
internal readonly record struct Access(MemorySize Size, Register Address, short Offset, bool IsStore)
{
    public FaultKind Fault => IsStore ? FaultKind.OutOfBoundsStore : FaultKind.OutOfBoundsLoad;
}

/// <summary>
/// Proves that accesses stay in their regions. Where region and offset are certain it is decided now. Else one comparison
/// proves that the access is in the region where it is likely to be; any other region is looked up.
/// </summary>
internal sealed unsafe class BoundsWriter(MethodWriter w, BlockWriter block, ProgramCode program)
{
    private static readonly MethodInfo s_reaches = MethodWriter.Method(typeof(RegionLookup), nameof(RegionLookup.Reaches));
    private static readonly MethodInfo s_reachesWritable = MethodWriter.Method(typeof(RegionLookup), nameof(RegionLookup.ReachesWritable));

    private readonly DataBounds _data = new(w, program.Hot);
    private readonly List<Lookup> _lookups = [];

    private readonly record struct Lookup(Access Access, Label Begin, Label Proven, int Pc, int Rest);

    /// <summary>Where an access goes on whose region was not the likely one; <c>null</c>: it is looked up and goes on here.</summary>
    public Func<Label>? Elsewhere { get; set; }

    /// <summary>At the function's entry: takes the bounds of memory into locals, for accesses of these sizes.</summary>
    public void LoadBounds(IEnumerable<MemorySize> sizes) => _data.Load(sizes);

    /// <summary>Goes on only where the access is in bounds.</summary>
    public void Prove(Access access)
    {
        Pointer likely = w.Pointers[access.Address] ?? Pointer.ToData;
        if (likely.Offset is { } start)
        {
            if (!IsInBounds(likely.Region, start + access.Offset, access)) w.Il.Emit(OpCodes.Br, block.Fault(access.Fault));
            return;
        }

        Label elsewhere = Elsewhere?.Invoke() ?? w.Il.DefineLabel();
        if (access.IsStore && !IsWritable(likely.Region)) w.Il.Emit(OpCodes.Br, elsewhere);
        else BranchUnlessIn(likely, access, elsewhere);
        if (Elsewhere is not null) return;
        var lookup = new Lookup(access, elsewhere, w.Il.DefineLabel(), block.Pc, block.Rest);
        _lookups.Add(lookup);
        w.Il.MarkLabel(lookup.Proven);
    }

    /// <summary>Goes on only where the address is a multiple of the size.</summary>
    public void ProveAligned(Access access)
    {
        if (access.Size == MemorySize.Byte) return;
        w.PushAddress(access.Address, access.Offset);
        w.Push((long)access.Size - 1);
        w.Il.Emit(OpCodes.And);
        w.Il.Emit(OpCodes.Brtrue, block.Fault(FaultKind.MisalignedAtomic));
    }

    /// <summary>Writes the lookups that were asked for.</summary>
    public void WriteLookups()
    {
        foreach (Lookup lookup in _lookups)
        {
            w.Il.MarkLabel(lookup.Begin);
            w.PushMachine();
            w.PushAddress(lookup.Access.Address, lookup.Access.Offset);
            w.Push((int)lookup.Access.Size);
            w.Push(lookup.Pc);
            w.Push(lookup.Rest);
            block.PushLeft();
            w.Il.Emit(OpCodes.Call, lookup.Access.IsStore ? s_reachesWritable : s_reaches);
            w.Il.Emit(OpCodes.Brtrue, lookup.Proven);
            w.Il.Emit(OpCodes.Br, block.Over);
        }
    }

    /// <summary>A frame's own stack is open while it runs, and the value of a map always.</summary>
    private bool IsInBounds(int region, long offset, Access access) =>
        offset >= 0 && offset <= LengthOf(region) - (int)access.Size && (!access.IsStore || IsWritable(region));

    private void BranchUnlessIn(Pointer likely, Access access, Label elsewhere)
    {
        w.PushAddress(access.Address, access.Offset);
        if (likely.Region == Regions.Data)
        {
            _data.BranchUnlessIn(access.Size, elsewhere);
            return;
        }

        if (likely.IsFrame)
        {
            // Each frame's r10 is so far from that of its caller, and its stack ends there.
            long below = ((Pointer.OwnFrame - likely.Region) * (long)program.FrameDistance) + MachineLimits.StackBytes;
            w.Push(Register.R10);
            w.Il.Emit(OpCodes.Sub);
            w.Push(below);
            w.Il.Emit(OpCodes.Add);
        }
        else
        {
            w.Push((long)program.Memory.Address(likely.Region, 0));
            w.Il.Emit(OpCodes.Sub);
        }

        w.Push(Math.Max(LengthOf(likely.Region) - (int)access.Size + 1, 0));
        w.Il.Emit(OpCodes.Bge_Un, elsewhere);
    }

    private long LengthOf(int region) => region < 0 ? MachineLimits.StackBytes : program.Memory.Machine->Regions[region].Length;

    private bool IsWritable(int region) => program.Memory.Machine->Regions[region < 0 ? Regions.Stack : region].IsWritable != 0;
}
