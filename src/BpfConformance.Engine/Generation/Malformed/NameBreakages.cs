using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Engine.Generation.Malformed;

/// <summary>Names what is not there.</summary>
internal static class NameBreakages
{
    private const int KernelFunction = 2;

    /// <summary>A helper without a number, or with one that none has.</summary>
    public static void Helper(MalformedDraft draft, ref Entropy entropy)
    {
        int number = entropy.Below(4) switch { 0 => 0, 1 => HelperTable.Count + entropy.Between(1, 64), 2 => -entropy.Between(1, 64), _ => (int)entropy.Next() | int.MinValue };
        draft.Slots.Insert(draft.AnyPlace(ref entropy), new Instruction(Opcodes.Call, 0, 0, number));
    }

    /// <summary>A function of the kernel by the number of no type.</summary>
    public static void Function(MalformedDraft draft, ref Entropy entropy) =>
        draft.Slots.Insert(draft.AnyPlace(ref entropy), new Instruction(Opcodes.Call, Register.R0, (Register)KernelFunction, 0, (int)entropy.Next() | int.MinValue));

    /// <summary>A map or a variable where the case has none.</summary>
    public static void Object(MalformedDraft draft, ref Entropy entropy)
    {
        if (draft.AnyRow(row => row.IsWide && !row.Src.Allows((int)LoadImm64Source.Immediate) && !row.Src.Allows((int)LoadImm64Source.Code), ref entropy) is not { } row) return;
        draft.Slots.InsertRange(draft.AnyPlace(ref entropy), [MalformedDraft.WellFormed(row, ref entropy), default]);
    }
}
