using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Findings;

/// <summary>A way to end a run behind a step, so that something shows which machines do not show by themselves.</summary>
/// <param name="What">What shows in r0, for a person.</param>
/// <param name="Code">The instructions; the last is an exit.</param>
internal sealed record StepEnding(string What, ImmutableArray<IrInstruction> Code)
{
    private const string Way = "way";

    /// <summary>Whether what shows is no value, but whether the run is where it should be.</summary>
    public bool IsWay => What == Way;

    /// <summary>Registers that calls leave nothing in, and machines need not show afterwards.</summary>
    private static readonly Register[] s_arguments = [Register.R1, Register.R2, Register.R3, Register.R4, Register.R5];

    /// <summary>Those for what a step has written.</summary>
    /// <param name="step">The step.</param>
    /// <param name="stayed">What is returned where it has written nothing.</param>
    public static IEnumerable<StepEnding> Of(PathStep step, int stayed)
    {
        IrInstruction instruction = step.Instruction;
        bool isEmpty = true;
        if (LoadBack(instruction) is { } load)
        {
            isEmpty = false;
            yield return load;
        }

        Register? result = step.IsCall ? null : step.IsExit ? Register.R0 : instruction.Result();
        if (result is { } register) yield return OfRegister(register);
        else if (isEmpty) yield return new StepEnding(Way, [IrCode.Move(Register.R0, stayed), IrCode.Exit]);
    }

    /// <summary>Those for all that steps before it may have left, too.</summary>
    public static IEnumerable<StepEnding> AllOf(PathStep step, int stayed) => Of(step, stayed).Concat(s_arguments.Select(OfRegister));

    private static StepEnding OfRegister(Register register) =>
        new($"r{(int)register}", register == Register.R0 ? [IrCode.Exit] : [IrCode.Move(Register.R0, register), IrCode.Exit]);

    /// <summary>Of an instruction that writes to memory, and leaves the address as it is.</summary>
    private static StepEnding? LoadBack(IrInstruction instruction)
    {
        if (instruction.Row is not { } row || row.Class is not (InstructionClass.St or InstructionClass.Stx)) return null;
        Instruction first = instruction.First;
        if (row.Operation == Operation.LoadAcquire || (instruction.Result() is { } result && (int)result == first.Dst)) return null;
        byte opcode = (byte)(0x60 | (first.Opcode & 0x18) | (int)InstructionClass.Ldx);
        string place = $"*(u{(int)row.Size * 8} *)(r{first.Dst} {(first.Offset < 0 ? '-' : '+')} {Math.Abs((int)first.Offset)})";
        return new StepEnding(place, [new IrInstruction(new Instruction(opcode, Register.R0, (Register)first.Dst, first.Offset, 0)), IrCode.Exit]);
    }
}
