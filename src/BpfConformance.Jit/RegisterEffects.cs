using BpfConformance.Abi.Instructions;

namespace BpfConformance.Jit;

/// <summary>Which registers an instruction reads and writes, as sets of bits: bit n is register n.</summary>
/// <param name="Reads">Before it writes any.</param>
/// <param name="Writes">What it leaves in a register that nobody may rely on counts, too.</param>
internal readonly record struct RegisterEffects(ushort Reads, ushort Writes)
{
    public const ushort Result = 1;

    /// <summary>r1–r5, which a call takes and destroys.</summary>
    public const ushort Arguments = 0b11_1110;

    /// <summary>r6–r9, which a call keeps.</summary>
    public const ushort Kept = 0b11_1100_0000;

    /// <summary>r0–r9.</summary>
    public const ushort All = Result | Arguments | Kept;

    private const ushort Frame = 1 << (int)Register.R10;

    private static readonly Roles[] s_roles = RolesByOpcode();

    [Flags]
    private enum Roles : byte
    {
        None = 0,
        ReadsDst = 1,
        ReadsSrc = 2,
        WritesDst = 4,

        /// <summary>An atomic: what else it does is in its immediate.</summary>
        Atomic = 8,
        Call = 16,
        Exit = 32,
        Packet = 64,
    }

    /// <summary>Of an instruction of a validated program. What an exit reads depends on who called: it is the result here.</summary>
    public static RegisterEffects Of(in Instruction i)
    {
        Roles roles = s_roles[i.Opcode];
        int reads = (((int)roles & 1) << i.Dst) | (((int)roles >> 1 & 1) << i.Src); // without branches: nobody could predict them
        int writes = ((int)roles >> 2 & 1) << i.Dst;
        return roles < Roles.Atomic ? new((ushort)reads, (ushort)writes) : Special(i, roles, reads, writes);
    }

    private static RegisterEffects Special(in Instruction i, Roles roles, int reads, int writes)
    {
        switch (roles & ~(Roles.ReadsDst | Roles.ReadsSrc | Roles.WritesDst))
        {
            case Roles.Call: return new((ushort)(reads | Arguments | Frame), Result | Arguments);
            case Roles.Exit: return new(Result, 0);
            case Roles.Packet: return new((ushort)(reads | (1 << (int)Register.R6)), Result | Arguments);
        }

        return InstructionTable.Of(i).Operation switch
        {
            Operation.LoadAcquire => new((ushort)(1 << i.Src), (ushort)(1 << i.Dst)),
            Operation.AtomicCmpxchg => new((ushort)(reads | Result), Result),
            Operation.AtomicXchg => new((ushort)reads, (ushort)(1 << i.Src)),
            _ => new((ushort)reads, (ushort)((i.Immediate & 1) != 0 ? 1 << i.Src : 0)),
        };
    }

    private static Roles[] RolesByOpcode()
    {
        var roles = new Roles[256];
        foreach (InstructionDef row in InstructionTable.Rows) roles[row.Opcode] |= RolesOf(row);
        return roles;
    }

    private static Roles RolesOf(InstructionDef row)
    {
        Roles source = row.HasSourceRegister ? Roles.ReadsSrc : Roles.None;
        return row.Operation switch
        {
            Operation.Mov or Operation.MovSx or Operation.AddressSpaceCast => Roles.WritesDst | source,
            Operation.LoadImm64 => Roles.WritesDst,
            Operation.Neg or Operation.ToLittleEndian or Operation.ToBigEndian or Operation.Swap => Roles.ReadsDst | Roles.WritesDst,
            Operation.Load or Operation.LoadSigned => Roles.ReadsSrc | Roles.WritesDst,
            Operation.StoreImmediate => Roles.ReadsDst,
            Operation.Store => Roles.ReadsDst | Roles.ReadsSrc,
            Operation.AtomicAdd or Operation.AtomicOr or Operation.AtomicAnd or Operation.AtomicXor or Operation.AtomicXchg
                or Operation.AtomicCmpxchg or Operation.LoadAcquire or Operation.StoreRelease => Roles.ReadsDst | Roles.ReadsSrc | Roles.Atomic,
            Operation.LegacyAbsolute => Roles.Packet,
            Operation.LegacyIndirect => Roles.Packet | Roles.ReadsSrc,
            Operation.CallHelper or Operation.CallLocal or Operation.CallKernel => Roles.Call,
            Operation.CallRegister => Roles.Call | Roles.ReadsDst,
            Operation.Exit => Roles.Exit,
            Operation.Ja or Operation.MayGoto => Roles.None,
            Operation.Jeq or Operation.Jgt or Operation.Jge or Operation.Jset or Operation.Jne or Operation.Jsgt or Operation.Jsge
                or Operation.Jlt or Operation.Jle or Operation.Jslt or Operation.Jsle => Roles.ReadsDst | source,
            Operation.Add or Operation.Sub or Operation.Mul or Operation.Div or Operation.SDiv or Operation.Or or Operation.And
                or Operation.Lsh or Operation.Rsh or Operation.Mod or Operation.SMod or Operation.Xor or Operation.Arsh =>
                Roles.ReadsDst | Roles.WritesDst | source,
        };
    }
}
