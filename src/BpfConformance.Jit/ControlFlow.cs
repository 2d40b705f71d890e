using BpfConformance.Abi.Instructions;
using BpfConformance.Runtime.Helpers;

namespace BpfConformance.Jit;

/// <summary>Blocks and functions of a validated program, or of several in a row, found in one pass over them.</summary>
internal sealed class ControlFlow
{
    private readonly Instruction[] _program;
    private readonly Mark[] _marks;

    /// <summary>Behind what belongs to the first program itself, and to none of its functions.</summary>
    private readonly int _ownEnd;

    /// <param name="program">Every slot was found valid. It is kept.</param>
    /// <param name="others">Where programs begin that stand behind the first.</param>
    public ControlFlow(Instruction[] program, params ReadOnlySpan<int> others)
    {
        (_program, _marks) = (program, new Mark[program.Length + 1]);
        Programs = [0, .. others];
        foreach (int start in others) _marks[start] = Mark.Leader | Mark.Program;
        Functions = FindFunctions(MarkTargets());
        IsStructured = Functions.Length == 1 || HasOwnStretches();
        _ownEnd = IsStructured && Functions.Length > 1 ? Functions[1] : program.Length;
    }

    [Flags]
    private enum Mark : byte
    {
        None = 0,

        /// <summary>A block begins here: control comes from elsewhere than the slot before.</summary>
        Leader = 1,

        /// <summary>A local call leads here.</summary>
        Called = 2,

        /// <summary>A jump leads here.</summary>
        Target = 4,

        /// <summary>A jump leads back here, or a call.</summary>
        Loop = 8,

        /// <summary>A program begins here that stands behind others.</summary>
        Program = 16,
    }

    /// <summary>Where each program begins: the first at 0.</summary>
    public int[] Programs { get; }

    /// <summary>
    /// The pc of each program, and of each function that is called or whose address is taken, in their order; that of a program once more
    /// when it is called.
    /// </summary>
    public int[] Functions { get; }

    /// <summary>
    /// Whether each function is one stretch of slots that control leaves only by call and exit, and nobody calls the program
    /// itself: what kernel/bpf/verifier.c (6.18, check_subprogs) demands, and RFC 9669 does not.
    /// </summary>
    public bool IsStructured { get; }

    /// <summary>Whether any jump leads back.</summary>
    public bool HasLoops { get; private set; }

    /// <summary>Whether there is a may_goto, which needs a count in its frame.</summary>
    public bool HasMayGoto { get; private set; }

    /// <summary>Whether there is a tail call, by which any program may go on in the frame of any other.</summary>
    public bool HasTailCalls { get; private set; }

    /// <summary>Whether a helper calls functions of the program, any of those whose address is taken.</summary>
    public bool HasCallbacks { get; private set; }

    /// <summary>Whether a block begins at this pc.</summary>
    public bool IsLeader(int pc) => _marks[pc].HasFlag(Mark.Leader);

    /// <summary>Whether a jump or a local call leads to this pc, or another program begins; to other leaders control comes only from the slot before.</summary>
    public bool IsTarget(int pc) => (_marks[pc] & (Mark.Target | Mark.Called | Mark.Program)) != Mark.None;

    /// <summary>Whether a program begins at this pc.</summary>
    public bool IsProgram(int pc) => pc == 0 || _marks[pc].HasFlag(Mark.Program);

    /// <summary>Whether this pc belongs to a program itself, so that an exit here may be its own; where nobody knows, every one may be.</summary>
    public bool IsOfProgram(int pc) => pc < _ownEnd || (Programs.Length > 1 && IsProgram(Functions[FunctionAt(pc)]));

    /// <summary>Whether a jump leads back to this pc, or a call leads to it: control that goes round passes one such.</summary>
    public bool IsLoop(int pc) => _marks[pc].HasFlag(Mark.Loop);

    /// <summary>
    /// Whether a condition leads over a jump, as compilers write what no condition reaches. The jump belongs to the condition's
    /// block then, unless somebody else leads to it.
    /// </summary>
    public bool IsOverJump(int pc) =>
        JumpTargets.IsJump(_program[pc]) && JumpTargets.Of(_program[pc], pc) == pc + 2
        && _program[pc].Opcode is not (Opcodes.Ja or Opcodes.Ja32 or Opcodes.MayGoto)
        && _program[pc + 1].Opcode is Opcodes.Ja or Opcodes.Ja32;

    /// <summary>Instructions from here to the end of the block, the one here included.</summary>
    public int LengthFrom(int pc)
    {
        int length = 0;
        while (true)
        {
            length++;
            pc += _program[pc].IsWide ? 2 : 1;
            if (pc >= _program.Length || IsLeader(pc)) return length;
        }
    }

    /// <summary>Returns how many places are called.</summary>
    private int MarkTargets()
    {
        ReadOnlySpan<Instruction> program = _program;
        Span<Mark> marks = _marks;
        int calls = 0;
        marks[0] |= Mark.Leader;
        for (int pc = 0; pc < program.Length; pc += program[pc].IsWide ? 2 : 1)
        {
            ref readonly Instruction i = ref program[pc];
            if (JumpTargets.IsStraight(i)) continue;
            HasTailCalls |= TailCalls.Is(i);
            if (JumpTargets.IsJump(i))
            {
                int target = JumpTargets.Of(i, pc);
                marks[target] |= Mark.Leader | Mark.Target | (target <= pc ? Mark.Loop : Mark.None);
                HasLoops |= target <= pc;
                HasMayGoto |= i.Opcode == Opcodes.MayGoto;
                if (!IsOverJump(pc)) marks[pc + 1] |= Mark.Leader;
            }
            else if (JumpTargets.NamesFunction(i))
            {
                ref Mark callee = ref marks[JumpTargets.Of(i, pc)];
                if (!callee.HasFlag(Mark.Called)) calls++;
                callee |= Mark.Leader | Mark.Called | Mark.Loop;
                if (!i.IsWide) marks[pc + 1] |= Mark.Leader;
            }
            else if (Callbacks.Is(i))
            {
                HasCallbacks = true;
                marks[pc + 1] |= Mark.Leader; // how often it charges functions is seen when it is called
            }
            else if (i.Opcode == Opcodes.Exit)
            {
                marks[pc + 1] |= Mark.Leader;
            }
        }

        return calls;
    }

    private int[] FindFunctions(int calls)
    {
        var functions = new int[calls + Programs.Length];
        int count = 1;
        for (int pc = 0; count < functions.Length; pc++)
        {
            if (_marks[pc].HasFlag(Mark.Program)) functions[count++] = pc;
            if (_marks[pc].HasFlag(Mark.Called)) functions[count++] = pc;
        }

        return functions;
    }

    /// <summary>The last of the functions that does not begin behind this pc.</summary>
    private int FunctionAt(int pc)
    {
        int function = Array.BinarySearch(Functions, pc);
        return function < 0 ? ~function - 1 : function;
    }

    private bool HasOwnStretches()
    {
        (Instruction[] program, int[] functions) = (_program, Functions);
        for (int n = 0; n < functions.Length; n++)
        {
            int start = functions[n];
            int end = n + 1 < functions.Length ? functions[n + 1] : program.Length;
            if (start == end) return false; // the program calls itself
            bool ends = false;
            for (int pc = start; pc < end; pc += program[pc].IsWide ? 2 : 1)
            {
                ref readonly Instruction i = ref program[pc];
                ends = JumpTargets.EndsBlock(i);
                if (!JumpTargets.IsJump(i)) continue;
                int target = JumpTargets.Of(i, pc);
                if (target < start || target >= end) return false;
            }

            if (!ends) return false;
        }

        return true;
    }
}
