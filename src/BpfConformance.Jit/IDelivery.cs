using BpfConformance.Abi.Instructions;

namespace BpfConformance.Jit;

/// <summary>Hands the instruction at a pc to a compiler. A type argument, so that handing it over as it stands costs nothing.</summary>
internal interface IDelivery<TCompiler>
    where TCompiler : IInstructionVisitor, allows ref struct
{
    static abstract void Deliver(ref TCompiler compiler, ReadOnlySpan<Instruction> program, int pc);
}

/// <summary>As it stands.</summary>
internal readonly struct AsItStands<TCompiler> : IDelivery<TCompiler>
    where TCompiler : IInstructionVisitor, allows ref struct
{
    public static void Deliver(ref TCompiler compiler, ReadOnlySpan<Instruction> program, int pc) =>
        InstructionDispatcher.Visit(ref compiler, program, pc);
}
