using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Reduction;

/// <summary>Puts local functions in the place of calls.</summary>
public sealed class InlinePass : IrPass
{
    public override string Name => "functions";

    protected override IEnumerable<IrProgram> Candidates(IrProgram program)
    {
        for (int call = program.Code.Length - 1; call >= 0; call--)
        {
            // A function that is called once goes away with its call.
            if (JumpTargets.IsLocalCall(program.Code[call].First) && Inlined(program, call)?.WithoutUnreached() is { } inlined && inlined.Code.Length < program.Code.Length) yield return inlined;
        }
    }

    /// <summary><c>null</c>: the function does not stand in one piece from where it begins.</summary>
    private static IrProgram? Inlined(IrProgram program, int call)
    {
        int start = program.Code[call].Target;
        int end = EndOf(program, start);
        ImmutableArray<IrInstruction> body = program.Code[start..end];
        if (call >= start && call < end) return null;

        // The program as it becomes is longer by the body, less the call.
        int Moved(int target) => target <= call ? target : target + body.Length - 1;
        var inserted = new IrInstruction[body.Length];
        for (int index = 0; index < body.Length; index++)
        {
            IrInstruction instruction = body[index];
            bool isWithin = instruction.HasTarget && instruction.Target >= start && instruction.Target < end;
            if (JumpTargets.IsJump(instruction.First) && !isWithin) return null;
            inserted[index] = instruction.First.Opcode == Opcodes.Exit ? IrCode.GoTo(call + body.Length)
                : !instruction.HasTarget ? instruction
                : instruction.To(isWithin && JumpTargets.IsJump(instruction.First) ? call + instruction.Target - start : Moved(instruction.Target));
        }

        return program.Spliced(call, 1, inserted);
    }

    /// <summary>Where the next function, or program, begins.</summary>
    private static int EndOf(IrProgram program, int start) => program.Code
        .Where(instruction => instruction.HasTarget && !JumpTargets.IsJump(instruction.First)).Select(instruction => instruction.Target)
        .Concat(program.Frame.Others.Select(other => other.Start))
        .Append(program.Code.Length)
        .Where(place => place > start).Min();
}
