using System.Buffers.Binary;

namespace BpfConformance.Loading.Btf;

/// <summary>Writes types as a blob (include/uapi/linux/btf.h; Documentation/bpf/btf.rst, section 2).</summary>
internal sealed class BtfEncoder
{
    private readonly BtfStringTable _names = new();
    private readonly List<byte> _types = [];

    private BtfEncoder()
    {
    }

    /// <exception cref="ArgumentException">A type does not fit the format.</exception>
    public static byte[] Encode(IReadOnlyCollection<BtfType> types)
    {
        var encoder = new BtfEncoder();
        foreach (BtfType type in types) encoder.Write(type);
        List<byte> blob = encoder.Blob();
        return blob.Count <= BtfLimits.BlobBytes
            ? [.. blob]
            : throw new ArgumentException($"they take {blob.Count} bytes, and the kernel takes {BtfLimits.BlobBytes}", nameof(types));
    }

    private List<byte> Blob()
    {
        var blob = new List<byte>(BtfLimits.HeaderBytes + _types.Count + _names.Bytes);
        Write(blob, BtfLimits.Magic | ((uint)BtfLimits.Version << 16));
        Write(blob, BtfLimits.HeaderBytes);
        Write(blob, 0u); // offsets count from the end of the header
        Write(blob, (uint)_types.Count);
        Write(blob, (uint)_types.Count);
        Write(blob, (uint)_names.Bytes);
        blob.AddRange(_types);
        _names.CopyTo(blob);
        return blob;
    }

    private void Write(BtfType type)
    {
        switch (type)
        {
            case BtfInt i:
                Start(i, i.Bytes);
                Write(((uint)i.Encoding << 24) | ((uint)i.OffsetBits << 16) | i.Bits);
                break;
            case BtfReference r:
                Start(r, r.TypeId, 0, r.IsAttribute);
                break;
            case BtfArray a:
                Start(a, 0);
                Write(a.ElementTypeId, a.IndexTypeId, a.Count);
                break;
            case BtfComposite c:
                Write(c);
                break;
            case BtfEnum e:
                Write(e);
                break;
            case BtfForward f:
                Start(f, 0, 0, f.IsUnion);
                break;
            case BtfFunction f:
                Start(f, f.PrototypeId, (int)f.Linkage);
                break;
            case BtfPrototype p:
                Start(p, p.ReturnTypeId, p.Parameters.Length);
                foreach (BtfParameter parameter in p.Parameters) Write(_names.OffsetOf(parameter.Name), parameter.TypeId);
                break;
            case BtfVariable v:
                Start(v, v.TypeId);
                Write((uint)v.Linkage);
                break;
            case BtfDataSection s:
                Start(s, s.Bytes, s.Entries.Length);
                foreach (BtfSectionEntry entry in s.Entries) Write(entry.TypeId, entry.Offset, entry.Bytes);
                break;
            case BtfFloat f:
                Start(f, f.Bytes);
                break;
            case BtfDeclarationTag t:
                Start(t, t.TypeId, 0, t.IsAttribute);
                Write((uint)t.Component);
                break;
            default:
                throw new ArgumentException($"{type.GetType().Name} is in no blob", nameof(type));
        }
    }

    private void Write(BtfComposite composite)
    {
        bool hasBitFields = composite.Members.Any(member => member.BitFieldBits != 0);
        Start(composite, composite.Bytes, composite.Members.Length, hasBitFields);
        foreach (BtfMember member in composite.Members)
        {
            if (hasBitFields && member.OffsetBits > BtfLimits.BitFieldOffset)
            {
                throw new ArgumentException($"a member at bit {member.OffsetBits} of a type with bit fields", nameof(composite));
            }

            Write(_names.OffsetOf(member.Name), member.TypeId, ((uint)member.BitFieldBits << 24) | member.OffsetBits);
        }
    }

    private void Write(BtfEnum type)
    {
        Start(type, type.Bytes, type.Values.Length, type.IsSigned);
        foreach (BtfEnumerator value in type.Values)
        {
            Write(_names.OffsetOf(value.Name), unchecked((uint)value.Value));
            if (type.Kind == BtfKind.Enum64) Write((uint)(value.Value >>> 32));
        }
    }

    /// <summary>What every type begins with: name, info, and its size or the type that it refers to.</summary>
    private void Start(BtfType type, uint sizeOrType, int elements = 0, bool flag = false)
    {
        if (elements > BtfLimits.Elements)
        {
            throw new ArgumentException($"{elements} elements of a type; {BtfLimits.Elements} fit", nameof(elements));
        }

        Write(_names.OffsetOf(type.Name), (uint)elements | ((uint)type.Kind << 24) | (flag ? 1u << 31 : 0), sizeOrType);
    }

    private void Write(params ReadOnlySpan<uint> words)
    {
        foreach (uint word in words) Write(_types, word);
    }

    private static void Write(List<byte> to, uint word)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, word);
        to.AddRange(bytes);
    }
}
