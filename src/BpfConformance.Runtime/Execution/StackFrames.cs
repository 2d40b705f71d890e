using BpfConformance.Abi.Instructions;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Execution;

/// <summary>The stacks of a machine, one for each frame: open while it is there.</summary>
public static unsafe class StackFrames
{
    /// <summary>Opens the stack of a frame and points r10 to its end.</summary>
    public static void Enter(Machine* m, int frame)
    {
        Of(m, frame)->Length = MachineLimits.StackBytes;
        SetFramePointer(m, frame);
        m->Frames[frame].MayGotoLeft = MachineMemory.MayGotoLimit;
    }

    /// <summary>Sanitised runs: nothing on the frame's stack is initialized.</summary>
    public static void Forget(Machine* m, int frame) =>
        new Span<byte>(Of(m, frame)->Shadow, MachineLimits.StackBytes).Clear();

    /// <summary>Closes a frame's stack and points r10 back to its caller's.</summary>
    public static void Leave(Machine* m, int frame)
    {
        Of(m, frame)->Length = 0;
        SetFramePointer(m, frame - 1);
    }

    internal static Region* Of(Machine* m, int frame) => m->Regions + m->FirstStack + frame;

    private static void SetFramePointer(Machine* m, int frame)
    {
        m->Registers[(int)Register.R10] = Of(m, frame)->Start + MachineLimits.StackBytes;
        m->Provenance[(int)Register.R10] = Provenance.PointerTo((int)m->FirstStack + frame);
    }
}
