using System.Runtime.InteropServices;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Jit.Il;

/// <summary>The bounds of the program's memory, which most accesses touch, so that one comparison proves an access.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct HotRegion
{
    /// <summary>The address of the first byte.</summary>
    public ulong Start;

    /// <summary>Its bytes.</summary>
    public long Length;

    /// <summary>Reads the bounds off a machine; they hold for one run.</summary>
    public void Set(Machine* m)
    {
        Region* data = m->Regions + Regions.Data;
        (Start, Length) = (data->Start, data->Length);
    }
}
