using BpfConformance.Abi.Instructions;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>How a loop counts: its end is found from constants.</summary>
/// <param name="Start">Of the counter.</param>
/// <param name="Delta">Added to it after each turn.</param>
/// <param name="Condition">To begin again.</param>
/// <param name="Bound">What the counter is compared with.</param>
internal readonly record struct LoopForm(int Start, int Delta, InstructionDef Condition, int Bound)
{
    /// <summary>Up from 0 or down to it, as the condition asks.</summary>
    /// <param name="condition">With an immediate, and no test of bits.</param>
    /// <param name="turns">How many.</param>
    /// <param name="delta">The size of a step.</param>
    public static LoopForm Of(InstructionDef condition, int turns, int delta) => condition.Operation switch
    {
        Operation.Jlt or Operation.Jslt => new(0, delta, condition, turns * delta),
        Operation.Jle or Operation.Jsle => new(0, delta, condition, (turns * delta) - 1),
        Operation.Jgt or Operation.Jsgt => new(turns * delta, -delta, condition, 0),
        Operation.Jge or Operation.Jsge => new(turns * delta, -delta, condition, 1),
        _ => new(0, delta, condition, turns * delta), // JNE
    };
}
