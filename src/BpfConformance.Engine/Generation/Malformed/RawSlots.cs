using BpfConformance.Abi.Instructions;

namespace BpfConformance.Engine.Generation.Malformed;

/// <summary>Slots of any bits: half of them with an opcode that some form has, and fields that are small more often than not.</summary>
internal static class RawSlots
{
    private const int Most = 12;

    public static void Replace(MalformedDraft draft, ref Entropy entropy)
    {
        draft.Slots.Clear();
        for (int left = entropy.Between(1, Most); left > 0; left--)
        {
            entropy.BeginStep();
            byte opcode = entropy.Below(2) == 0 ? (byte)entropy.Below(256) : draft.AnyRow(ref entropy).Opcode;
            int registers = entropy.Below(4) == 0 ? entropy.Below(256) : entropy.Below(11) | (entropy.Below(11) << 4);
            int offset = entropy.Below(4) switch { 0 => (int)entropy.Next(), 1 => entropy.Between(-4, 4), _ => 0 };
            int immediate = entropy.Below(4) switch { 0 => (int)entropy.Next(), 1 => entropy.Below(256), _ => 0 };
            draft.Slots.Add(new Instruction(opcode, (byte)registers, (short)offset, immediate));
        }

        if (entropy.Below(2) == 0) draft.Slots.Add(Code.Exit);
    }
}
