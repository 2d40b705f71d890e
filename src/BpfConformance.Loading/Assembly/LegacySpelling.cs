using BpfConformance.Abi.Instructions;

namespace BpfConformance.Loading.Assembly;

/// <summary>
/// The syntax of the older conformance suite (github.com/Alan-Jowett/bpf_conformance, src/bpf_assembler.cc), extended
/// in its style by what it cannot say:
/// <list type="bullet">
/// <item><c>lddw %r1, map_by_fd(0)</c> and the other sources of wide instructions, as RFC 9669 section 5.4 notes them;</item>
/// <item><c>ldabs(b|h|w) imm</c> and <c>ldind(b|h|w) %rS, imm</c> for packet access;</item>
/// <item><c>ldacq(b|h|w|dw) %rD, [%rS±off]</c> and <c>strel(b|h|w|dw) [%rD±off], %rS</c>;</item>
/// <item><c>may_goto T</c> and <c>addr_space_cast %rD, %rS, 0, 1</c>;</item>
/// <item><c>fetch</c> before <c>xchg</c> and <c>cmpxchg</c>, where it changes nothing.</item>
/// </list>
/// </summary>
internal static class LegacySpelling
{
    /// <summary>The templates of a row: the first is printed, all are read.</summary>
    public static string[] Of(InstructionDef row)
    {
        string width = row.Width == OperandWidth.W64 ? "" : "32";
        string operand = row.HasSourceRegister ? "$lsrc" : "$imm";
        string size = Suffix(row.Size);
        return row.Operation switch
        {
            Operation.Add => [$"add{width} $ldst, {operand}"],
            Operation.Sub => [$"sub{width} $ldst, {operand}"],
            Operation.Mul => [$"mul{width} $ldst, {operand}"],
            Operation.Div => [$"div{width} $ldst, {operand}"],
            Operation.SDiv => [$"sdiv{width} $ldst, {operand}"],
            Operation.Or => [$"or{width} $ldst, {operand}"],
            Operation.And => [$"and{width} $ldst, {operand}"],
            Operation.Lsh => [$"lsh{width} $ldst, {operand}"],
            Operation.Rsh => [$"rsh{width} $ldst, {operand}"],
            Operation.Neg => [$"neg{width} $ldst"],
            Operation.Mod => [$"mod{width} $ldst, {operand}"],
            Operation.SMod => [$"smod{width} $ldst, {operand}"],
            Operation.Xor => [$"xor{width} $ldst, {operand}"],
            Operation.Mov => [$"mov{width} $ldst, {operand}"],
            Operation.MovSx => [$"movsx{row.Offset.Value}{(int)row.Width} $ldst, $lsrc"],
            Operation.Arsh => [$"arsh{width} $ldst, {operand}"],

            Operation.ToLittleEndian => [$"le{row.Immediate.Value} $ldst"],
            Operation.ToBigEndian => [$"be{row.Immediate.Value} $ldst"],
            Operation.Swap => [$"swap{row.Immediate.Value} $ldst", $"bswap{row.Immediate.Value} $ldst"],

            Operation.Ja => row.Opcode == Opcodes.Ja32 ? ["ja32 $target32"] : ["ja $target"],
            Operation.Jeq => [$"jeq{width} $ldst, {operand}, $target"],
            Operation.Jgt => [$"jgt{width} $ldst, {operand}, $target"],
            Operation.Jge => [$"jge{width} $ldst, {operand}, $target"],
            Operation.Jset => [$"jset{width} $ldst, {operand}, $target"],
            Operation.Jne => [$"jne{width} $ldst, {operand}, $target"],
            Operation.Jsgt => [$"jsgt{width} $ldst, {operand}, $target"],
            Operation.Jsge => [$"jsge{width} $ldst, {operand}, $target"],
            Operation.Jlt => [$"jlt{width} $ldst, {operand}, $target"],
            Operation.Jle => [$"jle{width} $ldst, {operand}, $target"],
            Operation.Jslt => [$"jslt{width} $ldst, {operand}, $target"],
            Operation.Jsle => [$"jsle{width} $ldst, {operand}, $target"],
            Operation.MayGoto => ["may_goto $target"],
            Operation.CallHelper => ["call helper $imm"],
            Operation.CallLocal => ["call local $target32"],
            Operation.CallKernel => ["call runtime $imm"],
            Operation.CallRegister => ["call $ldst"],
            Operation.Exit => ["exit"],

            Operation.Load => [$"ldx{size} $ldst, [$lsrc$loff]"],
            Operation.LoadSigned => [$"ldxs{size} $ldst, [$lsrc$loff]"],
            Operation.StoreImmediate => [$"st{size} [$ldst$loff], $imm"],
            Operation.Store => [$"stx{size} [$ldst$loff], $lsrc"],
            Operation.LoadAcquire => [$"ldacq{size} $ldst, [$lsrc$loff]"],
            Operation.StoreRelease => [$"strel{size} [$ldst$loff], $lsrc"],
            Operation.AtomicAdd => Atomic(row, "add"),
            Operation.AtomicOr => Atomic(row, "or"),
            Operation.AtomicAnd => Atomic(row, "and"),
            Operation.AtomicXor => Atomic(row, "xor"),
            Operation.AtomicXchg => Atomic(row, "xchg"),
            Operation.AtomicCmpxchg => Atomic(row, "cmpxchg"),

            Operation.LoadImm64 => [$"lddw $ldst, {Wide((LoadImm64Source)row.Src.Value)}"],
            Operation.LegacyAbsolute => [$"ldabs{size} $imm"],
            Operation.LegacyIndirect => [$"ldind{size} $lsrc, $imm"],
            Operation.AddressSpaceCast =>
                [$"addr_space_cast $ldst, $lsrc, {row.Immediate.Value >> 16}, {row.Immediate.Value & 0xffff}"],
        };
    }

    private static string Suffix(MemorySize size) => size switch
    {
        MemorySize.Byte => "b",
        MemorySize.Half => "h",
        MemorySize.Word => "w",
        MemorySize.Double => "dw",
    };

    private static string[] Atomic(InstructionDef row, string name)
    {
        string rest = $"{name}{(row.Size == MemorySize.Double ? "" : "32")} [$ldst$loff], $lsrc";
        bool alwaysFetches = row.Operation is Operation.AtomicXchg or Operation.AtomicCmpxchg;
        if (alwaysFetches) return [$"lock {rest}", $"lock fetch {rest}"];
        return row.IsFetch ? [$"lock fetch {rest}"] : [$"lock {rest}"];
    }

    private static string Wide(LoadImm64Source source) => source switch
    {
        LoadImm64Source.Immediate => "$imm64",
        LoadImm64Source.MapByFd => "map_by_fd($map)",
        LoadImm64Source.MapValueByFd => "map_val(map_by_fd($map))$lnextoff",
        LoadImm64Source.Variable => "var_addr($imm)",
        LoadImm64Source.Code => "code_addr($target32)",
        LoadImm64Source.MapByIndex => "map_by_idx($map)",
        LoadImm64Source.MapValueByIndex => "map_val(map_by_idx($map))$lnextoff",
    };
}
