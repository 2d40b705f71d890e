using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BpfConformance.Abi;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Memory;
using BpfConformance.Runtime.Pinning;

namespace BpfConformance.Runtime.Maps;

/// <summary>What a map holds whose values are objects of the kernel, and descriptors for user space: indices of what the case has.</summary>
internal abstract unsafe class ObjectIndices : IDisposable
{
    /// <summary>No object.</summary>
    public const int None = -1;

    private readonly int* _indices;
    private readonly int _elements;
    private bool _disposed;

    /// <param name="elements">How many there may be.</param>
    protected ObjectIndices(int elements)
    {
        _elements = elements;
        _indices = (int*)NativeMemory.Alloc((nuint)elements, sizeof(int));
        new Span<int>(_indices, elements).Fill(None);
    }

    public int this[int element] => _indices[element];

    public bool Has(int element) => _indices[element] != None;

    public virtual void Set(int element, GuestBytes index) => _indices[element] = IndexOf(index);

    public void Remove(int element) => _indices[element] = None;

    /// <summary>What user space has as the value.</summary>
    public GuestBytes ValueOf(int element) => new((byte*)(_indices + element), shadow: null);

    /// <summary>What is said to an index that is to be put in.</summary>
    public abstract Errno Check(GuestBytes index);

    /// <summary>What the case has becomes known.</summary>
    /// <param name="map">Whose these are, by its index.</param>
    /// <param name="siblings">The maps of the case.</param>
    /// <param name="program">Its programs.</param>
    public abstract void Join(int map, LoadedMaps siblings, BpfProgram program);

    public virtual void Clear() => new Span<int>(_indices, _elements).Fill(None);

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        NativeMemory.Free(_indices);
    }

    protected static int IndexOf(GuestBytes index) => Unsafe.ReadUnaligned<int>(index.Data);
}
