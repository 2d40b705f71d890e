using System.Runtime.CompilerServices;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Jit.Il;

/// <summary>What emitted code asks of an access that is not where the compiler expected it.</summary>
internal static unsafe class RegionLookup
{
    /// <summary>Whether one region holds all of the bytes; if not, the run is over.</summary>
    /// <param name="m">The machine.</param>
    /// <param name="address">The first byte.</param>
    /// <param name="size">How many.</param>
    /// <param name="pc">Of the instruction.</param>
    /// <param name="rest">As in <see cref="RunEnding.Fault"/>.</param>
    /// <param name="left">As there.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Reaches(Machine* m, ulong address, int size, int pc, int rest, long left)
    {
        if (GuestMemory.Readable(m, address, (ulong)size) != null) return true;
        RunEnding.Fault(m, FaultKind.OutOfBoundsLoad, pc, rest, left);
        return false;
    }

    /// <summary>The same of a region that may be written.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool ReachesWritable(Machine* m, ulong address, int size, int pc, int rest, long left)
    {
        if (GuestMemory.Writable(m, address, (ulong)size) != null) return true;
        RunEnding.Fault(m, FaultKind.OutOfBoundsStore, pc, rest, left);
        return false;
    }

    /// <summary>Loads from any region, or from a field of a context; if there is nothing to be loaded, the run is over.</summary>
    /// <param name="m">The machine.</param>
    /// <param name="address">The first byte.</param>
    /// <param name="size">How many.</param>
    /// <param name="extendsSign">Whether the value is signed.</param>
    /// <param name="pc">Of the instruction.</param>
    /// <param name="rest">As in <see cref="RunEnding.Fault"/>.</param>
    /// <param name="left">As there.</param>
    /// <param name="value">The value.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Load(Machine* m, ulong address, int size, bool extendsSign, int pc, int rest, long left, out ulong value)
    {
        byte* bytes = GuestMemory.Readable(m, address, (ulong)size);
        if (bytes != null)
        {
            value = ValueAt(bytes, size, extendsSign);
            return true;
        }

        if (ContextAccesses.TryLoad(m, address, size, extendsSign, out value)) return true;
        RunEnding.Fault(m, FaultKind.OutOfBoundsLoad, pc, rest, left);
        return false;
    }

    /// <summary>Stores to any region that may be written, or to a field of a context.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Store(Machine* m, ulong address, int size, ulong value, int pc, int rest, long left)
    {
        byte* bytes = GuestMemory.Writable(m, address, (ulong)size);
        if (bytes != null) Unsafe.CopyBlockUnaligned(bytes, (byte*)&value, (uint)size);
        else if (!ContextAccesses.TryStore(m, address, size, value)) return Ends(m, FaultKind.OutOfBoundsStore, pc, rest, left);
        return true;
    }

    /// <summary>A load that is aligned: what is out of bounds is not misaligned, and fields are accessed where they are aligned alone.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool LoadAcquire(Machine* m, ulong address, int size, int pc, int rest, long left, out ulong value)
    {
        value = 0;
        if (IsMisaligned(m, address, size)) return Ends(m, FaultKind.MisalignedAtomic, pc, rest, left);
        bool isLoaded = Load(m, address, size, extendsSign: false, pc, rest, left, out value);
        Thread.MemoryBarrier();
        return isLoaded;
    }

    /// <summary>The same of a store.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool StoreRelease(Machine* m, ulong address, int size, ulong value, int pc, int rest, long left)
    {
        if (IsMisaligned(m, address, size)) return Ends(m, FaultKind.MisalignedAtomic, pc, rest, left);
        Thread.MemoryBarrier();
        return Store(m, address, size, value, pc, rest, left);
    }

    private static bool IsMisaligned(Machine* m, ulong address, int size) =>
        (address & (ulong)(size - 1)) != 0 && GuestMemory.Readable(m, address, (ulong)size) != null;

    private static bool Ends(Machine* m, FaultKind fault, int pc, int rest, long left)
    {
        RunEnding.Fault(m, fault, pc, rest, left);
        return false;
    }

    private static ulong ValueAt(byte* bytes, int size, bool extendsSign) => (MemorySize)size switch
    {
        MemorySize.Byte => extendsSign ? (ulong)*(sbyte*)bytes : *bytes,
        MemorySize.Half => extendsSign ? (ulong)Unsafe.ReadUnaligned<short>(bytes) : Unsafe.ReadUnaligned<ushort>(bytes),
        MemorySize.Word => extendsSign ? (ulong)Unsafe.ReadUnaligned<int>(bytes) : Unsafe.ReadUnaligned<uint>(bytes),
        MemorySize.Double => Unsafe.ReadUnaligned<ulong>(bytes),
    };
}
