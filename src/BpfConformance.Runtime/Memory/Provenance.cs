namespace BpfConformance.Runtime.Memory;

/// <summary>What a sanitised run knows of a value in a register: a number below <see cref="Pointer"/>, or a pointer and its region.</summary>
public static class Provenance
{
    /// <summary>Nothing was written yet.</summary>
    public const uint Uninitialized = 0;

    /// <summary>A number that every machine must compute alike.</summary>
    public const uint Scalar = 1;

    /// <summary>A number that derives from an address, time or chance: differs between machines.</summary>
    public const uint Volatile = 2;

    /// <summary>Pointers to region n are <c>Pointer + n</c>.</summary>
    public const uint Pointer = 16;

    /// <summary>Added to a pointer whose offset is volatile: what it reads differs between machines.</summary>
    public const uint VolatileOffset = 1u << 31;

    /// <summary>Pointers to the value with index n of the map with index m are <c>Element + (m &lt;&lt; ElementBits | n)</c>.</summary>
    private const uint Element = 1u << 27;

    private const int ElementBits = 21;

    /// <summary>As many values a map can have.</summary>
    public const int MaxElements = 1 << ElementBits;

    public static uint PointerTo(int region) => Pointer + (uint)region;

    /// <summary>A pointer to one of several values of a map.</summary>
    public static uint PointerToElement(int map, int element) => Element + (((uint)map << ElementBits) | (uint)element);

    public static bool IsPointer(uint provenance) => provenance >= Pointer;

    /// <summary>The region a pointer belongs to.</summary>
    public static uint RegionOf(uint pointer) =>
        IsToElement(pointer) ? Regions.MapValues + (((pointer & ~VolatileOffset) - Element) >> ElementBits) : (pointer & ~VolatileOffset) - Pointer;

    /// <summary>Whether a pointer belongs to one of several values of a map: to which, says <see cref="ElementOf"/>.</summary>
    public static bool IsToElement(uint pointer) => (pointer & ~VolatileOffset) is >= Element and < 2 * Element;

    public static uint ElementOf(uint pointer) => ((pointer & ~VolatileOffset) - Element) & (MaxElements - 1);
}

/// <summary>What a sanitised run knows of one byte of memory.</summary>
public static class ByteShadow
{
    public const byte Uninitialized = 0;
    public const byte Scalar = 1;
    public const byte Volatile = 2;

    /// <summary>Part of a whole pointer, stored at a multiple of eight.</summary>
    public const byte Pointer = 3;

    /// <summary>Part of a dynamic pointer, which no program may read.</summary>
    public const byte Dynptr = 4;

    /// <summary>Eight bytes of <see cref="Scalar"/>.</summary>
    public const ulong Scalar8 = 0x0101010101010101;

    /// <summary>Eight bytes of <see cref="Pointer"/>.</summary>
    public const ulong Pointer8 = 0x0303030303030303;
}
