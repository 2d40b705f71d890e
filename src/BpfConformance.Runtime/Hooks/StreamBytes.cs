using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Hooks;

/// <summary>Bytes on their way through a stream.</summary>
/// <param name="Data">The bytes.</param>
/// <param name="Shadow">One <see cref="ByteShadow"/> for each.</param>
internal readonly record struct StreamBytes(ReadOnlyMemory<byte> Data, ReadOnlyMemory<byte> Shadow)
{
    public int Length => Data.Length;

    /// <summary>What user space sends.</summary>
    public static StreamBytes Plain(ReadOnlySpan<byte> data)
    {
        byte[] shadow = new byte[data.Length];
        shadow.AsSpan().Fill(ByteShadow.Scalar);
        return new(data.ToArray(), shadow);
    }

    /// <summary>Some of them.</summary>
    public StreamBytes Slice(int start, int length) => new(Data.Slice(start, length), Shadow.Slice(start, length));

    public StreamBytes From(int start) => Slice(start, Length - start);

    /// <summary>All of them, one behind the other.</summary>
    public static StreamBytes Join(IReadOnlyList<StreamBytes> parts) => parts.Count == 1
        ? parts[0]
        : new(parts.SelectMany(part => part.Data.ToArray()).ToArray(), parts.SelectMany(part => part.Shadow.ToArray()).ToArray());
}
