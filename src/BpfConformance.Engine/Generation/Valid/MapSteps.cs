using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Domains;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>Values of maps: looked up, or by their address.</summary>
internal static class MapSteps
{
    private const int LookupHelper = 1; // bpf_map_lookup_elem

    /// <summary>The address of the only element of an array.</summary>
    public static bool DirectValue(ProgramDraft draft)
    {
        AbstractState state = draft.State;
        if (draft.Rows.MapValues.Length == 0 || state.FreeForPointers == 0) return false;
        MapDefinition template = draft.Entropy.Below(2) == 0 ? MapCatalog.Globals : MapCatalog.Memory;
        int map = draft.Maps.IndexOf(template);
        if (map < 0) return false;
        LoadDirect(draft, draft.Entropy.BitOf(state.FreeForPointers), map);
        return true;
    }

    /// <summary>The same, in a register.</summary>
    public static void LoadDirect(ProgramDraft draft, int dst, int map)
    {
        draft.Emit(draft.Entropy.Of<InstructionDef>(draft.Rows.MapValues), dst, immediate: map, kind: ValueKind.Map);
        draft.EmitSecond(0);
        draft.State.Set(dst, AbstractValue.Pointer(ValueKind.DirectMapValue, draft.Maps[map].ValueBytes, id: map));
    }

    /// <summary>A value is looked up; what needs it is skipped where there is none.</summary>
    public static bool BeginLookup(ProgramDraft draft)
    {
        if (!CallArguments.CanCall(draft) || draft.Base < 0 || draft.Blocks.Count >= OpenBlocks.MostOpen - 1 || draft.Rows.MapAddresses.Length == 0) return false;
        bool isNested = draft.Entropy.Below(6) == 0;
        MapDefinition template = !isNested ? draft.Entropy.Of<MapDefinition>(MapCatalog.Keyed.AsSpan()) : draft.Entropy.Below(2) == 0 ? MapCatalog.Maps : MapCatalog.HashOfMaps;
        int map = draft.Maps.IndexOf(template);
        if (map < 0) return false;

        CallArguments.SetKey(draft, (int)Register.R2, template);
        CallArguments.LoadMap(draft, (int)Register.R1, map);
        Lookup(draft, isNested ? AbstractValue.Pointer(ValueKind.InnerMap, id: map) : AbstractValue.Pointer(ValueKind.MapValue, template.ValueBytes, id: map), isNested ? 0 : draft.Entropy.Between(1, 4));
        if (!isNested) return true;

        CallArguments.SetKey(draft, (int)Register.R2, MapCatalog.Array);
        draft.CopyPointer((int)Register.R1, (int)Register.R0);
        Lookup(draft, AbstractValue.Pointer(ValueKind.MapValue, MapCatalog.Array.ValueBytes, id: map), draft.Entropy.Between(1, 4));
        return true;
    }

    /// <summary>The call, and the branch where it found nothing.</summary>
    private static void Lookup(ProgramDraft draft, in AbstractValue found, int steps)
    {
        AbstractState state = draft.State;
        draft.EmitHelper(LookupHelper, found.Kind == ValueKind.InnerMap ? ValueKind.Map : state[(int)Register.R1].Kind);
        state.Call();
        state.SetScalar((int)Register.R0, ScalarRange.Constant(0));
        int jump = draft.Emit(draft.Rows.IfZero, (int)Register.R0, kind: ValueKind.MapValueOrNull);
        draft.Blocks.BeginBranch(jump, steps, hasElse: false);
        state.Set((int)Register.R0, found);
    }
}
