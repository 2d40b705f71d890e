using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Engine.Coverage;

/// <summary>The smallest ways in which what an instruction does can be wrong, whenever it is executed.</summary>
public enum ResultDefect
{
    /// <summary>The lowest bit of the register that it writes is flipped.</summary>
    LowBit,

    /// <summary>The highest of 64 is flipped, also after 32-bit arithmetic, which clears it.</summary>
    TopBit,

    /// <summary>The first byte that it writes to memory is flipped.</summary>
    FirstByte,

    LastByte,

    /// <summary>A conditional jump goes on when it should jump, and jumps when it should go on.</summary>
    OtherWay,

    /// <summary>It is passed over.</summary>
    Skipped,

    /// <summary>An address is 0.</summary>
    NullAddress,

    /// <summary>A call, or the way back from one, changes r6, which is the caller's (RFC 9669 section 2.1).</summary>
    LostRegister,
}

/// <summary>Which defects the cases of a row should see.</summary>
public static class RowDefects
{
    private static readonly ImmutableArray<ResultDefect> s_register = [ResultDefect.LowBit, ResultDefect.TopBit];

    /// <summary>None for what cannot be executed.</summary>
    public static ImmutableArray<ResultDefect> Of(InstructionDef row) => row.Operation switch
    {
        Operation.Add or Operation.Sub or Operation.Mul or Operation.Div or Operation.SDiv or Operation.Or or Operation.And
            or Operation.Lsh or Operation.Rsh or Operation.Neg or Operation.Mod or Operation.SMod or Operation.Xor
            or Operation.Mov or Operation.MovSx or Operation.Arsh
            or Operation.ToLittleEndian or Operation.ToBigEndian or Operation.Swap
            or Operation.Load or Operation.LoadSigned or Operation.LoadAcquire
            or Operation.LegacyAbsolute or Operation.LegacyIndirect => s_register,
        Operation.Jeq or Operation.Jgt or Operation.Jge or Operation.Jset or Operation.Jne or Operation.Jsgt
            or Operation.Jsge or Operation.Jlt or Operation.Jle or Operation.Jslt or Operation.Jsle
            or Operation.MayGoto => [ResultDefect.OtherWay],
        Operation.Ja or Operation.CallLocal => [ResultDefect.Skipped],
        Operation.CallHelper or Operation.CallRegister or Operation.Exit => [.. s_register, ResultDefect.LostRegister],
        Operation.StoreImmediate or Operation.Store or Operation.StoreRelease => Bytes(row),
        Operation.AtomicAdd or Operation.AtomicOr or Operation.AtomicAnd or Operation.AtomicXor
            or Operation.AtomicXchg or Operation.AtomicCmpxchg => row.IsFetch ? [.. Bytes(row), .. s_register] : Bytes(row),
        Operation.LoadImm64 => row.Src.Allows((int)LoadImm64Source.Immediate) ? s_register : [ResultDefect.NullAddress],
        Operation.CallKernel or Operation.AddressSpaceCast => [],
    };

    /// <summary>For people: what nobody would notice.</summary>
    public static string Describe(ResultDefect defect) => defect switch
    {
        ResultDefect.LowBit => "a wrong lowest bit",
        ResultDefect.TopBit => "a wrong highest bit",
        ResultDefect.FirstByte => "a wrong first byte",
        ResultDefect.LastByte => "a wrong last byte",
        ResultDefect.OtherWay => "going the other way",
        ResultDefect.Skipped => "not being executed",
        ResultDefect.NullAddress => "an address of 0",
        ResultDefect.LostRegister => "a change of r6",
    };

    private static ImmutableArray<ResultDefect> Bytes(InstructionDef row) =>
        row.Size == MemorySize.Byte ? [ResultDefect.FirstByte] : [ResultDefect.FirstByte, ResultDefect.LastByte];
}
