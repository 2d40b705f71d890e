using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;

namespace BpfConformance.Targets.Plugin.Protocol;

/// <summary>Builds one frame after the other in a buffer that is used again.</summary>
public sealed class FrameWriter
{
    private byte[] _bytes = new byte[1 << 12];
    private int _count;

    /// <summary>The whole frame, when it has been ended.</summary>
    public ReadOnlyMemory<byte> Frame => _bytes.AsMemory(0, _count);

    /// <summary>Drops what there is, and begins a frame.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="request">The number of the request that it is, or answers.</param>
    public void Begin(FrameKind kind, uint request)
    {
        _count = 0;
        U32(0);
        U32(request);
        U8((byte)kind);
    }

    /// <summary>Fills in the length.</summary>
    public void End()
    {
        if (_count - PluginProtocol.HeaderBytes > PluginProtocol.MaxBodyBytes) throw new UnreachableException("a frame is too long");
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes, (uint)(_count - sizeof(uint)));
    }

    public void U8(byte value) => Room(sizeof(byte))[0] = value;

    public void U16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Room(sizeof(ushort)), value);

    public void U32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Room(sizeof(uint)), value);

    public void U64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Room(sizeof(ulong)), value);

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Room(bytes.Length));

    /// <summary>What is too long for a text loses its end.</summary>
    public void Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        int length = Math.Min(bytes.Length, ushort.MaxValue);
        while (length < bytes.Length && length > 0 && (bytes[length] & 0xc0) == 0x80) length--; // not within a character
        U16((ushort)length);
        Bytes(bytes.AsSpan(0, length));
    }

    /// <summary>Bytes for a length that is known later.</summary>
    public int BeginCounted()
    {
        U32(0);
        return _count;
    }

    /// <summary>Says how much came since <see cref="BeginCounted"/>.</summary>
    public void EndCounted(int start) =>
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(start - sizeof(uint)), (uint)(_count - start));

    private Span<byte> Room(int count)
    {
        if (_bytes.Length - _count < count) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _count + count));
        _count += count;
        return _bytes.AsSpan(_count - count, count);
    }
}
