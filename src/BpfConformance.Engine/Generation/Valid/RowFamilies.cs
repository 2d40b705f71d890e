using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>The rows that may be in a program, by what a step does with them.</summary>
internal sealed class RowFamilies(ImmutableArray<bool> allowed)
{
    /// <summary>Of arithmetic, moves and byte swaps.</summary>
    public InstructionDef[] Arithmetic { get; } = Where(allowed, row => row.Class is InstructionClass.Alu or InstructionClass.Alu64 && row.Operation != Operation.AddressSpaceCast);

    public InstructionDef[] Loads { get; } = Where(allowed, row => row.Operation is Operation.Load or Operation.LoadSigned);

    public InstructionDef[] Stores { get; } = Where(allowed, row => row.Operation is Operation.Store or Operation.StoreImmediate);

    /// <summary>Of all that is atomic or in an order.</summary>
    public InstructionDef[] Atomics { get; } = Where(allowed, row => row.Operation is >= Operation.AtomicAdd and <= Operation.AtomicCmpxchg or Operation.LoadAcquire or Operation.StoreRelease);

    public InstructionDef[] Conditions { get; } = Where(allowed, row => row.Operation is >= Operation.Jeq and <= Operation.Jsle);

    /// <summary>Those with an immediate that a loop can count with.</summary>
    public InstructionDef[] LoopConditions { get; } =
        Where(allowed, row => row.Operation is > Operation.Ja and <= Operation.Jsle and not (Operation.Jeq or Operation.Jset) && !row.HasSourceRegister);

    public InstructionDef[] Jumps { get; } = Where(allowed, row => row.Operation == Operation.Ja);

    /// <summary>The widest load there is, and the widest store.</summary>
    public InstructionDef WordLoad { get; } = First(allowed, "ldx64", "ldx32");

    public InstructionDef WordStore { get; } = First(allowed, "stx64", "stx32");

    public InstructionDef MoveImmediate { get; } = First(allowed, "mov64-imm", "mov32-imm");

    public InstructionDef AndImmediate { get; } = First(allowed, "and64-imm", "and32-imm");

    public InstructionDef AddImmediate { get; } = First(allowed, "add64-imm", "add32-imm");

    public InstructionDef SubtractImmediate { get; } = First(allowed, "sub64-imm", "sub32-imm");

    /// <summary>Between registers; <c>null</c>: only numbers of 32 bits can be moved, and so no pointers.</summary>
    public InstructionDef? MovePointer { get; } = Named(allowed, "mov64-reg");

    public InstructionDef? AddPointer { get; } = Named(allowed, "add64-reg");

    public InstructionDef? LoadConstant { get; } = Named(allowed, "lddw-imm");

    public InstructionDef? MayGoto { get; } = Named(allowed, "may-goto");

    public InstructionDef CallLocal { get; } = InstructionTable.Named("call-local");

    public InstructionDef Exit { get; } = InstructionTable.Named("exit");

    private static InstructionDef[] Where(ImmutableArray<bool> allowed, Predicate<InstructionDef> belongs) =>
        [.. InstructionTable.Rows.Where(row => allowed[row.Index] && belongs(row))];

    private static InstructionDef? Named(ImmutableArray<bool> allowed, string name)
    {
        InstructionDef row = InstructionTable.Named(name);
        return allowed[row.Index] ? row : null;
    }

    private static InstructionDef First(ImmutableArray<bool> allowed, string wide, string narrow) => Named(allowed, wide) ?? InstructionTable.Named(narrow);
}
