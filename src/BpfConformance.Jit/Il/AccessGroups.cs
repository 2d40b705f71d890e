using BpfConformance.Abi.Instructions;

namespace BpfConformance.Jit.Il;

/// <summary>
/// All that is touched through one value of a register until control may come from elsewhere: so many bytes from register plus
/// the first offset on.
/// </summary>
internal readonly record struct AccessGroup(Register Address, int First, int Bytes, bool IsStore)
{
    /// <summary>The group with one more access.</summary>
    public AccessGroup With(int offset, int bytes, bool isStore)
    {
        int first = Math.Min(First, offset);
        int end = Math.Max(First + Bytes, offset + bytes);
        return new AccessGroup(Address, first, end - first, IsStore || isStore);
    }
}

/// <summary>The accesses of one function, by the first of each group: proving the group there proves all of it.</summary>
internal sealed class AccessGroups
{
    private readonly Dictionary<int, AccessGroup> _groups = [];

    /// <summary>How many bytes the groups have.</summary>
    public IEnumerable<int> Lengths => _groups.Values.Select(group => group.Bytes).Distinct();

    /// <summary>The group that begins at a pc; <c>null</c>: the access there belongs to a group before it.</summary>
    public AccessGroup? At(int pc) => _groups.TryGetValue(pc, out AccessGroup group) ? group : null;

    public static AccessGroups Of(ProgramCode program, int[] slots)
    {
        var groups = new AccessGroups();
        Span<int> begins = stackalloc int[MachineLimits.RegisterCount]; // where the group of each register's value began, or −1
        begins.Fill(-1);
        foreach (int pc in slots)
        {
            Instruction i = program.Slots[pc];
            bool mayMove = program.ChangesPacket && i.Opcode is Opcodes.Call or Opcodes.CallX;
            if (mayMove || program.Flow.IsTarget(pc)) begins.Fill(-1);
            bool isAccess = i.Class is InstructionClass.Ldx or InstructionClass.St or InstructionClass.Stx;
            InstructionDef? row = isAccess ? InstructionTable.Find(i) : null;
            if (row is not null) groups.Add(pc, i, row, begins);
            Forget(RegisterEffects.Of(i).Writes, begins);
        }

        return groups;
    }

    private void Add(int pc, in Instruction i, InstructionDef row, Span<int> begins)
    {
        bool isLoad = row.Operation is Operation.Load or Operation.LoadSigned or Operation.LoadAcquire;
        int address = isLoad ? i.Src : i.Dst;
        ref int begin = ref begins[address];
        if (begin < 0)
        {
            begin = pc;
            _groups.Add(pc, new AccessGroup((Register)address, i.Offset, (int)row.Size, !isLoad));
        }
        else
        {
            _groups[begin] = _groups[begin].With(i.Offset, (int)row.Size, !isLoad);
        }
    }

    private static void Forget(int registers, Span<int> begins)
    {
        for (int r = 0; registers >> r != 0; r++)
        {
            if ((registers >> r & 1) != 0) begins[r] = -1;
        }
    }
}
