using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Findings;

/// <summary>
/// Lays the path of a run out as a program that goes straight on: loops come to be one behind the other, each call has a copy of its function, and a jump that leads another
/// way than it should ends the run with a number of its own.
/// </summary>
/// <param name="strayed">That number.</param>
/// <param name="isNarrow">Whether the machine has no moves of 64 bits: those that are put in have 32 then, and its programs have no others.</param>
internal sealed class PathBuilder(int strayed, bool isNarrow)
{
    private const int ToStrayed = int.MaxValue;

    private readonly List<List<IrInstruction>> _functions = [[]];
    private readonly Stack<int> _open = new([0]);

    private List<IrInstruction> Current => _functions[_open.Peek()];

    public void Add(PathStep step)
    {
        if (step.IsCall)
        {
            Current.Add(step.Instruction.To(_functions.Count));
            _open.Push(_functions.Count);
            _functions.Add([]);
        }
        else if (step.IsExit)
        {
            Current.Add(step.Instruction);
            _open.Pop();
        }
        else if (!JumpTargets.IsJump(step.Instruction.First))
        {
            Current.Add(step.Instruction);
        }
        else if (step.Jumps)
        {
            Current.AddRange([step.Instruction.To(Current.Count + 3), IrCode.Move(Register.R0, strayed), IrCode.Exit]);
        }
        else
        {
            // One without a condition leads to what follows here.
            Current.Add(step.Instruction.To(step.Instruction.IsConditional() ? ToStrayed : Current.Count + 1));
        }
    }

    /// <summary>Ends with 1 where a jump is taken, and with 0 where it is not.</summary>
    public void AddQuestion(IrInstruction jump) => AddEnd([jump.To(Current.Count + 3), IrCode.Move(Register.R0, 0), IrCode.Exit, IrCode.Move(Register.R0, 1), IrCode.Exit]);

    /// <summary>Leaves the function, and all that are open.</summary>
    /// <param name="end">The last instruction of it is an exit; targets count from the beginning of the function.</param>
    public void AddEnd(ReadOnlySpan<IrInstruction> end)
    {
        Current.AddRange(end);
        for (_open.Pop(); _open.Count > 0; _open.Pop()) Current.Add(IrCode.Exit);
    }

    /// <summary>All functions in a row, to stand from some place on.</summary>
    /// <param name="start">That place.</param>
    /// <param name="code">Where the code stands whose functions are called back: what names one of it by an index.</param>
    public ImmutableArray<IrInstruction> Build(int start, Func<int, int> code)
    {
        foreach (List<IrInstruction> function in _functions) AddStrayed(function);
        var starts = new int[_functions.Count + 1];
        starts[0] = start;
        for (int number = 0; number < _functions.Count; number++) starts[number + 1] = starts[number] + _functions[number].Count;
        int length = starts[^1] - start;
        var all = ImmutableArray.CreateBuilder<IrInstruction>(length);
        for (int number = 0; number < _functions.Count; number++)
        {
            foreach (IrInstruction instruction in _functions[number])
            {
                all.Add(!instruction.HasTarget ? (isNarrow ? Narrowed(instruction) : instruction)
                    : JumpTargets.IsJump(instruction.First) ? instruction.To(starts[number] + instruction.Target)
                    : JumpTargets.IsLocalCall(instruction.First) ? instruction.To(starts[instruction.Target])
                    : instruction.To(start + length + code(instruction.Target)));
            }
        }

        return all.MoveToImmutable();
    }

    private static IrInstruction Narrowed(IrInstruction instruction) => instruction.First.Opcode switch
    {
        Opcodes.MoveImmediate64 => instruction with { First = instruction.First with { Opcode = Opcodes.MoveImmediate32 } },
        Opcodes.MoveRegister64 => instruction with { First = instruction.First with { Opcode = Opcodes.MoveRegister32 } },
        _ => instruction,
    };

    private void AddStrayed(List<IrInstruction> function)
    {
        int place = function.Count;
        bool isNeeded = false;
        for (int index = 0; index < place; index++)
        {
            if (function[index].Target != ToStrayed) continue;
            function[index] = function[index].To(place);
            isNeeded = true;
        }

        if (isNeeded) function.AddRange([IrCode.Move(Register.R0, strayed), IrCode.Exit]);
    }
}
