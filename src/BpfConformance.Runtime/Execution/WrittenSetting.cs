using System.Runtime.InteropServices;

namespace BpfConformance.Runtime.Execution;

/// <summary>What is about to be written to a setting of the system, as a program that decides about it finds or leaves it.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct WrittenSetting
{
    /// <summary>The most bytes that a program may put there: a page less one (kernel/bpf/cgroup.c, 6.18, <c>bpf_sysctl_set_new_value</c>).</summary>
    public const int MaxBytes = 4095;

    /// <summary>Room for the text, and behind it for a <see cref="Memory.ByteShadow"/> of each of its bytes; null: no program has asked for it yet.</summary>
    public byte* Room;

    /// <summary>Bytes of the text; 0: nothing is written.</summary>
    public int Length;
}
