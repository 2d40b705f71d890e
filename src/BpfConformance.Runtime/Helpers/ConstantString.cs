using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>
/// A text that nobody can change: in the value of an array that programs may only read, with a zero behind it (kernel/bpf/verifier.c, 6.18,
/// check_reg_const_str).
/// </summary>
internal static unsafe class ConstantString
{
    /// <summary>The text, with its zero; empty: there is none.</summary>
    public static ReadOnlySpan<byte> At(Machine* m, ulong address)
    {
        Region* region = GuestMemory.RegionOf(m, address);
        long index = region - m->Regions;
        bool isReadOnly = region != null && index >= Regions.MapValues && index < m->FirstKey && region->IsWritable == 0;
        if (!isReadOnly || address - region->Start >= region->Length) return default;

        ulong offset = address - region->Start;
        var rest = new ReadOnlySpan<byte>(region->Base + offset, (int)(region->Length - offset));
        return rest[..(rest.IndexOf((byte)0) + 1)];
    }
}
