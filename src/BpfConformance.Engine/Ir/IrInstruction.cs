using BpfConformance.Abi.Instructions;

namespace BpfConformance.Engine.Ir;

/// <summary>An instruction that knows where it leads by place and not by distance: what stands around it can change.</summary>
/// <param name="First">Its first slot; where it has a <see cref="Target"/>, the field that holds the distance is 0.</param>
/// <param name="NextImmediate">Of a wide instruction: the immediate of its second slot; else 0.</param>
/// <param name="Target">Index of the instruction that it jumps to, calls, or takes the address of; <see cref="NoTarget"/>: none.</param>
public readonly record struct IrInstruction(Instruction First, int NextImmediate = 0, int Target = IrInstruction.NoTarget)
{
    public const int NoTarget = -1;

    public bool HasTarget => Target != NoTarget;

    public int Slots => First.IsWide ? 2 : 1;

    /// <summary>The row whose rules hold for it; <c>null</c>: it is no instruction.</summary>
    public InstructionDef? Row => InstructionTable.Find(First);

    /// <summary>Whether the distance to its target stands in the immediate; else in the offset.</summary>
    public bool CountsInImmediate => First.Opcode is Opcodes.Ja32 or Opcodes.Call or Opcodes.LoadImm64;

    /// <summary>Whether a slot names another by its distance.</summary>
    public static bool Leads(in Instruction slot) => JumpTargets.IsJump(slot) || JumpTargets.NamesFunction(slot);

    /// <summary>The same instruction, leading elsewhere.</summary>
    public IrInstruction To(int target) => this with { Target = target };
}
