using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Ir;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Oracles;

/// <summary>
/// A program that no verifier may accept, as a run shows: before an instruction that the run comes to stands a condition that holds when it
/// first does, and then a store beyond the stack. It is never run.
/// </summary>
/// <param name="Run">The run.</param>
/// <param name="Step">The index of its step; the instruction before left what is asked about.</param>
/// <param name="Register">Whose value is asked about.</param>
public readonly record struct StateProbe(TracedRun Run, int Step, int Register)
{
    private const byte JumpIfNotEqualImmediate = 0x55;
    private const byte JumpIfNotEqualRegister = 0x5d;
    private const byte JumpIfNotEqualImmediate32 = 0x56;
    private const byte StoreImmediate8 = 0x72;

    /// <summary>Just above the frame, which ends at r10.</summary>
    private static readonly IrInstruction s_outside = new(new Instruction(StoreImmediate8, Abi.Instructions.Register.R10, default, 0, 0));

    /// <summary>
    /// All that a run can tell: at each instruction, when it first comes there, the number that the one before has left, or has compared.
    /// </summary>
    public static IEnumerable<StateProbe> Of(ExecutionTrace trace, TracedRun run, BpfProgram program)
    {
        var seen = new HashSet<int>();
        for (int step = 0; step < run.Count; step++)
        {
            if (!seen.Add(trace[run.First + step].Pc) || step == 0) continue;
            int register = TellingRegister(trace, run.First + step, program.Instructions[trace[run.First + step - 1].Pc]);
            if (register >= 0) yield return new StateProbe(run, step, register);
        }
    }

    /// <summary>Writes it; <c>null</c>: something does not lead that far.</summary>
    /// <param name="program">The program that was run.</param>
    /// <param name="trace">What the run did.</param>
    public BpfProgram? Program(IrProgram program, ExecutionTrace trace)
    {
        int index = Run.First + Step;
        int at = program.IndexOf(trace[index].Pc);
        return program.Inserted(at, Code(at, trace[index], trace.Registers(index)[Register])).TryEncode();
    }

    /// <summary>A number that is no immediate is put where nothing was written; where something was everywhere, its low half is asked about.</summary>
    private IrInstruction[] Code(int at, in TracedStep step, ulong value)
    {
        var dst = (Register)Register;
        if (unchecked((long)value == (int)value)) return [JumpOver(JumpIfNotEqualImmediate, default, value, at + 2), s_outside];

        Register? free = FreeRegister(step);
        if (free is not { } other) return [JumpOver(JumpIfNotEqualImmediate32, default, value, at + 2), s_outside];
        var load = new IrInstruction(new Instruction(Opcodes.LoadImm64, other, default, 0, unchecked((int)value)), unchecked((int)(value >> 32)));
        return [load, JumpOver(JumpIfNotEqualRegister, other, 0, at + 3), s_outside];

        IrInstruction JumpOver(byte opcode, Register src, ulong immediate, int target) => new(new Instruction(opcode, dst, src, 0, unchecked((int)immediate)), Target: target);
    }

    private static Register? FreeRegister(in TracedStep step)
    {
        for (Register register = default; register < Abi.Instructions.Register.R10; register++)
        {
            if (step.IsUnset((int)register)) return register;
        }

        return null;
    }

    /// <summary>The register that an instruction changed, or that it is about; −1: none that is a number.</summary>
    private static int TellingRegister(ExecutionTrace trace, int step, in Instruction before)
    {
        ReadOnlySpan<ulong> was = trace.Registers(step - 1);
        ReadOnlySpan<ulong> now = trace.Registers(step);
        for (int register = 0; register < was.Length; register++)
        {
            if (was[register] != now[register] && trace[step].IsNumber(register)) return register;
        }

        return before.Dst < was.Length && trace[step].IsNumber(before.Dst) ? before.Dst : -1;
    }
}
