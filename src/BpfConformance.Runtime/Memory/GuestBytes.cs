using System.Runtime.CompilerServices;

namespace BpfConformance.Runtime.Memory;

/// <summary>Where bytes are that a program or a map has, and what a sanitised run knows of them.</summary>
/// <param name="data">The first byte.</param>
/// <param name="shadow">One <see cref="ByteShadow"/> for each; <c>null</c>: nothing is tracked, and all are plain numbers.</param>
public readonly unsafe struct GuestBytes(byte* data, byte* shadow)
{
    public byte* Data { get; } = data;

    public byte* Shadow { get; } = shadow;

    public bool IsNull => Data == null;

    /// <summary>Those behind the first so many.</summary>
    public GuestBytes From(int offset) => new(Data + offset, Shadow == null ? null : Shadow + offset);

    public ReadOnlySpan<byte> AsSpan(int count) => new(Data, count);

    /// <summary>Copies bytes, and what is known of them; a pointer becomes a number that differs between machines.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CopyTo(GuestBytes target, int count)
    {
        Buffer.MemoryCopy(Data, target.Data, count, count);
        if (target.Shadow != null) CopyShadow(target.Shadow, count);
    }

    /// <summary>Copies them to another place in the same region, where each stays what it is.</summary>
    public void MoveTo(GuestBytes target, uint count)
    {
        Buffer.MemoryCopy(Data, target.Data, count, count);
        if (Shadow != null) Buffer.MemoryCopy(Shadow, target.Shadow, count, count);
    }

    /// <summary>Makes all of the bytes plain zeros.</summary>
    public void Clear(int count)
    {
        new Span<byte>(Data, count).Clear();
        if (Shadow != null) new Span<byte>(Shadow, count).Fill(ByteShadow.Scalar);
    }

    private void CopyShadow(byte* target, int count)
    {
        if (Shadow == null)
        {
            new Span<byte>(target, count).Fill(ByteShadow.Scalar);
            return;
        }

        Buffer.MemoryCopy(Shadow, target, count, count);
        new Span<byte>(target, count).Replace(ByteShadow.Pointer, ByteShadow.Volatile);
    }
}
