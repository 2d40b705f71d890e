using System.Collections.Immutable;
using BpfConformance.Abi;

namespace BpfConformance.Loading.Btf;

/// <summary>
/// Holds what types say of each other against the kernel's rules (<c>btf_*_resolve</c>, kernel/bpf/btf.c, 6.18) and
/// computes their sizes. No type may contain itself: whoever follows ids comes to an end, but at pointers.
/// </summary>
internal sealed class BtfResolver
{
    private const long NotYet = -1;
    private const long Open = -2;

    /// <summary>Of what has no size: void, functions, declarations.</summary>
    private const long NoSize = -3;

    private readonly ImmutableArray<BtfType> _types;
    private readonly BtfSource _source;
    private readonly long[] _bytes;
    private readonly Stack<uint> _path = [];

    private BtfResolver(ImmutableArray<BtfType> types, BtfSource source)
    {
        (_types, _source) = (types, source);
        _bytes = new long[types.Length];
        Array.Fill(_bytes, NotYet);
    }

    /// <summary>The size of every type; <c>null</c>: it has none.</summary>
    /// <exception cref="BpfFormatException">A type names what it may not.</exception>
    public static uint?[] Sizes(ImmutableArray<BtfType> types, BtfSource source)
    {
        var resolver = new BtfResolver(types, source);
        var references = new BtfReferences(types, source);
        for (uint id = 0; id < types.Length; id++) references.Check(id);
        for (uint id = 0; id < types.Length; id++) resolver.Resolve(id);
        return Array.ConvertAll(resolver._bytes, bytes => bytes < 0 ? null : (uint?)bytes);
    }

    /// <summary>With a path of its own: a chain of types can be longer than the stack of a thread.</summary>
    private void Resolve(uint root)
    {
        _path.Push(root);
        while (_path.TryPeek(out uint id))
        {
            if (_bytes[id] == NotYet)
            {
                _bytes[id] = Open;
                PushParts(id);
                continue;
            }

            if (_bytes[id] == Open) _bytes[id] = BytesOf(id);
            _path.Pop();
        }
    }

    private void PushParts(uint id)
    {
        switch (_types[(int)id])
        {
            case BtfReference { Kind: not BtfKind.Pointer } reference:
                Push(id, reference.TypeId);
                break;
            case BtfArray array:
                Push(id, array.ElementTypeId);
                break;
            case BtfComposite composite:
                foreach (BtfMember member in composite.Members) Push(id, member.TypeId);
                break;
            default:
                break;
        }
    }

    /// <summary>Of the parts that are still open, one is what this type is a part of.</summary>
    private void Push(uint id, uint part)
    {
        if (_bytes[part] == Open) throw _source.Error(id, $"it contains type {part}, which contains it");
        if (_bytes[part] == NotYet) _path.Push(part);
    }

    private long BytesOf(uint id) => _types[(int)id] switch
    {
        BtfInt i => i.Bytes,
        BtfReference { Kind: BtfKind.Pointer } => sizeof(ulong),
        BtfReference reference => _bytes[reference.TypeId],
        BtfArray array => BytesOf(array, id),
        BtfComposite composite => BytesOf(composite, id),
        BtfEnum e => e.Bytes,
        BtfFloat f => f.Bytes,
        BtfDataSection section => section.Bytes,
        _ => NoSize,
    };

    private long BytesOf(BtfArray array, uint id)
    {
        long element = _bytes[array.ElementTypeId];
        if (element < 0) throw _source.Error(id, $"an array of type {array.ElementTypeId}, which has no size");
        long bytes = element * array.Count;
        return bytes <= uint.MaxValue ? bytes : throw _source.Error(id, $"an array of {array.Count} times {element} bytes");
    }

    private long BytesOf(BtfComposite composite, uint id)
    {
        foreach (BtfMember member in composite.Members)
        {
            long bytes = _bytes[member.TypeId];
            if (bytes < 0) throw _source.Error(id, $"a member of type {member.TypeId}, which has no size");
            long bits = member.BitFieldBits != 0 ? member.BitFieldBits : bytes * 8;
            if (member.OffsetBits + bits > composite.Bytes * 8L)
            {
                throw _source.Error(id, $"a member of {bits} bits at bit {member.OffsetBits} of {composite.Bytes} bytes");
            }
        }

        return composite.Bytes;
    }
}
