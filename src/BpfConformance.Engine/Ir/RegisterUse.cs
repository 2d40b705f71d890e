using BpfConformance.Abi.Instructions;

namespace BpfConformance.Engine.Ir;

/// <summary>What instructions do with registers, as sets: bit n is register n.</summary>
public static class RegisterUse
{
    /// <summary>r1 to r5: what a call hands over, and does not give back.</summary>
    public const int Arguments = 0x3e;

    /// <summary>r6 to r9: what a function must leave as it was.</summary>
    public const int Kept = 0x3c0;

    /// <summary>The registers that it may read: calls, all that can be an argument. What is no instruction reads all.</summary>
    public static int Reads(this in IrInstruction instruction)
    {
        if (instruction.Row is not { } row) return Arguments | Kept | 1;
        int dst = row.Dst.NamesRegister ? 1 << instruction.First.Dst : 0;
        int src = row.Src.NamesRegister ? 1 << instruction.First.Src : 0;
        return row.Operation switch
        {
            Operation.Add or Operation.Sub or Operation.Mul or Operation.Div or Operation.SDiv or Operation.Or or Operation.And or Operation.Lsh or Operation.Rsh
                or Operation.Neg or Operation.Mod or Operation.SMod or Operation.Xor or Operation.Arsh
                or Operation.ToLittleEndian or Operation.ToBigEndian or Operation.Swap => dst | src,
            Operation.Mov or Operation.MovSx or Operation.Load or Operation.LoadSigned or Operation.LoadAcquire or Operation.AddressSpaceCast => src,
            Operation.Ja or Operation.MayGoto or Operation.LoadImm64 => 0,
            Operation.Jeq or Operation.Jgt or Operation.Jge or Operation.Jset or Operation.Jne or Operation.Jsgt or Operation.Jsge or Operation.Jlt
                or Operation.Jle or Operation.Jslt or Operation.Jsle => dst | src,
            Operation.StoreImmediate or Operation.Store or Operation.StoreRelease or Operation.AtomicAdd or Operation.AtomicOr or Operation.AtomicAnd
                or Operation.AtomicXor or Operation.AtomicXchg => dst | src,
            Operation.AtomicCmpxchg => dst | src | 1,
            Operation.CallHelper or Operation.CallLocal or Operation.CallKernel => Arguments,
            Operation.CallRegister => Arguments | dst,
            Operation.Exit => 1,
            Operation.LegacyAbsolute or Operation.LegacyIndirect => src | (1 << (int)Register.R6),
        };
    }

    /// <summary>The registers that it changes: calls, all that they may.</summary>
    public static int Writes(this in IrInstruction instruction)
    {
        if (instruction.Row is not { } row) return Arguments | Kept | 1;
        bool isCall = row.Operation is Operation.CallHelper or Operation.CallLocal or Operation.CallKernel or Operation.CallRegister
            or Operation.LegacyAbsolute or Operation.LegacyIndirect;
        return (isCall ? Arguments : 0) | (instruction.Result() is { } result ? 1 << (int)result : 0);
    }

    /// <summary>The registers that its fields name; what calls and exit use besides is in none.</summary>
    public static int Named(this in IrInstruction instruction) => instruction.Row is not { } row ? 0
        : (row.Dst.NamesRegister ? 1 << instruction.First.Dst : 0) | (row.Src.NamesRegister ? 1 << instruction.First.Src : 0);

    /// <summary>The same with other operands.</summary>
    /// <param name="instruction">Which.</param>
    /// <param name="names">For each register the one that it becomes.</param>
    public static IrInstruction Renamed(this in IrInstruction instruction, ReadOnlySpan<byte> names)
    {
        if (instruction.Row is not { } row) return instruction;
        Instruction first = instruction.First;
        int dst = row.Dst.NamesRegister ? names[first.Dst] : first.Dst;
        int src = row.Src.NamesRegister ? names[first.Src] : first.Src;
        return instruction with { First = first with { Registers = (byte)(dst | (src << 4)) } };
    }

    /// <summary>Names that change nothing.</summary>
    public static byte[] SameNames() => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
}
