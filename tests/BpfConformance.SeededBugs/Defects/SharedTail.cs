using BpfConformance.Abi.Instructions;
using BpfConformance.Jit;

namespace BpfConformance.SeededBugs.Defects;

/// <summary>X16: a function ends where it goes on in another one's code.</summary>
internal readonly struct EndsAtForeignCode<TCompiler> : IDelivery<TCompiler>
    where TCompiler : IInstructionVisitor, allows ref struct
{
    public static void Deliver(ref TCompiler compiler, ReadOnlySpan<Instruction> program, int pc)
    {
        Instruction i = program[pc];
        bool leaves = i.Opcode is Opcodes.Ja or Opcodes.Ja32 && FunctionAt(program, JumpTargets.Of(i, pc)) != FunctionAt(program, pc);
        if (leaves) compiler.Exit();
        else InstructionDispatcher.Visit(ref compiler, program, pc);
    }

    /// <summary>The last place before that is called.</summary>
    private static int FunctionAt(ReadOnlySpan<Instruction> program, int pc)
    {
        int function = 0;
        for (int at = 0; at < program.Length; at += program[at].IsWide ? 2 : 1)
        {
            if (!JumpTargets.IsLocalCall(program[at])) continue;
            int called = JumpTargets.Of(program[at], at);
            if (called <= pc && called > function) function = called;
        }

        return function;
    }
}
