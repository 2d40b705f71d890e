using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Reporting.Reproducers;

/// <summary>
/// A program as it is loaded into a kernel to be run: one without a type is given its memory by a map, and all 64 bits of r0 are left in another, as BPF_PROG_TEST_RUN tells
/// the lower half.
/// </summary>
internal static class KernelProgram
{
    private const byte StoreDouble = 0x7b;

    /// <param name="test">The case.</param>
    /// <returns>The slots, in which the map behind those of the case is the memory, and the next what is left; <c>null</c>: it cannot be written so.</returns>
    public static ImmutableArray<Instruction>? Of(TestCase test)
    {
        bool mustRun = test.Expectation.Load != LoadExpectation.Rejected;
        ImmutableArray<IrInstruction> prologue = test.Program.Type == ProgramType.Unspecified ? Prologue(test) : [];
        if (IrProgram.TryDecode(test.Program) is not { } program || !mustRun)
        {
            var given = new IrProgram(prologue, test.Program with { Instructions = [], Others = [] });
            return mustRun ? null : [.. given.TryEncode()!.Instructions, .. test.Program.Instructions]; // it has no jumps
        }

        return WithEpilogue(program, test.Maps.Length + 1).Inserted(0, prologue.AsSpan(), toInserted: false).TryEncode()?.Instructions;
    }

    /// <summary>Before the first local function, as no jump may pass into another.</summary>
    private static IrProgram WithEpilogue(IrProgram program, int results)
    {
        int end = program.Code.Where(instruction => instruction.HasTarget && !JumpTargets.IsJump(instruction.First) && instruction.Target > 0)
            .Select(instruction => instruction.Target).Append(program.Code.Length).Min();
        IrInstruction[] epilogue =
        [
            MapValue(Register.R1, results),
            new(new Instruction(StoreDouble, Register.R1, Register.R0, 0, 0)),
            .. program.Frame.Type == ProgramType.Unspecified ? (IrInstruction[])[IrCode.Move(Register.R0, 0)] : [],
            IrCode.Exit,
        ];
        IrProgram longer = program.Inserted(end, epilogue, toInserted: false);
        for (int index = 0; index < end; index++)
        {
            if (longer.Code[index].First.Opcode == Opcodes.Exit) longer = longer.Replaced(index, IrCode.GoTo(end));
        }

        return longer;
    }

    private static ImmutableArray<IrInstruction> Prologue(TestCase test) => test.DataBytes > 0
        ? [MapValue(Register.R1, test.Maps.Length), IrCode.Move(Register.R2, test.DataBytes)]
        : [IrCode.Move(Register.R1, 0), IrCode.Move(Register.R2, 0)];

    private static IrInstruction MapValue(Register dst, int map) =>
        new(new Instruction(Opcodes.LoadImm64, dst, (Register)LoadImm64Source.MapValueByFd, 0, map));
}
