using System.Buffers.Binary;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Engine.Cases;

/// <summary>A field of a context, or an element of one that is an array.</summary>
/// <param name="Name">As files have it: <c>mark</c>, <c>cb[0]</c>; of bytes without a name <c>context[5]</c>.</param>
/// <param name="Offset">Of its first byte.</param>
/// <param name="SizeBytes">How many it has.</param>
public readonly record struct ContextPlace(string Name, int Offset, int SizeBytes)
{
    /// <summary>What a byte of a context belongs to. Where fields share it, numbers come first: of pointers nothing is stated.</summary>
    /// <param name="layout">Of the context; <c>null</c>: not known.</param>
    /// <param name="offset">Of the byte.</param>
    public static ContextPlace At(ContextLayout? layout, int offset)
    {
        ContextField? field = layout?.Fields
            .Where(each => each.HasName && offset >= each.Offset && offset < each.Offset + each.SizeBytes)
            .OrderBy(each => each.Value == ContextValue.Number ? 0 : 1)
            .FirstOrDefault();
        return field is null ? new ContextPlace($"context[{offset}]", offset, 1)
            : field.IsArray ? Of(field, (offset - field.FirstElement) / field.ElementBytes)
            : Of(field);
    }

    /// <summary>Whether the kernel has a word for it.</summary>
    public bool IsNamed { get; private init; }

    /// <summary>What a context has there, as a file would state it.</summary>
    public string ValueIn(ReadOnlySpan<byte> context)
    {
        ReadOnlySpan<byte> bytes = context.Slice(Offset, SizeBytes);
        if (SizeBytes > sizeof(ulong)) return $"hex {Convert.ToHexStringLower(bytes)}";
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        number.Clear();
        bytes.CopyTo(number);
        return $"0x{BinaryPrimitives.ReadUInt64LittleEndian(number):x}";
    }

    /// <summary>All of a field.</summary>
    public static ContextPlace Of(ContextField field) => new(field.Name, field.Offset, field.SizeBytes) { IsNamed = true };

    /// <summary>An element of an array.</summary>
    public static ContextPlace Of(ContextField field, int index) =>
        new($"{field.Name}[{index}]", field.FirstElement + (index * field.ElementBytes), field.ElementBytes) { IsNamed = true };
}
