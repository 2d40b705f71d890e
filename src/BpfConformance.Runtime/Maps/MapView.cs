using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;

namespace BpfConformance.Runtime.Maps;

/// <summary>A map as user space has it, with keys and values as C# types.</summary>
/// <typeparam name="TKey">As large as a key.</typeparam>
/// <typeparam name="TValue">As large as a value.</typeparam>
public sealed class MapView<TKey, TValue>
    where TKey : unmanaged
    where TValue : unmanaged
{
    private readonly MapAccess _access;

    /// <param name="access">The map.</param>
    /// <exception cref="ArgumentException">Keys or values have another size.</exception>
    public MapView(MapAccess access)
    {
        CheckSize<TKey>(access.Definition.KeyBytes, nameof(access));
        CheckSize<TValue>(access.Definition.ValueBytes, nameof(access));
        _access = access;
    }

    /// <exception cref="KeyNotFoundException">It is read, and there is no such key.</exception>
    /// <exception cref="InvalidOperationException">The map does not do it.</exception>
    public TValue this[TKey key]
    {
        get => TryGet(key, out TValue value) ? value : throw new KeyNotFoundException($"{key} is not in map {_access.Definition.Name}");
        set => Require(Set(key, value));
    }

    /// <summary>All keys, in the order of BPF_MAP_GET_NEXT_KEY.</summary>
    /// <exception cref="InvalidOperationException">The map does not do it.</exception>
    public IEnumerable<TKey> Keys
    {
        get
        {
            TKey? last = null;
            while (NextKey(last, out TKey next))
            {
                yield return next;
                last = next;
            }
        }
    }

    /// <returns>Whether there is such a key.</returns>
    /// <exception cref="InvalidOperationException">The map does not do it.</exception>
    public bool TryGet(TKey key, out TValue value)
    {
        value = default;
        Errno error = _access.Lookup(BytesOf(ref key), BytesOf(ref value));
        return IsThere(error);
    }

    /// <returns>What BPF_MAP_UPDATE_ELEM answers.</returns>
    public Errno Set(TKey key, TValue value, ulong flags = UpdateFlags.Any) => _access.Update(BytesOf(ref key), BytesOf(ref value), flags);

    /// <returns>What BPF_MAP_DELETE_ELEM answers.</returns>
    public Errno Remove(TKey key) => _access.Delete(BytesOf(ref key));

    /// <summary>Sets many at once.</summary>
    /// <param name="keys">Which.</param>
    /// <param name="values">As many.</param>
    /// <param name="count">As for <see cref="MapAccess.UpdateBatch"/>.</param>
    /// <returns>What BPF_MAP_UPDATE_BATCH answers.</returns>
    public Errno SetAll(ReadOnlySpan<TKey> keys, ReadOnlySpan<TValue> values, out int count)
    {
        count = keys.Length;
        return _access.UpdateBatch(MemoryMarshal.AsBytes(keys), MemoryMarshal.AsBytes(values), ref count);
    }

    /// <summary>Removes many at once.</summary>
    /// <returns>What BPF_MAP_DELETE_BATCH answers.</returns>
    public Errno RemoveAll(ReadOnlySpan<TKey> keys, out int count)
    {
        count = keys.Length;
        return _access.DeleteBatch(MemoryMarshal.AsBytes(keys), ref count);
    }

    /// <summary>Gets many at once, from the first on.</summary>
    /// <param name="keys">Room for as many as are wanted.</param>
    /// <param name="values">The same for values.</param>
    /// <param name="count">How many there are.</param>
    /// <returns>What BPF_MAP_LOOKUP_BATCH answers: ENOENT with the last of them.</returns>
    public Errno GetAll(Span<TKey> keys, Span<TValue> values, out int count)
    {
        count = keys.Length;
        return _access.LookupBatch([], NewEnd(), MemoryMarshal.AsBytes(keys), MemoryMarshal.AsBytes(values), ref count);
    }

    /// <summary>The same, and they are gone: BPF_MAP_LOOKUP_AND_DELETE_BATCH.</summary>
    /// <inheritdoc cref="GetAll"/>
    public Errno TakeAll(Span<TKey> keys, Span<TValue> values, out int count)
    {
        count = keys.Length;
        return _access.LookupAndDeleteBatch([], NewEnd(), MemoryMarshal.AsBytes(keys), MemoryMarshal.AsBytes(values), ref count);
    }

    private static byte[] NewEnd() => new byte[MapAccess.BatchEndBytes(Unsafe.SizeOf<TKey>())];

    private bool NextKey(TKey? last, out TKey next)
    {
        next = default;
        TKey key = last.GetValueOrDefault();
        return IsThere(_access.NextKey(last.HasValue ? BytesOf(ref key) : [], BytesOf(ref next)));
    }

    private bool IsThere(Errno error)
    {
        if (error == Errno.ENOENT) return false;
        Require(error);
        return true;
    }

    private void Require(Errno error)
    {
        if (error != Errno.None) throw new InvalidOperationException($"map {_access.Definition.Name}: {error}");
    }

    private static Span<byte> BytesOf<T>(ref T value)
        where T : unmanaged => MemoryMarshal.AsBytes(new Span<T>(ref value));

    private static void CheckSize<T>(int expected, string parameter)
        where T : unmanaged
    {
        int actual = Unsafe.SizeOf<T>();
        if (actual != expected) throw new ArgumentException($"{typeof(T).Name} has {actual} bytes, the map {expected}", parameter);
    }
}
