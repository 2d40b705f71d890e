using System.ComponentModel;
using System.Runtime.InteropServices;

namespace BpfConformance.Runtime.Memory;

/// <summary>
/// Reserved address space with a stretch of 1 GiB for each region, of which only the region's own pages can be touched: from
/// one region no signed offset of 30 bits leads into another. Linux only.
/// </summary>
public sealed unsafe partial class RegionSpace : IDisposable
{
    /// <summary>Log2 of the bytes of a stretch.</summary>
    public const int StretchShift = 30;

    // Regions that all began at the same offset of a page would compete for one set of the first cache, and stores to one
    // would hold up loads of another. A multiple of a cache line, so that what is aligned in a region is aligned.
    private const ulong Stagger = 576;

    /// <summary>In a space of so many regions most pages are never touched.</summary>
    private const int ManyRegions = 64;

    private readonly Pages[] _pages;
    private byte* _base;

    /// <exception cref="Win32Exception">There is no such address space.</exception>
    public RegionSpace(int regions)
    {
        _pages = new Pages[regions];
        _base = Map(null, ReservedBytes, ProtectionNone, Private | Anonymous | NoReserve);
    }

    public int Count => _pages.Length;

    /// <summary>The first address.</summary>
    public ulong Origin => (ulong)_base;

    /// <summary>The distance from each region's first address to the next one's.</summary>
    public static ulong Stride => (1ul << StretchShift) + Stagger;

    /// <summary>Of all pages that can be touched.</summary>
    public ulong CommittedBytes
    {
        get
        {
            ulong sum = 0;
            foreach (Pages pages in _pages) sum += pages.Bytes;
            return sum;
        }
    }

    /// <summary>Whether <see cref="Leave"/> gives back all pages that were touched, which are zero then: that takes less time than clearing each of many.</summary>
    private bool GivesBack => _pages.Length >= ManyRegions;

    private nuint ReservedBytes => (nuint)_pages.Length << StretchShift;

    /// <summary>Where a region begins.</summary>
    public byte* StartOf(int region) => _base + (Stride * (ulong)region);

    /// <summary>Makes the first bytes of a region memory, all zero.</summary>
    /// <param name="region">Which.</param>
    /// <param name="bytes">How many; it may be none.</param>
    public byte* Commit(int region, int bytes)
    {
        if (bytes == 0) return StartOf(region);
        nuint length = PageBytes(region, bytes);
        if (_pages[region] == new Pages(length) { IsLeft = true })
        {
            // Also what lies beside: a machine that goes too far must find the same again.
            if (!GivesBack) new Span<byte>(FirstPage(region), (int)length).Clear();
        }
        else
        {
            TakeBack(region, from: length); // what is before is mapped over
            _ = Map(FirstPage(region), length, ProtectionReadWrite, Private | Anonymous | Fixed);
        }

        _pages[region] = new Pages(length);
        return StartOf(region);
    }

    /// <summary>Makes the first bytes of a region the same memory as those of another space, which has committed as many.</summary>
    public void Share(int region, int bytes, RegionSpace owner)
    {
        if (bytes == 0) return;
        owner.OpenToOthers(region);
        // Of shared memory, moving nothing makes a second view of it (mremap(2), old_size of zero).
        nuint length = PageBytes(region, bytes);
        void* mapped = mremap(owner.FirstPage(region), 0, length, MayMove | FixedMove, FirstPage(region));
        if ((nint)mapped == -1) throw Failed("mremap", length);
        _pages[region] = new Pages(length) { IsShared = true };
    }

    /// <summary>Nobody has it any more. What is committed is left, for whoever commits as much at the same place.</summary>
    public void Leave()
    {
        for (int region = 0; region < _pages.Length; region++)
        {
            if (_pages[region].IsShared) TakeBack(region);
            _pages[region].IsLeft = true;
        }

        if (GivesBack && madvise(_base, ReservedBytes, DontNeed) != 0) throw Failed("madvise", ReservedBytes);
    }

    /// <summary>Takes back what was left and nobody has committed again.</summary>
    public void TakeBackLeft()
    {
        for (int region = 0; region < _pages.Length; region++)
        {
            if (_pages[region].IsLeft) TakeBack(region);
        }
    }

    public void Dispose()
    {
        if (_base != null) _ = munmap(_base, ReservedBytes);
        _base = null;
    }

    /// <summary>Makes the pages of a region ones that cannot be touched, but for so many bytes.</summary>
    private void TakeBack(int region, nuint from = 0)
    {
        if (_pages[region].Bytes > from) _ = Map(FirstPage(region) + from, _pages[region].Bytes - from, ProtectionNone, Private | Anonymous | NoReserve | Fixed);
        _pages[region] = default;
    }

    /// <summary>Makes the pages of a region ones that another space can have, too, with what is in them.</summary>
    private void OpenToOthers(int region)
    {
        if (_pages[region].IsShared) return;
        nuint length = _pages[region].Bytes;
        byte[] content = new ReadOnlySpan<byte>(FirstPage(region), (int)length).ToArray();
        content.CopyTo(new Span<byte>(Map(FirstPage(region), length, ProtectionReadWrite, Shared | Anonymous | Fixed), content.Length));
        _pages[region].IsShared = true;
    }

    private byte* FirstPage(int region) => (byte*)((nuint)StartOf(region) & ~PageMask);

    private nuint PageBytes(int region, int bytes) => (((nuint)StartOf(region) + (nuint)bytes + PageMask) & ~PageMask) - (nuint)FirstPage(region);

    private static nuint PageMask => (nuint)Environment.SystemPageSize - 1;

    private static byte* Map(byte* address, nuint bytes, int protection, int flags)
    {
        byte* mapped = (byte*)mmap(address, bytes, protection, flags, fd: -1, offset: 0);
        return (nint)mapped != -1 ? mapped : throw Failed("mmap", bytes);
    }

    private static Win32Exception Failed(string call, nuint bytes) =>
        new(Marshal.GetLastPInvokeError(), $"{call} of {bytes} bytes: {Marshal.GetLastPInvokeErrorMessage()}");

    /// <summary>The pages of a region that can be touched.</summary>
    /// <param name="Bytes">All of them.</param>
    private record struct Pages(nuint Bytes)
    {
        /// <summary>Another space has them, too.</summary>
        public bool IsShared { get; set; }

        /// <summary>From whoever had the space before.</summary>
        public bool IsLeft { get; set; }
    }

    // uapi asm-generic/mman-common.h and mman.h: the same for all processors that .NET runs on.
    private const int ProtectionNone = 0;
    private const int ProtectionReadWrite = 3;
    private const int Shared = 0x01;
    private const int Private = 0x02;
    private const int Fixed = 0x10;
    private const int Anonymous = 0x20;
    private const int NoReserve = 0x4000;
    private const int MayMove = 1;
    private const int FixedMove = 2;
    private const int DontNeed = 4;

    [LibraryImport("libc", SetLastError = true)]
    private static partial void* mmap(void* address, nuint length, int protection, int flags, int fd, nint offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial void* mremap(void* address, nuint length, nuint newLength, int flags, void* newAddress);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int madvise(void* address, nuint length, int advice);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int munmap(void* address, nuint length);
}
