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
/// Proves that accesses stay in their regions. Where region and offset are certain it is decided now. Else the first copy of a
/// function proves a group of accesses by one comparison with the region where it is likely to be, and the second copy looks
/// up the region of each.
/// </summary>
internal sealed unsafe class BoundsWriter(MethodWriter w, BlockWriter block, ProgramCode program, AccessGroups groups)
{
    private static readonly MethodInfo s_reaches = MethodWriter.Method(typeof(RegionLookup), nameof(RegionLookup.Reaches));
    private static readonly MethodInfo s_reachesWritable = MethodWriter.Method(typeof(RegionLookup), nameof(RegionLookup.ReachesWritable));

    private readonly DataBounds _data = new(w, program.Memory);

    /// <summary>In the first copy: gives the same instruction in the second, where a group goes on that is not where it was likely to be.</summary>
    public Func<Label>? Twin { get; set; }

    /// <summary>At the entry of a function that has two copies: takes the bounds of memory into locals.</summary>
    public void LoadBounds() => _data.Load(groups.Lengths);

    /// <summary>The same behind a call that may have changed the packet.</summary>
    public void FollowPacket()
    {
        if (Twin is not null && program.ChangesPacket) _data.Reload();
    }

    /// <summary>Goes on only where the access is in bounds.</summary>
    public void Prove(Access access)
    {
        Pointer likely = w.Pointers[access.Address] ?? Pointer.ToData;
        if (likely.IsToFields)
        {
            LookUp(access);
        }
        else if (likely is { Offset: { } start, Index: null })
        {
            if (!IsInBounds(likely.Region, start + access.Offset, access)) w.Il.Emit(OpCodes.Br, block.Fault(access.Fault));
        }
        else if (Twin is null)
        {
            LookUp(access);
        }
        else if (groups.At(block.Pc) is { } group)
        {
            if (group.IsStore && !IsWritable(likely.Region)) w.Il.Emit(OpCodes.Br, Twin());
            else BranchUnlessIn(likely, group, Twin());
        }
    }

    /// <summary>Whether an access has to be made by who also knows fields: it is likely to be of one, or nothing is known of it.</summary>
    public bool MayBeOfField(Register address)
    {
        Pointer likely = w.Pointers[address] ?? Pointer.ToData;
        return likely.IsToFields || (Twin is null && likely is not { Offset: not null, Index: null });
    }

    /// <summary>The same of what a call reads: looked up at once, as a call takes its time anyhow.</summary>
    public void ProveCallReads(Register address, int bytes)
    {
        if (w.Pointers[address] is not { Offset: { } start, Index: null } pointer) LookUp(address, offset: 0, bytes, s_reaches);
        else if (start < 0 || start > LengthOf(pointer.Region) - bytes) w.Il.Emit(OpCodes.Br, block.Fault(FaultKind.OutOfBoundsLoad));
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

    private void LookUp(Access access) =>
        LookUp(access.Address, access.Offset, (int)access.Size, access.IsStore ? s_reachesWritable : s_reaches);

    private void LookUp(Register address, short offset, int bytes, MethodInfo reaches)
    {
        w.PushMachine();
        w.PushAddress(address, offset);
        w.Push(bytes);
        w.Push(block.Pc);
        w.Push(block.Rest);
        block.PushLeft();
        w.Il.Emit(OpCodes.Call, reaches);
        w.Il.Emit(OpCodes.Brfalse, block.Over);
    }

    /// <summary>A frame's own stack is open while it runs, and the value of a map always.</summary>
    private bool IsInBounds(int region, long offset, Access access) =>
        offset >= 0 && offset <= LengthOf(region) - (int)access.Size && (!access.IsStore || IsWritable(region));

    private void BranchUnlessIn(Pointer likely, AccessGroup group, Label elsewhere)
    {
        if (likely is { Offset: { } start, Index: { } index })
        {
            w.PushAddress(index, start + group.First);
            BranchUnlessIn(likely.Region, group.Bytes, elsewhere);
            return;
        }

        w.PushAddress(group.Address, group.First);
        if (likely.Region == Regions.Data)
        {
            _data.PushStart();
            w.Il.Emit(OpCodes.Sub);
        }
        else if (likely.IsFrame)
        {
            // Each frame's r10 is so far from that of its caller, and its stack ends there.
            long below = ((Pointer.OwnFrame - likely.Region) * (long)RegionSpace.Stride) + MachineLimits.StackBytes;
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

        BranchUnlessIn(likely.Region, group.Bytes, elsewhere);
    }

    /// <summary>Leaves where the offset on IL's stack is none that so many bytes of the region can have.</summary>
    private void BranchUnlessIn(int region, int bytes, Label elsewhere)
    {
        if (region == Regions.Data) _data.PushLimit(bytes);
        else w.Push(Math.Max(LengthOf(region) - bytes + 1, 0));
        w.Il.Emit(OpCodes.Bge_Un, elsewhere);
    }

    /// <summary>Of a map with several values: that of one value, which is all that a pointer is followed in.</summary>
    private long LengthOf(int region)
    {
        if (region < 0) return MachineLimits.StackBytes;
        Region* known = program.Memory.Machine->Regions + region;
        return known->ElementsEnd > 0 ? known->ElementBytes : known->Length;
    }

    /// <summary>Of the data, each run says how much is.</summary>
    private bool IsWritable(int region) => region == Regions.Data || program.Memory.Machine->Regions[region < 0 ? (int)program.Memory.Machine->FirstStack : region].IsWritable != 0;
}
