using BpfConformance.Abi.Instructions;

namespace BpfConformance.Loading.Assembly;

/// <summary>
/// The syntax of the kernel (kernel/bpf/disasm.c, v6.18) and of LLVM (llvm/lib/Target/BPF/BPFInstrInfo.td, 19). Where
/// the two differ, LLVM's spelling comes first, which is the one printed: fetching atomics, <c>w</c> registers for
/// atomics of 32 bits, targets without <c>pc</c>. Numbers are decimal, as <c>--no-print-imm-hex</c> makes llvm-objdump
/// print them, except in wide instructions. Loads and stores name <c>r</c> registers, as the kernel and LLVM without
/// ALU32 do. LLVM prints the source forms of wide instructions and calls like the plain ones; here each is told apart,
/// in the pseudo-notation of RFC 9669 section 5.4.
/// </summary>
internal static class KernelSpelling
{
    /// <summary>The templates of a row: the first is printed, all are read.</summary>
    public static string[] Of(InstructionDef row)
    {
        string d = row.Width == OperandWidth.W64 ? "$dst" : "$wdst";
        string s = row.Width == OperandWidth.W64 ? "$src" : "$wsrc";
        string operand = row.HasSourceRegister ? s : "$imm";
        int bits = (int)row.Size * 8;
        return row.Operation switch
        {
            Operation.Add => [$"{d} += {operand}"],
            Operation.Sub => [$"{d} -= {operand}"],
            Operation.Mul => [$"{d} *= {operand}"],
            Operation.Div => [$"{d} /= {operand}"],
            Operation.SDiv => [$"{d} s/= {operand}"],
            Operation.Or => [$"{d} |= {operand}"],
            Operation.And => [$"{d} &= {operand}"],
            Operation.Lsh => [$"{d} <<= {operand}"],
            Operation.Rsh => [$"{d} >>= {operand}"],
            Operation.Neg => [$"{d} = -{d}"],
            Operation.Mod => [$"{d} %= {operand}"],
            Operation.SMod => [$"{d} s%= {operand}"],
            Operation.Xor => [$"{d} ^= {operand}"],
            Operation.Mov => [$"{d} = {operand}"],
            Operation.MovSx => [$"{d} = (s{row.Offset.Value}){s}"],
            Operation.Arsh => [$"{d} s>>= {operand}"],

            Operation.ToLittleEndian => [$"$dst = le{row.Immediate.Value} $dst"],
            Operation.ToBigEndian => [$"$dst = be{row.Immediate.Value} $dst"],
            Operation.Swap => [$"$dst = bswap{row.Immediate.Value} $dst"],

            Operation.Ja => row.Opcode == Opcodes.Ja32 ? ["gotol $target32"] : ["goto $target"],
            Operation.Jeq => [$"if {d} == {operand} goto $target"],
            Operation.Jgt => [$"if {d} > {operand} goto $target"],
            Operation.Jge => [$"if {d} >= {operand} goto $target"],
            Operation.Jset => [$"if {d} & {operand} goto $target"],
            Operation.Jne => [$"if {d} != {operand} goto $target"],
            Operation.Jsgt => [$"if {d} s> {operand} goto $target"],
            Operation.Jsge => [$"if {d} s>= {operand} goto $target"],
            Operation.Jlt => [$"if {d} < {operand} goto $target"],
            Operation.Jle => [$"if {d} <= {operand} goto $target"],
            Operation.Jslt => [$"if {d} s< {operand} goto $target"],
            Operation.Jsle => [$"if {d} s<= {operand} goto $target"],
            Operation.MayGoto => ["may_goto $target"],
            Operation.CallHelper => ["call $imm", "call $helper", "call $helper#$imm"],
            Operation.CallLocal => ["call $pctarget32"],
            Operation.CallKernel => ["call kfunc#$imm"],
            Operation.CallRegister => ["callx $dst"],
            Operation.Exit => ["exit"],

            Operation.Load =>
                WithSubRegister(row, $"$dst = *(u{bits} *)($src$off)", $"$wdst = *(u{bits} *)($src$off)"),
            Operation.LoadSigned => [$"$dst = *(s{bits} *)($src$off)"],
            Operation.StoreImmediate => [$"*(u{bits} *)($dst$off) = $imm"],
            Operation.Store =>
                WithSubRegister(row, $"*(u{bits} *)($dst$off) = $src", $"*(u{bits} *)($dst$off) = $wsrc"),
            Operation.LoadAcquire => WithSubRegister(
                row, $"$dst = load_acquire((u{bits} *)($src$off))", $"$wdst = load_acquire((u{bits} *)($src$off))"),
            Operation.StoreRelease => WithSubRegister(
                row, $"store_release((u{bits} *)($dst$off), $src)", $"store_release((u{bits} *)($dst$off), $wsrc)"),
            Operation.AtomicAdd => Atomic(row, "+=", "add"),
            Operation.AtomicOr => Atomic(row, "|=", "or"),
            Operation.AtomicAnd => Atomic(row, "&=", "and"),
            Operation.AtomicXor => Atomic(row, "^=", "xor"),
            Operation.AtomicXchg => row.Size == MemorySize.Double
                ? ["$src = xchg_64($dst$off, $src)", "$src = atomic64_xchg((u64 *)($dst$off), $src)"]
                : ["$wsrc = xchg32_32($dst$off, $wsrc)", "$src = atomic_xchg((u32 *)($dst$off), $src)"],
            Operation.AtomicCmpxchg => row.Size == MemorySize.Double
                ? ["$zero = cmpxchg_64($dst$off, $zero, $src)", "$zero = atomic64_cmpxchg((u64 *)($dst$off), $zero, $src)"]
                : ["$wzero = cmpxchg32_32($dst$off, $wzero, $wsrc)", "$zero = atomic_cmpxchg((u32 *)($dst$off), $zero, $src)"],

            Operation.LoadImm64 => [Wide((LoadImm64Source)row.Src.Value)],
            Operation.LegacyAbsolute => [$"$zero = *(u{bits} *)skb[$imm]"],
            Operation.LegacyIndirect => [$"$zero = *(u{bits} *)skb[$src$immoff]"],
            Operation.AddressSpaceCast =>
                [$"$dst = addr_space_cast($src, {row.Immediate.Value >> 16}, {row.Immediate.Value & 0xffff})"],
        };
    }

    private static string[] WithSubRegister(InstructionDef row, string spelling, string subRegister) =>
        row.Size == MemorySize.Double ? [spelling] : [spelling, subRegister];

    private static string[] Atomic(InstructionDef row, string symbol, string name) => (row.IsFetch, row.Size) switch
    {
        (false, MemorySize.Double) => [$"lock *(u64 *)($dst$off) {symbol} $src"],
        (false, _) => [$"lock *(u32 *)($dst$off) {symbol} $wsrc", $"lock *(u32 *)($dst$off) {symbol} $src"],
        (true, MemorySize.Double) =>
            [$"$src = atomic_fetch_{name}((u64 *)($dst$off), $src)", $"$src = atomic64_fetch_{name}((u64 *)($dst$off), $src)"],
        (true, _) =>
            [$"$wsrc = atomic_fetch_{name}((u32 *)($dst$off), $wsrc)", $"$src = atomic_fetch_{name}((u32 *)($dst$off), $src)"],
    };

    private static string Wide(LoadImm64Source source) => source switch
    {
        LoadImm64Source.Immediate => "$dst = $imm64 ll",
        LoadImm64Source.MapByFd => "$dst = map_by_fd($map) ll",
        LoadImm64Source.MapValueByFd => "$dst = map_val(map_by_fd($map))$nextoff ll",
        LoadImm64Source.Variable => "$dst = var_addr($imm) ll",
        LoadImm64Source.Code => "$dst = code_addr($pctarget32) ll",
        LoadImm64Source.MapByIndex => "$dst = map_by_idx($map) ll",
        LoadImm64Source.MapValueByIndex => "$dst = map_val(map_by_idx($map))$nextoff ll",
    };
}
