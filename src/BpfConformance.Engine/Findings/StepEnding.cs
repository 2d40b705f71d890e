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

    /// <summary>Those for what a step has written; then that of r0 as it is, which each of them overwrites.</summary>
    /// <param name="path">Until the step.</param>
    /// <param name="stayed">What is returned where it has written nothing.</param>
    public static IEnumerable<StepEnding> Of(ReadOnlySpan<PathStep> path, int stayed)
    {
        var endings = new List<StepEnding>();
        PathStep step = path[^1];
        if (LoadBack(step.Instruction) is { } load) endings.Add(load);
        int written = PathRegisters.WrittenOn(path);
        Register? result = step.IsCall ? null : step.IsExit ? Register.R0 : step.Instruction.Result();
        if (result is { } register) endings.Add(OfRegister(register));
        if (endings.Count == 0 || MayEndRun(step.Instruction)) endings.Add(new StepEnding(Way, [IrCode.Move(Register.R0, stayed), IrCode.Exit]));
        if ((written & 1) != 0 && result != Register.R0) endings.Add(OfRegister(Register.R0));
        return endings;
    }

    /// <summary>Whether there are machines that end a run there, with a result that may be the same as what the instruction gives: 0 for a division by zero.</summary>
    private static bool MayEndRun(IrInstruction instruction) => instruction.Row?.Operation is
        Operation.Div or Operation.SDiv or Operation.Mod or Operation.SMod or Operation.LegacyAbsolute or Operation.LegacyIndirect;

    /// <summary>Those for all that steps before it have left, too.</summary>
    public static IEnumerable<StepEnding> AllOf(ReadOnlySpan<PathStep> path, int stayed)
    {
        int written = PathRegisters.WrittenOn(path);
        return Of(path, stayed).Concat(Enumerable.Range(1, PathRegisters.LastArgument).Where(number => (written >> number & 1) != 0).Select(number => OfRegister((Register)number)));
    }

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
