using System.Collections.Immutable;
using System.Text;
using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Reporting.Reproducers;

/// <summary>Programs in the macros of the kernel's selftests (include/linux/filter.h, tools/include/linux/filter.h, 6.18); what has none is <c>BPF_RAW_INSN</c>.</summary>
internal static class MacroText
{
    /// <summary>An element a line, with the slot behind it as a comment where lines are not slots.</summary>
    /// <param name="slots">The program.</param>
    /// <param name="mapOf">The expression for the descriptor of a map.</param>
    /// <param name="indent">Before each.</param>
    public static string Of(ImmutableArray<Instruction> slots, Func<int, string> mapOf, string indent)
    {
        var text = new StringBuilder();
        for (int pc = 0; pc < slots.Length; pc++)
        {
            Instruction slot = slots[pc];
            bool isWhole = IsWhole(slots, pc);
            text.Append(indent).Append(isWhole ? Wide(slot, slots[pc + 1].Immediate, mapOf) : Of(slot)).Append(",\n");
            if (isWhole) pc++;
        }

        return text.ToString();
    }

    /// <summary>Whether a wide instruction begins at a slot that has a second one, and only what belongs in both.</summary>
    public static bool IsWhole(ImmutableArray<Instruction> slots, int pc) =>
        slots[pc] is { IsWide: true, Offset: 0 } && pc + 1 < slots.Length && slots[pc + 1] is { Opcode: 0, Registers: 0, Offset: 0 };

    private static string Wide(Instruction first, int next, Func<int, string> mapOf) => first.Src switch
    {
        (int)LoadImm64Source.Immediate => $"BPF_LD_IMM64({Dst(first)}, 0x{((ulong)(uint)next << 32) | (uint)first.Immediate:x}ULL)",
        (int)LoadImm64Source.MapByFd or (int)LoadImm64Source.MapByIndex when next == 0 => $"BPF_LD_MAP_FD({Dst(first)}, {mapOf(first.Immediate)})",
        (int)LoadImm64Source.MapValueByFd or (int)LoadImm64Source.MapValueByIndex => $"BPF_LD_MAP_VALUE({Dst(first)}, {mapOf(first.Immediate)}, {next})",
        _ => $"{Raw(first)}, {Raw(new Instruction(0, 0, 0, next))}",
    };

    private static string Of(Instruction slot) => InstructionTable.Find(slot) is { } row ? Named(slot, row) ?? Raw(slot) : Raw(slot);

    private static string? Named(Instruction slot, InstructionDef row) => row.Class switch
    {
        InstructionClass.Alu or InstructionClass.Alu64 => Arithmetic(slot, row),
        InstructionClass.Jmp or InstructionClass.Jmp32 => Jump(slot, row),
        InstructionClass.Ldx when row.Operation == Operation.Load => $"BPF_LDX_MEM({Size(row)}, {Dst(slot)}, {Src(slot)}, {slot.Offset})",
        InstructionClass.St => $"BPF_ST_MEM({Size(row)}, {Dst(slot)}, {slot.Offset}, {slot.Immediate})",
        InstructionClass.Stx when row.Operation == Operation.Store => $"BPF_STX_MEM({Size(row)}, {Dst(slot)}, {Src(slot)}, {slot.Offset})",
        InstructionClass.Stx when Atomic(row) is { } operation => $"BPF_ATOMIC_OP({Size(row)}, {operation}, {Dst(slot)}, {Src(slot)}, {slot.Offset})",
        InstructionClass.Ld when row.Operation == Operation.LegacyAbsolute => $"BPF_LD_ABS({Size(row)}, {slot.Immediate})",
        InstructionClass.Ld or InstructionClass.Ldx or InstructionClass.Stx => null,
    };

    private static string? Arithmetic(Instruction slot, InstructionDef row)
    {
        if (slot.Offset != 0 || row.Operation is Operation.ToBigEndian or Operation.ToLittleEndian or Operation.Swap) return null;
        string width = row.Width == OperandWidth.W64 ? "64" : "32";
        if (row.Operation == Operation.Mov) return row.HasSourceRegister ? $"BPF_MOV{width}_REG({Dst(slot)}, {Src(slot)})" : $"BPF_MOV{width}_IMM({Dst(slot)}, {slot.Immediate})";
        string name = $"BPF_{row.Operation.ToString().ToUpperInvariant()}";
        return row.HasSourceRegister ? $"BPF_ALU{width}_REG({name}, {Dst(slot)}, {Src(slot)})" : $"BPF_ALU{width}_IMM({name}, {Dst(slot)}, {slot.Immediate})";
    }

    private static string? Jump(Instruction slot, InstructionDef row)
    {
        string width = row.Class == InstructionClass.Jmp ? string.Empty : "32";
        string name = $"BPF_{row.Operation.ToString().ToUpperInvariant()}";
        return row.Operation switch
        {
            Operation.Exit => "BPF_EXIT_INSN()",
            Operation.Ja when row.Opcode == Opcodes.Ja => $"BPF_JMP_A({slot.Offset})",
            Operation.CallHelper when HelperTable.NameOf(slot.Immediate) is { } helper => $"BPF_EMIT_CALL(BPF_FUNC_{helper})",
            Operation.CallLocal => $"BPF_CALL_REL({slot.Immediate})",
            Operation.Jeq or Operation.Jgt or Operation.Jge or Operation.Jset or Operation.Jne or Operation.Jsgt or Operation.Jsge or Operation.Jlt or Operation.Jle
                or Operation.Jslt or Operation.Jsle => row.HasSourceRegister
                    ? $"BPF_JMP{width}_REG({name}, {Dst(slot)}, {Src(slot)}, {slot.Offset})"
                    : $"BPF_JMP{width}_IMM({name}, {Dst(slot)}, {slot.Immediate}, {slot.Offset})",
            _ => null,
        };
    }

    private static string? Atomic(InstructionDef row)
    {
        string fetch = row.IsFetch ? " | BPF_FETCH" : string.Empty;
        return row.Operation switch
        {
            Operation.AtomicAdd => $"BPF_ADD{fetch}",
            Operation.AtomicOr => $"BPF_OR{fetch}",
            Operation.AtomicAnd => $"BPF_AND{fetch}",
            Operation.AtomicXor => $"BPF_XOR{fetch}",
            Operation.AtomicXchg => "BPF_XCHG",
            Operation.AtomicCmpxchg => "BPF_CMPXCHG",
            _ => null,
        };
    }

    private static string Size(InstructionDef row) => row.Size switch
    {
        MemorySize.Byte => "BPF_B",
        MemorySize.Half => "BPF_H",
        MemorySize.Word => "BPF_W",
        MemorySize.Double => "BPF_DW",
    };

    private static string Raw(Instruction slot) => $"BPF_RAW_INSN(0x{slot.Opcode:x2}, {Dst(slot)}, {Src(slot)}, {slot.Offset}, {slot.Immediate})";

    private static string Dst(Instruction slot) => Register(slot.Dst);

    private static string Src(Instruction slot) => Register(slot.Src);

    private static string Register(int number) => number <= (int)Abi.Instructions.Register.R10 ? $"BPF_REG_{number}" : $"{number}";
}
