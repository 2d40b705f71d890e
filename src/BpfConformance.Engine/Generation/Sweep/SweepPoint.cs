using System.Globalization;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Engine.Generation.Sweep;

/// <summary>One instruction of the sweep.</summary>
/// <param name="Row">Its form.</param>
/// <param name="Instruction">Its (first) slot.</param>
/// <param name="NextImmediate">The immediate of its second slot, where it has one; else 0.</param>
/// <param name="IsStack">Whether it accesses the stack; else memory, if anything.</param>
internal readonly record struct SweepPoint(InstructionDef Row, Instruction Instruction, int NextImmediate, bool IsStack)
{
    /// <summary>The register that holds the address of an access; <c>null</c>: it is none.</summary>
    public Register? Address => Row.Operation switch
    {
        Operation.Load or Operation.LoadSigned or Operation.LoadAcquire => (Register)Instruction.Src,
        Operation.Store or Operation.StoreImmediate or Operation.StoreRelease or Operation.AtomicAdd or Operation.AtomicOr or Operation.AtomicAnd
            or Operation.AtomicXor or Operation.AtomicXchg or Operation.AtomicCmpxchg => (Register)Instruction.Dst,
        _ => null, // most forms
    };

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Row}-{Instruction.Dst}-{Instruction.Src}-{Instruction.Offset}-{Instruction.Immediate}-{NextImmediate}{(IsStack ? "-stack" : string.Empty)}");
}
