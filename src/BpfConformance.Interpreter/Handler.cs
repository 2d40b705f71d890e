using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Interpreter;

/// <summary>Does the instruction of a slot and returns the slot that comes next.</summary>
public unsafe delegate Slot* Handler(Slot* slot, Machine* machine);

/// <summary>Where the machine code of a handler begins.</summary>
internal static unsafe class HandlerCode
{
    /// <summary>
    /// Compiles a handler and returns what to call. A function pointer in .NET 10 leads to a stub,
    /// <c>jmp [rip + displacement]</c>, by which the runtime replaces code that is not fully optimized yet; handlers
    /// are fully optimized from the start, so going through the stub on each instruction would only cost time
    /// (20 to 60 % on the benchmark programs). Anything that is no such stub is called as it is.
    /// </summary>
    public static nint Of(Handler handler)
    {
        RuntimeHelpers.PrepareMethod(handler.Method.MethodHandle);
        nint entry = handler.Method.MethodHandle.GetFunctionPointer();
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64) return entry;

        // Code that is replaced later may be freed: only the stub always leads to it.
        bool isFinal = handler.Method.MethodImplementationFlags.HasFlag(MethodImplAttributes.AggressiveOptimization);
        if (!isFinal) return entry;

        byte* code = (byte*)entry;
        const int JumpBytes = 6;
        bool isStub = code[0] == 0xff && code[1] == 0x25;
        return isStub ? *(nint*)(code + JumpBytes + Unsafe.ReadUnaligned<int>(code + 2)) : entry;
    }
}
