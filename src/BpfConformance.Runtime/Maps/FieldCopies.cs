using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>Puts values into maps (include/linux/bpf.h, 6.18, copy_map_value): not the kernel's own, which reads as zeros.</summary>
internal static class FieldCopies
{
    /// <param name="fields">Of the map.</param>
    /// <param name="value">What is put in.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="bytes">Of both.</param>
    public static void Put(in ValueFields fields, GuestBytes value, GuestBytes target, int bytes)
    {
        int end = 0;
        foreach (ValueField field in fields.All)
        {
            value.From(end).CopyTo(target.From(end), field.Offset - end);
            target.From(field.Offset).Clear(field.Bytes);
            end = field.End;
        }

        value.From(end).CopyTo(target.From(end), bytes - end);
    }
}
