using System.Runtime.InteropServices;
using BpfConformance.Abi.Instructions;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Jit.Il;

/// <summary>The bounds of the program's memory, which most accesses touch, so that one comparison proves an access.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct HotRegion
{
    /// <summary>The address of the first byte.</summary>
    public ulong Start;

    // An access of n bytes may begin at any offset below the limit for n.
    public ulong ByteLimit;
    public ulong HalfLimit;
    public ulong WordLimit;
    public ulong DoubleLimit;

    /// <summary>Reads the bounds off a machine; they hold for one run.</summary>
    public void Set(Machine* m)
    {
        Region* data = m->Regions + Regions.Data;
        Start = data->Start;
        ByteLimit = Limit(data, MemorySize.Byte);
        HalfLimit = Limit(data, MemorySize.Half);
        WordLimit = Limit(data, MemorySize.Word);
        DoubleLimit = Limit(data, MemorySize.Double);
    }

    private static ulong Limit(Region* data, MemorySize size) =>
        data->Length < (uint)size ? 0 : data->Length - (uint)size + 1;
}
