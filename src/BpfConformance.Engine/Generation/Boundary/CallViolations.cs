using System.Collections.Immutable;
using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Generation.Valid;

namespace BpfConformance.Engine.Generation.Boundary;

/// <summary>Calls of helpers with what they do not take.</summary>
internal static class CallViolations
{
    private static readonly int s_strtol = HelperTable.NumberOf("strtol")!.Value; // the table has it

    private static readonly ImmutableArray<MapDefinition> s_maps =
        [MapCatalog.Hash, MapCatalog.Queue, MapCatalog.Ring, MapCatalog.Programs, MapCatalog.Events, MapCatalog.Bloom, MapCatalog.Devices, MapCatalog.Array];

    /// <summary>One argument is of another kind.</summary>
    public static bool WrongArgument(ProgramDraft draft)
    {
        if (!HelperSteps.Prepare(draft, out HelperPrototype? helper) || helper.Arguments.IsEmpty) return false;
        int register = draft.Entropy.Between(1, helper.Arguments.Length);
        switch (draft.Entropy.Below(5))
        {
            case 0:
                draft.Emit(draft.Rows.MoveImmediate, register, immediate: draft.Entropy.Of<int>([0, 8, -1]));
                break;
            case 1:
                draft.Emit(draft.Rows.MovePointer!, register, (int)Register.R10, kind: ValueKind.Stack); // a frame that calls has it
                break;
            case 2:
                CallArguments.LoadMap(draft, register, 0);
                break;
            case 3 when draft.ContextRegister >= 0:
                draft.CopyPointer(register, draft.ContextRegister);
                break;
            default:
                draft.Emit(draft.Rows.MovePointer!, register, draft.Base, kind: draft.State[draft.Base].Kind);
                break;
        }

        draft.EmitHelper(helper.Number, draft.State[register].Kind);
        return true;
    }

    public static bool UnknownHelper(ProgramDraft draft)
    {
        draft.Emit(draft.Rows.CallHelper, 0, immediate: draft.Entropy.Of<int>([0, 212, 1000, -1, int.MinValue]));
        return true;
    }

    /// <summary>One that programs of other types call.</summary>
    public static bool OtherTypesHelper(ProgramDraft draft)
    {
        draft.Emit(draft.Rows.CallHelper, 0, immediate: draft.Entropy.Between(1, HelperTable.Count));
        return true;
    }

    public static bool WrongMap(ProgramDraft draft)
    {
        if (!HelperSteps.Prepare(draft, out HelperPrototype? helper) || helper.Arguments.IsEmpty) return false;
        int argument = 0;
        while (argument < helper.Arguments.Length && helper.Arguments[argument].Kind != ArgumentKind.Map) argument++;
        if (argument == helper.Arguments.Length) return false;
        int map = draft.Maps.IndexOf(draft.Entropy.Of<MapDefinition>(s_maps.AsSpan()));
        if (map < 0) return false;
        CallArguments.LoadMap(draft, argument + 1, map);
        draft.EmitHelper(helper.Number, ValueKind.Map);
        return true;
    }

    /// <summary>A helper is to leave its result where programs may only read.</summary>
    public static bool ReadOnlyResult(ProgramDraft draft)
    {
        HelperPrototype[] writing = [.. draft.Hook.Helpers.Where(each => each.Arguments.Any(IsWritten))];
        if (writing.Length == 0) return false;
        HelperPrototype helper = draft.Entropy.Of<HelperPrototype>(writing);
        if (!HelperSteps.Prepare(draft, helper)) return false;
        int map = draft.Maps.IndexOf(MapCatalog.Texts);
        if (map < 0) return false;
        int argument = 0;
        while (!IsWritten(helper.Arguments[argument])) argument++;
        MapSteps.LoadDirect(draft, argument + 1, map);
        draft.EmitHelper(helper.Number, ValueKind.DirectMapValue);
        return true;

        static bool IsWritten(HelperArgument argument) => argument.Has(ArgumentFlags.Written);
    }

    /// <summary>What may be null is used.</summary>
    public static bool NullUnchecked(ProgramDraft draft)
    {
        if (!CallArguments.CanCall(draft) || draft.Base < 0) return false;
        int map = draft.Maps.IndexOf(MapCatalog.Hash);
        if (map < 0) return false;
        CallArguments.SetKey(draft, (int)Register.R2, MapCatalog.Hash);
        CallArguments.LoadMap(draft, (int)Register.R1, map);
        draft.EmitHelper(1, ValueKind.Map);
        if (draft.Entropy.Below(3) == 0) draft.Emit(draft.Rows.AddImmediate, 0, immediate: 8, kind: ValueKind.MapValueOrNull);
        else draft.Emit(draft.Rows.WordLoad, 0, 0, kind: ValueKind.MapValueOrNull);
        return true;
    }

    public static bool TooManyBytes(ProgramDraft draft) => TakeBytes(draft, size => draft.SetConstant(size, draft.State[draft.Base].Bytes + 1));

    public static bool NoBytes(ProgramDraft draft) => TakeBytes(draft, size => draft.SetConstant(size, 0));

    public static bool NegativeBytes(ProgramDraft draft) => TakeBytes(draft, size => draft.SetConstant(size, draft.Entropy.Of<int>([-1, int.MinValue])));

    public static bool UnboundedBytes(ProgramDraft draft) => TakeBytes(draft, size =>
    {
        draft.LoadFresh(size);
        if (draft.Entropy.Below(2) == 0) draft.Emit(InstructionTable.Named("rsh64-imm"), size, immediate: draft.Entropy.Between(1, 32));
    });

    /// <summary>A text of so many bytes is read as a number.</summary>
    private static bool TakeBytes(ProgramDraft draft, Action<int> setSize)
    {
        if (!CallArguments.CanCall(draft) || draft.Base < 0 || !draft.Limits.HasHelper(s_strtol)) return false;
        CallArguments.SetInBase(draft, (int)Register.R1, 0);
        setSize((int)Register.R2);
        draft.SetConstant((int)Register.R3, 0);
        CallArguments.SetInBase(draft, (int)Register.R4, 0);
        draft.EmitHelper(s_strtol, ValueKind.Scalar);
        return true;
    }
}
