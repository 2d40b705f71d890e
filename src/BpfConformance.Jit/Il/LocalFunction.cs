using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using BpfConformance.Abi.Instructions;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Jit.Il;

/// <summary>Runs a program on its machine and returns r0.</summary>
internal unsafe delegate ulong ProgramEntry(Machine* machine);

/// <summary>The same of a function that is called.</summary>
internal unsafe delegate ulong FunctionEntry(Machine* machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5, ulong r10);

/// <summary>One function of a program and the method that it becomes: the program itself, or what local calls lead to.</summary>
/// <param name="entry">Its first pc.</param>
/// <param name="isMain">Whether it is a program, which nobody calls; a program that calls itself is two functions.</param>
/// <param name="slots">The pcs of its instructions, ascending: those that control reaches from the entry without a call.</param>
/// <param name="method">What is emitted.</param>
internal sealed class LocalFunction(int entry, bool isMain, int[] slots, DynamicMethod method)
{
    private Pointer?[]? _arguments;

    public int Entry => entry;

    public bool IsMain => isMain;

    public int[] Slots => slots;

    public DynamicMethod Method => method;

    /// <summary>Whether anything names r10, here or in a program that goes on in its frame: only then can there be a pointer to it.</summary>
    public required bool UsesFrame { get; init; }

    /// <summary>Where r1 to r5 are likely to point.</summary>
    public ReadOnlySpan<Pointer?> Arguments => _arguments;

    /// <summary>Bytes of IL that were emitted.</summary>
    public int CodeBytes => method.GetILGenerator().ILOffset;

    /// <summary>Makes machine code of it now, not when it is first called.</summary>
    public void Compile() =>
        RuntimeHelpers.PrepareDelegate(isMain ? method.CreateDelegate<ProgramEntry>() : method.CreateDelegate<FunctionEntry>());

    /// <summary>The program's hook gives it a context.</summary>
    public void ExpectHook()
    {
        _arguments = new Pointer?[(int)Register.R5];
        _arguments[0] = Pointer.ToContext;
    }

    /// <summary>
    /// A call of the function is compiled; what one caller passes, others are likely to pass as well. Functions are compiled in the
    /// order in which calls reach them, so the first caller has no more frames below it than any other: a guess never names a frame
    /// that is not there. Programs begin with none; that one begins in a function's frame only adds frames below.
    /// </summary>
    public void ExpectArguments(PointerTracker caller)
    {
        if (_arguments is not null) return;
        _arguments = new Pointer?[(int)Register.R5];
        for (var r = Register.R1; r <= Register.R5; r++) _arguments[(int)r - 1] = caller[r]?.InCallee;
    }

    /// <summary>The same of a helper that may call the function: what it is told to give it.</summary>
    /// <param name="caller">What calls the helper, with that in r3.</param>
    /// <param name="argument">Where the function gets it.</param>
    public void ExpectContext(PointerTracker caller, Register argument)
    {
        if (_arguments is not null) return;
        _arguments = new Pointer?[(int)Register.R5];
        _arguments[(int)argument - 1] = caller[Register.R3]?.InCallee;
    }
}
