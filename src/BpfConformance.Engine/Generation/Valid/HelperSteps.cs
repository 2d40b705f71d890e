using System.Diagnostics.CodeAnalysis;
using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Domains;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>Calls of helpers, by what their prototypes say.</summary>
internal static class HelperSteps
{
    private const int LargestBytes = 24;
    private const int FormattedBytes = 16; // the two numbers of the format

    public static bool Call(ProgramDraft draft)
    {
        if (!Prepare(draft, out HelperPrototype? helper)) return false;
        draft.EmitHelper(helper.Number, ValueKind.Scalar);
        draft.State.Call();
        if (helper.ChangesPacket) draft.State.DropPacket();
        SetResult(draft, helper);
        return true;
    }

    /// <summary>Puts into its registers what some helper takes, as long as it is one that takes what is at hand.</summary>
    public static bool Prepare(ProgramDraft draft, [NotNullWhen(true)] out HelperPrototype? helper)
    {
        helper = draft.Hook.Helpers.Length == 0 ? null : draft.Entropy.Of<HelperPrototype>(draft.Hook.Helpers);
        return helper is not null && Prepare(draft, helper);
    }

    /// <summary>The same of this one.</summary>
    public static bool Prepare(ProgramDraft draft, HelperPrototype helper)
    {
        if (!CallArguments.CanCall(draft) || draft.Base < 0 || !IsAtHand(draft, helper)) return false;
        int map = MapOf(draft, helper);
        if (map < 0 && NeedsMap(helper)) return false;

        int bytes = 0;
        for (int i = 0; i < helper.Arguments.Length; i++) Set(draft, helper, i, map, ref bytes);
        return true;
    }

    private static bool NeedsMap(HelperPrototype helper) => helper.Arguments.Any(argument => argument.Kind is ArgumentKind.Map or ArgumentKind.ConstantString);

    private static bool IsAtHand(ProgramDraft draft, HelperPrototype helper)
    {
        bool needsContext = !helper.Arguments.IsEmpty && helper.Arguments[0].Kind == ArgumentKind.Context;
        if (needsContext && draft.ContextRegister < 0) return false;
        return !helper.ChangesPacket || (draft.State.Loops == 0 && draft.Functions.Current < 0);
    }

    private static int MapOf(ProgramDraft draft, HelperPrototype helper)
    {
        foreach (HelperArgument argument in helper.Arguments)
        {
            if (argument.Kind == ArgumentKind.ConstantString) return draft.Maps.IndexOf(MapCatalog.Texts);
            if (argument.Kind == ArgumentKind.Map) return draft.Maps.IndexOf(draft.Entropy.Of<MapDefinition>(MapCatalog.For(helper).AsSpan()));
        }

        return -1;
    }

    private static void Set(ProgramDraft draft, HelperPrototype helper, int index, int map, ref int bytes)
    {
        HelperArgument argument = helper.Arguments[index];
        int register = index + 1;
        switch (argument.Kind)
        {
            case ArgumentKind.Map:
                CallArguments.LoadMap(draft, register, map);
                break;
            case ArgumentKind.MapKey:
                CallArguments.SetKey(draft, register, draft.Maps[map]);
                break;
            case ArgumentKind.MapValue:
                CallArguments.SetBytes(draft, register, draft.Maps[map].ValueBytes, argument.Has(ArgumentFlags.Uninitialized) && draft.Maps[map].Type != MapType.BloomFilter); // which is asked for a value
                break;
            case ArgumentKind.Memory:
                bytes = argument.Bytes > 0 ? argument.Bytes : BytesOf(draft, helper, index);
                CallArguments.SetBytes(draft, register, bytes, argument.Has(ArgumentFlags.Uninitialized));
                break;
            case ArgumentKind.Size or ArgumentKind.SizeOrZero:
                draft.SetConstant(register, bytes);
                break;
            case ArgumentKind.Context:
                draft.CopyPointer(register, draft.ContextRegister);
                break;
            case ArgumentKind.ConstantString:
                SetText(draft, register, map, helper.Name == "snprintf" ? MapCatalog.FormatOffset : 0);
                break;
            case ArgumentKind.Anything when helper.Name == "probe_read_kernel":
                CallArguments.SetInBase(draft, register, 0);
                break;
            default:
                CallArguments.SetNumber(draft, register, helper.Name);
                break;
        }
    }

    private static int BytesOf(ProgramDraft draft, HelperPrototype helper, int index) => (helper.Name, index) switch
    {
        ("snprintf", 3) => FormattedBytes,
        ("csum_diff", _) => 4 * draft.Entropy.Between(1, LargestBytes / 4),
        _ => draft.Entropy.Between(1, LargestBytes),
    };

    private static void SetText(ProgramDraft draft, int register, int map, int offset)
    {
        draft.Emit(draft.Entropy.Of<InstructionDef>(draft.Rows.MapValues), register, immediate: map, kind: ValueKind.Map);
        draft.EmitSecond(offset);
        draft.State.Set(register, AbstractValue.Pointer(ValueKind.Map, id: map)); // it is only handed over
    }

    private static void SetResult(ProgramDraft draft, HelperPrototype helper)
    {
        const int Result = (int)Register.R0;
        AbstractState state = draft.State;
        // What depends on time, chance or processor is not looked at.
        if (helper.Return == HelperReturn.Integer && (helper.IsDeterministic || helper.Name == "probe_read_kernel")) state.SetScalar(Result, ScalarRange.Unknown);
        else state.Set(Result, default);
    }
}
