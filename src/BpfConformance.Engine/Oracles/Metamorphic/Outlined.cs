using System.Numerics;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Oracles.Metamorphic;

/// <summary>
/// Moves some instructions of main into a function. What they read becomes its arguments and what they leave its result, so there is at most one of that; and the
/// call must destroy nothing that is still needed.
/// </summary>
public sealed class Outlined : IRewrite
{
    private const int Shortest = 2;
    private const int Longest = 8;
    private const int MostArguments = 5;
    private const int TailCall = 12;
    private const byte LocalCall = 1;

    /// <summary>r0 to r5.</summary>
    private const int Destroyed = RegisterUse.Arguments | 1;

    public string Name => "outline";

    public Facets Same => Rewrites.SameResults;

    public IrProgram? Mutate(IrProgram program, ref Entropy entropy)
    {
        // What the stack of a function may hold is less where there are tail calls (kernel/bpf/verifier.c, 6.18, check_max_stack_depth_subprog).
        if (program.Frame.Calls(TailCall) || program.Code.Any(instruction => instruction.First is { Opcode: Opcodes.Call, Src: 0, Immediate: TailCall })) return null;

        (int end, int length) = (EndOfMain(program), entropy.Between(Shortest, Longest));
        bool[] entries = program.Entries();
        int[] live = program.LiveBefore();
        int last = end - length;
        if (last < 0 || RunsPastItsEnd(program)) return null;
        int start = entropy.Below(last + 1);
        for (int tried = 0; tried <= last; tried++, start = (start + 1) % (last + 1))
        {
            if (Stretch.Of(program, start, length, entries, live) is { } stretch) return WithFunction(program, stretch);
        }

        return null;
    }

    /// <summary>Into the function then, which stands behind it.</summary>
    private static bool RunsPastItsEnd(IrProgram program) => !JumpTargets.EndsBlock(program.Code[End(program) - 1].First);

    /// <summary>Of the first program, with its functions.</summary>
    private static int End(IrProgram program) => program.Frame.Others.IsEmpty ? program.Code.Length : program.Frame.Others[0].Start;

    private static int EndOfMain(IrProgram program)
    {
        int end = End(program);
        foreach (IrInstruction instruction in program.Code.AsSpan(0, end))
        {
            if (instruction.HasTarget && !JumpTargets.IsJump(instruction.First)) end = Math.Min(end, instruction.Target);
        }

        return end;
    }

    private static IrProgram WithFunction(IrProgram program, Stretch stretch)
    {
        byte[] names = stretch.Names();
        int after = End(program);
        int result = stretch.Results == 0 ? -1 : BitOperations.Log2((uint)stretch.Results);
        var function = new List<IrInstruction>();
        foreach (IrInstruction instruction in program.Code.AsSpan(stretch.Start, stretch.Length)) function.Add(instruction.Renamed(names));
        if (result < 0) function.Add(IrCode.Move(Register.R0, 0));
        else if (names[result] != 0) function.Add(Move(0, names[result]));
        function.Add(IrCode.Exit);

        List<IrInstruction> call = stretch.Moves();
        call.Add(new IrInstruction(new Instruction(Opcodes.Call, Register.R0, (Register)LocalCall, 0, 0)));
        int at = stretch.Start + call.Count - 1;
        if (result > 0) call.Add(Move(result, 0));

        IrProgram longer = program.Spliced(after, 0, [.. function], toInserted: false);
        IrProgram shorter = longer.Spliced(stretch.Start, stretch.Length, [.. call]);
        return shorter.Replaced(at, shorter.Code[at].To(after + call.Count - stretch.Length));
    }

    private static IrInstruction Move(int dst, int src) => IrCode.Move((Register)dst, (Register)src);

    /// <summary>Some instructions that can be a function.</summary>
    /// <param name="Start">The first.</param>
    /// <param name="Length">How many.</param>
    /// <param name="Inputs">What they read that others have written.</param>
    /// <param name="Written">What they write.</param>
    /// <param name="Results">What of that is read later.</param>
    private sealed record Stretch(int Start, int Length, int Inputs, int Written, int Results)
    {
        /// <summary>Those from one on; <c>null</c>: they cannot.</summary>
        public static Stretch? Of(IrProgram program, int start, int length, bool[] entries, int[] live)
        {
            (int inputs, int written) = (0, 0);
            for (int index = start; index < start + length; index++)
            {
                IrInstruction instruction = program.Code[index];
                bool isEntered = index > start && entries[index];
                if (isEntered || !IsPlain(instruction)) return null;
                inputs |= instruction.Reads() & ~written;
                written |= instruction.Writes();
            }

            int after = live[start + length];
            var stretch = new Stretch(start, length, inputs, written, written & after);
            bool fits = BitOperations.PopCount((uint)inputs) <= MostArguments && BitOperations.PopCount((uint)stretch.Results) <= 1
                && BitOperations.PopCount((uint)(inputs | written)) < (int)Register.R10;
            return fits && (after & ~stretch.Results & Destroyed) == 0 && !MayReturnPointer(program, stretch) ? stretch : null;
        }

        /// <summary>Whether the result may point into the stack: that is none for Linux (kernel/bpf/verifier.c, 6.18, prepare_func_exit: "cannot return stack pointer to the caller").</summary>
        private static bool MayReturnPointer(IrProgram program, Stretch stretch)
        {
            ReadOnlySpan<IrInstruction> code = program.Code.AsSpan(stretch.Start, stretch.Length);
            for (int index = code.Length - 1; index >= 0; index--)
            {
                if ((code[index].Writes() & stretch.Results) == 0) continue;
                return code[index].Row switch
                {
                    { Operation: Operation.Mov, HasSourceRegister: false } => false,
                    { Operation: Operation.Mov or Operation.Add or Operation.Sub, Width: OperandWidth.W64 } => true,
                    { Size: MemorySize.Double, IsWide: false } => true, // it may have been kept in memory
                    _ => false,
                };
            }

            return false;
        }

        /// <summary>For each register the one that it is in the function: arguments are r1, r2 and so on, in their order.</summary>
        public byte[] Names()
        {
            byte[] names = RegisterUse.SameNames();
            int argument = 1;
            for (int rest = Inputs; rest != 0; rest &= rest - 1) names[BitOperations.TrailingZeroCount(rest)] = (byte)argument++;
            byte next = 0;
            for (int rest = Written & ~Inputs; rest != 0; rest &= rest - 1)
            {
                names[BitOperations.TrailingZeroCount(rest)] = next;
                next = next == 0 ? (byte)argument : (byte)(next + 1);
            }

            return names;
        }

        /// <summary>
        /// Moves the arguments to where they belong. In ascending order none destroys another, but for r0, r1 and so on, as far as all of these are arguments: those move up by
        /// one, the highest first.
        /// </summary>
        public List<IrInstruction> Moves()
        {
            var moves = new List<IrInstruction>();
            int low = BitOperations.TrailingZeroCount(~Inputs);
            for (int register = low - 1; register >= 0; register--) moves.Add(Move(register + 1, register));
            int argument = low;
            for (int rest = Inputs >> low << low; rest != 0; rest &= rest - 1)
            {
                int register = BitOperations.TrailingZeroCount(rest);
                if (++argument != register) moves.Add(Move(argument, register));
            }

            return moves;
        }

        /// <summary>Whether it does the same with other registers, in another frame.</summary>
        private static bool IsPlain(in IrInstruction instruction) =>
            instruction.Row is { Operation: not Operation.AtomicCmpxchg } && !instruction.HasTarget && (JumpTargets.IsStraight(instruction.First) || instruction.First.IsWide)
            && (instruction.Named() >> (int)Register.R10) == 0;
    }
}
