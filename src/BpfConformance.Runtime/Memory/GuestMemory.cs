using System.Runtime.CompilerServices;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Maps;

namespace BpfConformance.Runtime.Memory;

/// <summary>What lies at the addresses that programs have.</summary>
public static unsafe class GuestMemory
{
    /// <summary>The region that holds all of <paramref name="size"/> bytes at a <see cref="Addressing.RegionAndOffset"/>, or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Region* Find(Machine* m, ulong address, int size)
    {
        uint index = (uint)(address >> 32);
        if (index >= m->RegionCount) return null;
        Region* region = m->Regions + index;
        return (uint)address + (ulong)size <= region->Length || HasInElement(region, (uint)address, (ulong)size) ? region : null;
    }

    /// <summary>The region that holds all of <paramref name="size"/> bytes at an address and may be written, or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Region* FindWritable(Machine* m, ulong address, int size)
    {
        Region* region = Find(m, address, size);
        return region != null && region->IsWritable != 0 ? region : null;
    }

    /// <summary>The <paramref name="size"/> bytes at an address of any <see cref="Addressing"/>; null when no region holds them all.</summary>
    public static byte* Readable(Machine* m, ulong address, ulong size)
    {
        Region* region = RegionOf(m, address);
        if (region == null) return null;
        ulong offset = address - region->Start;
        bool isInside = (offset <= region->Length && size <= region->Length - offset) || region->HasInElement(offset, size);
        return isInside ? region->Base + offset : null;
    }

    /// <summary>The same, where they may be written.</summary>
    public static byte* Writable(Machine* m, ulong address, ulong size)
    {
        byte* bytes = Readable(m, address, size);
        return bytes != null && RegionOf(m, address)->IsWritable != 0 ? bytes : null;
    }

    /// <summary>The same as <see cref="Readable"/>, with what a sanitised run knows of them.</summary>
    internal static GuestBytes BytesToRead(Machine* m, ulong address, ulong size) => Bytes(m, address, Readable(m, address, size));

    /// <summary>The same where they may be written.</summary>
    internal static GuestBytes BytesToWrite(Machine* m, ulong address, ulong size) => Bytes(m, address, Writable(m, address, size));

    /// <summary>The provenance of what a map gave for a key: the address of a value, or a map.</summary>
    public static uint PointerToValue(Machine* m, ulong address)
    {
        if (m->RegionShift != 32) return Provenance.Scalar; // with native addresses nothing is tracked
        int region = (int)(address >> 32);
        return region >= Regions.Maps || m->Regions[region].ElementsEnd == 0
            ? Provenance.PointerTo(region)
            : Provenance.PointerToElement(region - Regions.MapValues, (int)MapValues.ElementAt(m->Regions + region, address));
    }

    /// <summary>The region that an address leads into; null: into none.</summary>
    internal static Region* RegionOf(Machine* m, ulong address)
    {
        ulong index = (address - m->Origin) >> m->RegionShift;
        return index <= m->LastStack ? m->Regions + index : null;
    }

    private static GuestBytes Bytes(Machine* m, ulong address, byte* bytes)
    {
        if (bytes == null) return default;
        Region* region = RegionOf(m, address);
        return new GuestBytes(bytes, region->Shadow == null ? null : region->Shadow + (address - region->Start));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool HasInElement(Region* region, ulong offset, ulong size) => region->HasInElement(offset, size);
}
