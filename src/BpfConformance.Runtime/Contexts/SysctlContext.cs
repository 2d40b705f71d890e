using System.Runtime.InteropServices;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Contexts;

/// <summary>The <see cref="NetworkSetting"/> that is read, or written where the case says so: with the value that it has.</summary>
internal static unsafe class SysctlContext
{
    private static readonly ContextField s_write = ContextTables.Sysctl.Field("write");

    public static void Complete(Machine* m, ContextBytes context)
    {
        if (m->Setting.Room == null) m->Setting.Room = (byte*)NativeMemory.Alloc(2 * WrittenSetting.MaxBytes);
        m->Setting.Length = 0;
        if (context.Word(s_write) == 0) return;
        m->Setting.Length = NetworkSetting.Value.Length;
        GuestBytes text = Written(m);
        for (int i = 0; i < m->Setting.Length; i++) (text.Data[i], text.Shadow[i]) = ((byte)NetworkSetting.Value[i], ByteShadow.Scalar);
    }

    /// <summary>Room for what is written, of which there are so many bytes as the machine says.</summary>
    public static GuestBytes Written(Machine* m) => new(m->Setting.Room, m->Setting.Room + WrittenSetting.MaxBytes);
}
