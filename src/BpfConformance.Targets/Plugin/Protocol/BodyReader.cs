using System.Buffers.Binary;
using System.Text;
using BpfConformance.Abi;
using BpfConformance.Targets.Processes;

namespace BpfConformance.Targets.Plugin.Protocol;

/// <summary>Reads the fields of a frame's body in order. Whatever stands there, it reads nothing that is not, and allocates no more than is.</summary>
public ref struct BodyReader(ReadOnlySpan<byte> body)
{
    private readonly ReadOnlySpan<byte> _body = body;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    public readonly int Left => _body.Length - Position;

    public byte U8(string what) => Bytes(sizeof(byte), what)[0];

    public ushort U16(string what) => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(sizeof(ushort), what));

    public uint U32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(sizeof(uint), what));

    public ulong U64(string what) => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(sizeof(ulong), what));

    /// <summary>A length in two bytes, then UTF-8. What is none becomes U+FFFD, and what would change a terminal, a space.</summary>
    public string Text(string what) => PlainText.Of(Encoding.UTF8.GetString(Bytes(U16(what), what)));

    /// <summary>A slot; <c>null</c>: not known, or none that there can be.</summary>
    public int? Pc(string what)
    {
        uint pc = U32(what);
        return pc <= int.MaxValue ? (int)pc : null;
    }

    /// <summary>Whether nothing is left.</summary>
    public readonly bool IsAtEnd => Left == 0;

    /// <summary>A number in four bytes, at most <paramref name="most"/>.</summary>
    public int Count(int most, string what)
    {
        uint count = U32(what);
        return count <= (uint)most ? (int)count : throw Error($"{what} is {count}, expected at most {most}");
    }

    public ReadOnlySpan<byte> Bytes(int count, string what)
    {
        if (count > Left) throw Error($"{what} needs {count} bytes, and {Left} are left");
        ReadOnlySpan<byte> bytes = _body.Slice(Position, count);
        Position += count;
        return bytes;
    }

    public readonly BpfFormatException Error(string problem) => new(null, 0, 0, $"byte {Position} of the body: {problem}");
}
