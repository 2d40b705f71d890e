using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Generation.Valid;

namespace BpfConformance.Engine.Generation.Boundary;

/// <summary>Fields of instructions that hold what they must not.</summary>
internal static class FieldViolations
{
    private static readonly InstructionDef[] s_reserving = [.. InstructionTable.Rows.Where(row => row.Offset.Kind == FieldRuleKind.Zero || row.Immediate.Kind == FieldRuleKind.Zero || row.Src.Kind == FieldRuleKind.Zero)];
    private static readonly byte[] s_unknown = [.. Enumerable.Range(0, 256).Select(opcode => (byte)opcode).Where(opcode => InstructionTable.WithOpcode(opcode).IsEmpty)];
    private static readonly InstructionDef[] s_shifts = [.. InstructionTable.Rows.Where(row => row is { Operation: Operation.Lsh or Operation.Rsh or Operation.Arsh, HasSourceRegister: false })];
    private static readonly InstructionDef[] s_divisions =
        [.. InstructionTable.Rows.Where(row => row is { Operation: Operation.Div or Operation.SDiv or Operation.Mod or Operation.SMod, HasSourceRegister: false })];

    // Not the address of code: where nothing else leads to it, kernel/bpf/core.c (6.18) warns and taints the kernel.
    private static readonly int[] s_wideSources = [1, 2, 3, 5, 6, 7, 8, 15];

    /// <summary>One that must be 0.</summary>
    public static bool ReservedField(ProgramDraft draft)
    {
        InstructionDef row = draft.Entropy.Of<InstructionDef>(s_reserving);
        if (!draft.Limits.Rows[row.Index]) return false;
        bool isOffset = row.Offset.Kind == FieldRuleKind.Zero;
        bool isImmediate = row.Immediate.Kind == FieldRuleKind.Zero && (!isOffset || draft.Entropy.Below(2) == 0);
        Raw(draft, row, draft.ChangeableScalar(), isOffset || isImmediate ? 0 : draft.AnyScalar() | 1, isOffset && !isImmediate ? 3 : row.Offset.Value, isImmediate ? 1 : row.Immediate.Value);
        return true;
    }

    public static bool UnknownOpcode(ProgramDraft draft)
    {
        draft.EmitRaw(new Instruction(draft.Entropy.Of<byte>(s_unknown), 0, 0, 0));
        return true;
    }

    /// <summary>r11 and more.</summary>
    public static bool NoRegister(ProgramDraft draft)
    {
        InstructionDef row = draft.Entropy.Of<InstructionDef>(draft.Rows.Arithmetic);
        bool isSource = row.HasSourceRegister && row.Src.NamesRegister && draft.Entropy.Below(2) == 0;
        int none = draft.Entropy.Between((int)Register.R10 + 1, 15);
        Raw(draft, row, isSource ? draft.ChangeableScalar() : none, isSource ? none : 0, row.Offset.Value, row.Immediate.Value);
        return true;
    }

    public static bool ShiftCount(ProgramDraft draft)
    {
        InstructionDef row = draft.Entropy.Of<InstructionDef>(s_shifts);
        draft.Emit(row, draft.ChangeableScalar(), immediate: draft.Entropy.Of<int>([(int)row.Width, -1, 64, int.MinValue]));
        return true;
    }

    public static bool DivisorZero(ProgramDraft draft)
    {
        draft.Emit(draft.Entropy.Of<InstructionDef>(s_divisions), draft.ChangeableScalar());
        return true;
    }

    /// <summary>A wide instruction without its second half, or with one that is none.</summary>
    public static bool HalfWide(ProgramDraft draft)
    {
        draft.EmitRaw(new Instruction(Opcodes.LoadImm64, (byte)draft.Target(), 0, 1));
        if (draft.Entropy.Below(2) == 0) draft.EmitRaw(new Instruction(0, (byte)draft.Entropy.Below(2), (short)draft.Entropy.Below(2), 0));
        return true;
    }

    public static bool AtomicOperation(ProgramDraft draft)
    {
        if (draft.Base < 0) return false;
        byte opcode = draft.Entropy.Of<byte>([0xc3, 0xdb, 0xd3, 0xcb]);
        draft.EmitRaw(new Instruction(opcode, (byte)(draft.Base | (draft.AnyScalar() << 4)), 0, draft.Entropy.Of<int>([0x10, 0xe0, 0xf0, 0x61, 0x101, 0x120, 0x00])));
        return true;
    }

    /// <summary>A wide instruction that stands for what is not there.</summary>
    public static bool WideSource(ProgramDraft draft)
    {
        draft.EmitRaw(new Instruction(Opcodes.LoadImm64, (byte)(draft.Target() | (draft.Entropy.Of<int>(s_wideSources) << 4)), 0, draft.Entropy.Of<int>([99, -1, 0])));
        draft.EmitSecond(draft.Entropy.Below(2) * 77);
        return true;
    }

    private static void Raw(ProgramDraft draft, InstructionDef row, int dst, int src, int offset, int immediate) =>
        draft.EmitRaw(new Instruction(row.Opcode, (byte)(dst | ((src & 0xf) << 4)), (short)offset, immediate));
}
