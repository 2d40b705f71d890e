using System.Runtime.CompilerServices;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Interpreter.Handlers;

/// <summary>Where the second operand comes from.</summary>
public unsafe interface ISource
{
    static abstract ulong Read(Slot* s, Machine* m);

    /// <summary>Its register, or −1.</summary>
    static abstract int Register(Slot* s);
}

public readonly unsafe struct FromRegister : ISource
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Read(Slot* s, Machine* m) => m->Registers[s->Src];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Register(Slot* s) => s->Src;
}

/// <summary>The immediate, sign-extended to 64 bits (RFC 9669 section 4.1).</summary>
public readonly unsafe struct FromImmediate : ISource
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Read(Slot* s, Machine* m) => (ulong)s->Immediate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Register(Slot* s) => -1;
}
