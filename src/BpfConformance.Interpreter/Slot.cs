using System.Runtime.InteropServices;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Interpreter;

/// <summary>
/// One predecoded instruction: what to call, and its operands where the call finds them. Slots lie as instructions
/// do, one per pc, so the next is <c>slot + 1</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct Slot
{
    /// <summary>Does the instruction and returns the slot that comes next.</summary>
    public delegate*<Slot*, Machine*, Slot*> Handler;

    /// <summary>Where a jump or a call leads.</summary>
    public Slot* Target;

    /// <summary>The sign-extended immediate, the sign-extended offset of a memory access, or 64 bits of a wide instruction.</summary>
    public long Immediate;

    /// <summary>The immediate of instructions whose <see cref="Immediate"/> is an offset.</summary>
    public int StoreImmediate;

    /// <summary>Instructions from here to the next jump, call or exit, that one included: what entering here costs.</summary>
    public int BlockLength;

    public int Pc;
    public byte Dst;
    public byte Src;
}
