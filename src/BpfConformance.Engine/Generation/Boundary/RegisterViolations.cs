using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Generation.Valid;

namespace BpfConformance.Engine.Generation.Boundary;

/// <summary>Registers that are read, written and computed with against the rules.</summary>
internal static class RegisterViolations
{
    private static readonly InstructionDef s_move = InstructionTable.Named("mov64-reg");
    private static readonly InstructionDef[] s_operations = [.. InstructionTable.Rows.Where(row =>
        row.Class == InstructionClass.Alu64 && row.Operation is Operation.Mul or Operation.Div or Operation.And or Operation.Or or Operation.Xor or Operation.Lsh or Operation.Rsh
            or Operation.Arsh or Operation.Neg or Operation.Swap or Operation.Mod)];

    private static readonly InstructionDef[] s_narrow = [.. InstructionTable.Rows.Where(row => row.Class == InstructionClass.Alu && row.Operation is Operation.Add or Operation.Sub)];
    private static readonly int[] s_far = [1 << 29, (1 << 29) - 1, 1 << 30, int.MaxValue, int.MinValue, -(1 << 29)];

    /// <summary>Of a register that was never written, or is lost in a call.</summary>
    public static bool ReadUninitialized(ProgramDraft draft)
    {
        uint unwritten = 0;
        for (int register = 0; register < (int)Register.R10; register++)
        {
            if (draft.State[register].Kind == ValueKind.Uninitialized) unwritten |= 1u << register;
        }

        if (unwritten != 0)
        {
            draft.Emit(s_move, draft.Target(), draft.Entropy.BitOf(unwritten));
            return true;
        }

        draft.Emit(draft.Rows.CallHelper, 0, immediate: 5); // bpf_ktime_get_ns, which loses r1
        draft.Emit(s_move, (int)Register.R0, (int)Register.R1);
        return true;
    }

    public static bool WriteFramePointer(ProgramDraft draft)
    {
        InstructionDef row = draft.Entropy.Of<InstructionDef>(draft.Rows.Arithmetic);
        draft.Emit(row, (int)Register.R10, row.HasSourceRegister ? draft.AnyScalar() : 0, immediate: row.HasSourceRegister ? 0 : 1, kind: ValueKind.Stack);
        return true;
    }

    /// <summary>That no address survives.</summary>
    public static bool PointerOperation(ProgramDraft draft)
    {
        if (!TryCopy(draft, out int pointer)) return false;
        InstructionDef row = draft.Entropy.Of<InstructionDef>(s_operations);
        draft.Emit(row, pointer, row.HasSourceRegister ? draft.AnyScalar() : 0, immediate: row.HasSourceRegister ? 0 : 8, kind: draft.State[pointer].Kind);
        return Use(draft, pointer);
    }

    public static bool PointerIn32Bits(ProgramDraft draft)
    {
        if (!TryCopy(draft, out int pointer)) return false;
        InstructionDef row = draft.Entropy.Of<InstructionDef>(s_narrow);
        draft.Emit(row, pointer, row.HasSourceRegister ? draft.AnyScalar() : 0, immediate: row.HasSourceRegister ? 0 : 8, kind: draft.State[pointer].Kind);
        return Use(draft, pointer);
    }

    /// <summary>From a number, or from the stack.</summary>
    public static bool SubtractPointer(ProgramDraft draft)
    {
        InstructionDef row = InstructionTable.Named("sub64-reg");
        if (draft.Entropy.Below(2) == 0) draft.Emit(row, draft.ChangeableScalar(), (int)Register.R10, kind: ValueKind.Stack);
        else if (!TryCopy(draft, out int pointer, (int)Register.R10)) return false;
        else draft.Emit(row, pointer, draft.AnyScalar(), kind: ValueKind.Stack);
        return true;
    }

    /// <summary>A number of which nothing is known is added to an address.</summary>
    public static bool UnboundedOffset(ProgramDraft draft)
    {
        if (draft.Base < 0 || !TryCopy(draft, out int pointer)) return false;
        uint free = draft.State.FreeForNumbers & ~(1u << pointer);
        if (free == 0) return false;
        int number = draft.Entropy.BitOf(free);
        draft.LoadFresh(number);
        if (draft.Entropy.Below(2) == 0) draft.Emit(InstructionTable.Named("rsh64-imm"), number, immediate: draft.Entropy.Between(20, 60)); // positive, and too much
        draft.Emit(InstructionTable.Named("add64-reg"), pointer, number, kind: draft.State[pointer].Kind);
        return Use(draft, pointer);
    }

    /// <summary>A constant takes an address out of what any region can be.</summary>
    public static bool FarOffset(ProgramDraft draft)
    {
        if (!TryCopy(draft, out int pointer)) return false;
        draft.Emit(draft.Rows.AddImmediate, pointer, immediate: draft.Entropy.Of<int>(s_far), kind: draft.State[pointer].Kind);
        draft.Emit(draft.Rows.AddImmediate, pointer, immediate: draft.Entropy.Of<int>(s_far), kind: draft.State[pointer].Kind);
        return Use(draft, pointer);
    }

    /// <summary>The same by a constant of 64 bits.</summary>
    public static bool FarConstant(ProgramDraft draft)
    {
        if (draft.Rows.LoadConstant is not { } constant || !TryCopy(draft, out int pointer)) return false;
        uint free = draft.State.FreeForNumbers & ~(1u << pointer);
        if (free == 0) return false;
        int number = draft.Entropy.BitOf(free);
        draft.Emit(constant, number);
        draft.EmitSecond(draft.Entropy.Of<int>(s_far));
        draft.Emit(InstructionTable.Named("add64-reg"), pointer, number, kind: draft.State[pointer].Kind);
        return Use(draft, pointer);
    }

    /// <summary>The context is where it is.</summary>
    public static bool OperationOnFixedPointer(ProgramDraft draft)
    {
        if (draft.ContextRegister < 0 || !TryCopy(draft, out int pointer, draft.ContextRegister)) return false;
        draft.Emit(InstructionTable.Named("add64-reg"), pointer, draft.AnyScalar(), kind: ValueKind.Context);
        return Use(draft, pointer);
    }

    /// <summary>The address of a map is not one of bytes.</summary>
    public static bool MapPointerArithmetic(ProgramDraft draft)
    {
        int map = draft.Maps.IndexOf(MapCatalog.Hash);
        if (map < 0 || draft.State.FreeForPointers == 0) return false;
        int pointer = draft.Entropy.BitOf(draft.State.FreeForPointers);
        CallArguments.LoadMap(draft, pointer, map);
        draft.Emit(draft.Rows.AddImmediate, pointer, immediate: 8, kind: ValueKind.Map);
        return Use(draft, pointer);
    }

    /// <summary>A result that no hook takes, or none.</summary>
    public static bool BadReturn(ProgramDraft draft)
    {
        if (draft.State.Loops > 0) return false;
        if (draft.Entropy.Below(3) > 0) draft.Emit(draft.Rows.MoveImmediate, 0, immediate: draft.Entropy.Of<int>([-1, 2, 4, int.MinValue, 1000]));
        else draft.Emit(s_move, 0, draft.AnyScalar());
        draft.Emit(draft.Rows.Exit, 0);
        return true;
    }

    /// <summary>A copy of an address, in a register that may be changed.</summary>
    /// <param name="draft">Where.</param>
    /// <param name="pointer">That register.</param>
    /// <param name="of">Of which; negative: of any.</param>
    internal static bool TryCopy(ProgramDraft draft, out int pointer, int of = -1)
    {
        AbstractState state = draft.State;
        pointer = 0;
        if (of < 0 && state.Regions == 0) return false;
        int src = of >= 0 ? of : draft.Entropy.BitOf(state.Regions);
        uint free = state.FreeForPointers & ~(1u << src);
        if (free == 0 || draft.Rows.MovePointer is null) return false;
        pointer = draft.Entropy.BitOf(free);
        draft.CopyPointer(pointer, src);
        return true;
    }

    /// <summary>What is not right when it is computed may be when it is used.</summary>
    internal static bool Use(ProgramDraft draft, int pointer)
    {
        draft.Emit(draft.Rows.WordLoad, draft.Target(), pointer, kind: draft.State[pointer].Kind);
        return true;
    }
}
