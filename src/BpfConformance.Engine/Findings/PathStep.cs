using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Findings;

/// <summary>One instruction on the path of a run.</summary>
/// <param name="Index">Where it stands in the <see cref="IrProgram"/>.</param>
/// <param name="Instruction">What stands there.</param>
/// <param name="Jumps">Of a jump with a condition: whether it leads elsewhere.</param>
/// <param name="Depth">Calls of local functions that are open before it.</param>
public readonly record struct PathStep(int Index, IrInstruction Instruction, bool Jumps, int Depth)
{
    public bool IsCall => JumpTargets.IsLocalCall(Instruction.First);

    public bool IsExit => Instruction.First.Opcode == Opcodes.Exit;

    /// <summary>Whether the run is over with it.</summary>
    public bool IsLast => IsExit && Depth == 0;
}
