using System.Buffers.Binary;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Contexts;

/// <summary>The bytes of a region that has fields, for who fills them.</summary>
internal readonly unsafe ref struct ContextBytes(Region* region)
{
    public Span<byte> All { get; } = new(region->Base, (int)region->FieldBytes);

    /// <summary>Those of one field.</summary>
    public Span<byte> this[ContextField field] => All.Slice(field.Offset, field.SizeBytes);

    /// <summary>A field of four bytes, as a program loads it.</summary>
    public uint Word(ContextField field) => BinaryPrimitives.ReadUInt32LittleEndian(this[field]);

    public void SetWord(ContextField field, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(this[field], value);

    /// <summary>The same where nothing was given.</summary>
    public void SetMissing(ContextField field, uint value)
    {
        if (Word(field) == 0) SetWord(field, value);
    }

    /// <summary>The same of bytes.</summary>
    public void SetMissing(ContextField field, ReadOnlySpan<byte> bytes)
    {
        if (!this[field].ContainsAnyExcept((byte)0)) bytes.CopyTo(this[field]);
    }
}
