using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;

namespace BpfConformance.Engine.Generation.Sweep;

/// <summary>Makes the case of one instruction: a program that loads a <see cref="RegisterFile"/>, has the instruction, and stores what it left.</summary>
internal static class SweepProgram
{
    public static TestCase Of(string name, in SweepPoint point)
    {
        InstructionDef row = point.Row;
        if (row.Operation is Operation.LegacyAbsolute or Operation.LegacyIndirect) return SweepPacket.Of(name, point);

        var store = ImmutableArray.CreateBuilder<Instruction>();
        if (JumpTargets.IsJump(point.Instruction)) store.Add(RegisterFile.SetMark);
        if (row.Operation != Operation.Exit) RegisterFile.AddStore(store, point.IsStack, SweepCalls.Calls(row));

        var slots = ImmutableArray.CreateBuilder<Instruction>();
        RegisterFile.AddLoad(slots, point.Address, point.IsStack);
        if (row.Operation == Operation.Ja) slots.Add(RegisterFile.JumpNever);
        slots.AddRange(SweepCalls.Body(point, store.Count));
        slots.AddRange(store);
        slots.AddRange(SweepCalls.Function(row));
        return GeneratedCase.Of(name, new BpfProgram(slots.ToImmutable()), SweepCalls.NeedsMaps(row) ? SweepCalls.Maps : [], Inputs(point));
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Inputs(SweepPoint point) => HasTwoOperands(point)
        ? from dst in ValueLattice.Words from src in ValueLattice.Words select Image(point, dst, src)
        : from value in ValueLattice.Words select Image(point, value, ~value);

    private static ReadOnlyMemory<byte> Image(in SweepPoint point, ulong dst, ulong src) => RegisterFile.Image(point, dst, src);

    /// <summary>Whether what it does depends on two values: of registers, or of one and what was in memory.</summary>
    private static bool HasTwoOperands(in SweepPoint point)
    {
        Operation operation = point.Row.Operation;
        bool isStore = operation is Operation.Store or Operation.StoreRelease;
        return point.Row.Src.NamesRegister && point.Instruction.Src != point.Instruction.Dst && point.Instruction.Src != (int)Register.R10
            && (point.Address is null || point.Address == (Register)point.Instruction.Dst)
            && !isStore && operation is not (Operation.Mov or Operation.MovSx);
    }
}
