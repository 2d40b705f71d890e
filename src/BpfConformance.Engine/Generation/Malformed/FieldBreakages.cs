using BpfConformance.Abi.Instructions;

namespace BpfConformance.Engine.Generation.Malformed;

/// <summary>Breaks the rule of one field of one instruction.</summary>
internal static class FieldBreakages
{
    private const int Tries = 8;

    /// <summary>A field of the first slot holds what its rule forbids. That is another instruction where another form has it: then it is another field's turn.</summary>
    public static void Field(MalformedDraft draft, ref Entropy entropy)
    {
        int place = draft.AnyPlace(ref entropy);
        InstructionDef row = draft.AnyRow(ref entropy);
        Instruction broken = MalformedDraft.WellFormed(row, ref entropy);
        for (int tries = 0; tries < Tries && InstructionTable.Find(broken) is not null; tries++) broken = Broken(row, MalformedDraft.WellFormed(row, ref entropy), ref entropy);
        draft.Slots.Insert(place, broken);
        if (row.IsWide) draft.Slots.Insert(place + 1, default);
    }

    /// <summary>No form has the opcode.</summary>
    public static void Opcode(MalformedDraft draft, ref Entropy entropy)
    {
        byte opcode = (byte)entropy.Below(256);
        while (!InstructionTable.WithOpcode(opcode).IsEmpty) opcode++;
        draft.Slots.Insert(draft.AnyPlace(ref entropy), new Instruction(opcode, (byte)entropy.Below(256), (short)entropy.Next(), (int)entropy.Next()));
    }

    /// <summary>A field of a second slot is not as it must be, its opcode among them.</summary>
    public static void SecondSlot(MalformedDraft draft, ref Entropy entropy)
    {
        InstructionDef? row = draft.AnyRow(each => each.IsWide, ref entropy);
        if (row is null) return;
        int place = draft.AnyPlace(ref entropy);
        draft.Slots.Insert(place, MalformedDraft.WellFormed(row, ref entropy));
        draft.Slots.Insert(place + 1, entropy.Below(4) switch
        {
            0 => new Instruction((byte)entropy.Between(1, byte.MaxValue), 0, 0, 0),
            1 => new Instruction(0, (byte)entropy.Between(1, byte.MaxValue), 0, 0),
            2 => new Instruction(0, 0, (short)entropy.Between(1, ushort.MaxValue), 0),
            _ => new Instruction(0, 0, 0, entropy.Between(1, int.MaxValue - 1)), // reserved in forms that name a map or code
        });
    }

    private static Instruction Broken(InstructionDef row, Instruction slot, ref Entropy entropy)
    {
        int bit = 1 << entropy.Below(31);
        return entropy.Below(4) switch
        {
            0 => slot with { Registers = (byte)((slot.Registers & 0xf0) | Forbidden(row.Dst, slot.Dst, ref entropy)) },
            1 => slot with { Registers = (byte)((slot.Registers & 0x0f) | (Forbidden(row.Src, slot.Src, ref entropy) << 4)) },
            2 => row.Offset.Kind == FieldRuleKind.Any ? slot : slot with { Offset = (short)(slot.Offset ^ (entropy.Below(2) == 0 ? 1 << entropy.Below(16) : entropy.Between(1, 32))) },
            _ => row.Immediate.Kind == FieldRuleKind.Any ? slot : slot with { Immediate = slot.Immediate ^ (entropy.Below(2) == 0 ? bit : entropy.Between(1, 255)) },
        };
    }

    private static int Forbidden(FieldRule rule, int value, ref Entropy entropy) => rule.Kind switch
    {
        FieldRuleKind.WritableRegister => entropy.Between((int)Register.R10, 15),
        FieldRuleKind.AnyRegister => entropy.Between((int)Register.R10 + 1, 15),
        FieldRuleKind.Zero or FieldRuleKind.Exactly => value ^ entropy.Between(1, 15),
        FieldRuleKind.Any => value,
    };
}
