using System.Runtime.InteropServices;

namespace BpfConformance.Runtime.Memory;

/// <summary>The regions of one machine and the memory behind them.</summary>
internal sealed unsafe class RegionMemory : IDisposable
{
    private readonly nuint[] _blocks;
    private readonly RegionSpace? _space;

    public RegionMemory(int count, Addressing addressing)
    {
        Count = count;
        _blocks = new nuint[count];
        _space = addressing == Addressing.Native ? RegionSpacePool.Shared.Rent(count) : null;
        All = (Region*)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(Region));
        for (int region = 0; region < count; region++) All[region].Start = _space is null ? Regions.Address(region, 0) : (ulong)_space.StartOf(region);
    }

    public int Count { get; }

    public Region* All { get; }

    /// <summary>Whether addresses are those of this process.</summary>
    public bool IsNative => _space is not null;

    /// <summary>The first address.</summary>
    public ulong Origin => _space is null ? 0 : _space.Origin;

    /// <summary>Region n has the addresses whose distance from <see cref="Origin"/> is n after a shift by so many bits.</summary>
    public int Shift => _space is null ? 32 : RegionSpace.StretchShift;

    /// <summary>Gives a region so many bytes, all of them zero, that may be read and written.</summary>
    public void Allocate(int region, int bytes)
    {
        if (_space is null) AllocateBlock(region, bytes);
        else All[region].Base = _space.Commit(region, bytes);
        (All[region].Length, All[region].IsWritable) = ((uint)bytes, 1);
    }

    /// <summary>Gives a region room for so many bytes of fields: nobody has addresses of them, so they lie anywhere.</summary>
    public void AllocateFields(int region, int bytes)
    {
        AllocateBlock(region, bytes);
        All[region].Length = 0;
    }

    /// <summary>Gives a region room for so many bytes that are memory in some runs, and fields in others.</summary>
    public void AllocateMemoryOrFields(int region, int bytes)
    {
        AllocateFields(region, bytes);
        All[region].IsWritable = 1;
        if (_space is not null) All[region].Base = _space.Commit(region, bytes);
    }

    /// <summary>All regions have what they are to begin with.</summary>
    public void Settle() => _space?.TakeBackLeft();

    /// <summary>Makes a region that has so many bytes the same memory as that of another machine.</summary>
    public void Share(int region, RegionMemory owner)
    {
        Region* owners = owner.All + region;
        if (_space is null) All[region] = *owners;
        else _space.Share(region, (int)Math.Max(owners->Length, owners->ElementsEnd), owner._space!); // engines do not mix
    }

    public void Dispose()
    {
        foreach (nuint block in _blocks) NativeMemory.Free((void*)block);
        if (_space is not null) RegionSpacePool.Shared.Return(_space);
        NativeMemory.Free(All);
    }

    /// <summary>Bytes, shadow and pointers of a region in one block, each part a multiple of eight.</summary>
    private void AllocateBlock(int region, int bytes)
    {
        nuint rounded = ((nuint)bytes + 7) & ~(nuint)7;
        NativeMemory.Free((void*)_blocks[region]);
        byte* block = (byte*)NativeMemory.AllocZeroed((2 * rounded) + (rounded / 2) + 8);
        _blocks[region] = (nuint)block;
        All[region].Base = block;
        All[region].Shadow = block + rounded;
        All[region].Pointers = (uint*)(block + (2 * rounded));
    }
}
