using System.Buffers.Binary;
using System.Collections.Immutable;
using BpfConformance.Abi;

namespace BpfConformance.Loading.Btf;

/// <summary>BTF that was read: types that are well formed, name only what exists, and do not contain themselves.</summary>
public sealed class BtfBlob
{
    private readonly uint?[] _bytes;

    private BtfBlob(ImmutableArray<BtfType> types, uint?[] bytes) => (Types, _bytes) = (types, bytes);

    /// <summary>By id; the first is <c>void</c>.</summary>
    public ImmutableArray<BtfType> Types { get; }

    /// <summary>The size of a type; <c>null</c>: it has none, as <c>void</c>, functions and declarations.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such id.</exception>
    public uint? BytesOf(uint id) => _bytes[id];

    /// <summary>
    /// Reads a little-endian blob, of a program, an object file or /sys/kernel/btf. It is a little more patient than the
    /// kernel: names are any UTF-8, sections of variables may still be without offsets.
    /// </summary>
    /// <param name="bytes">The blob.</param>
    /// <param name="source">Its file, for messages.</param>
    /// <exception cref="BpfFormatException">It is malformed, or larger than the kernel takes.</exception>
    public static BtfBlob Parse(ReadOnlySpan<byte> bytes, string? source = null)
    {
        var origin = new BtfSource(source);
        int headerBytes = Header(bytes, origin);
        ReadOnlySpan<byte> typeSection = Section(bytes, headerBytes, 8, "types", origin);
        if (Word(bytes, 8) % sizeof(uint) != 0 || typeSection.Length % sizeof(uint) != 0) throw origin.Error("types that are not aligned");

        var names = new BtfNames(Section(bytes, headerBytes, 16, "strings", origin), origin);
        ImmutableArray<BtfType> types = new BtfReader(typeSection, names, origin).ReadAll();
        return new BtfBlob(types, BtfResolver.Sizes(types, origin));
    }

    private static int Header(ReadOnlySpan<byte> bytes, BtfSource source)
    {
        if (bytes.Length > BtfLimits.BlobBytes) throw source.Error($"{bytes.Length} bytes; the kernel takes {BtfLimits.BlobBytes}");
        if (bytes.Length < BtfLimits.HeaderBytes) throw source.Error($"{bytes.Length} bytes; its header has {BtfLimits.HeaderBytes}");

        ushort magic = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        if (magic == BinaryPrimitives.ReverseEndianness(BtfLimits.Magic)) throw source.Error("it is big endian");
        if (magic != BtfLimits.Magic) throw source.Error($"it begins with 0x{magic:x4}, expected 0x{BtfLimits.Magic:x4}");
        if (bytes[2] != BtfLimits.Version) throw source.Error($"version {bytes[2]}, expected {BtfLimits.Version}");
        if (bytes[3] != 0) throw source.Error($"flags 0x{bytes[3]:x2}, expected none");

        uint headerBytes = Word(bytes, 4);
        if (headerBytes < BtfLimits.HeaderBytes || headerBytes > (uint)bytes.Length) throw source.Error($"a header of {headerBytes} bytes");
        // What a later version puts into a longer header may change the meaning of the rest.
        if (bytes[BtfLimits.HeaderBytes..(int)headerBytes].ContainsAnyExcept((byte)0)) throw source.Error("a header with unknown fields");
        return (int)headerBytes;
    }

    /// <summary>A section whose offset from the end of the header stands at a position of the header, and its length after that.</summary>
    private static ReadOnlySpan<byte> Section(ReadOnlySpan<byte> bytes, int headerBytes, int position, string what, BtfSource source)
    {
        (uint offset, uint length) = (Word(bytes, position), Word(bytes, position + sizeof(uint)));
        ReadOnlySpan<byte> body = bytes[headerBytes..];
        return (ulong)offset + length <= (ulong)body.Length
            ? body.Slice((int)offset, (int)length)
            : throw source.Error($"{length} bytes of {what} at {offset} of {body.Length}");
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int position) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[position..]);
}
