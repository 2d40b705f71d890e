using System.Buffers.Binary;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Targets.Kernel.Events;

/// <summary>What a hook is to hand over: the context that the case gives, and then what the event has beside.</summary>
/// <param name="hook">What the program is attached to.</param>
/// <param name="context">As long as its structure.</param>
/// <param name="data">What the context points to, where it does.</param>
internal readonly ref struct WantedContext(AttachType hook, Span<byte> context, ReadOnlySpan<byte> data)
{
    public AttachType Hook { get; } = hook;

    public Span<byte> All { get; } = context;

    public ReadOnlySpan<byte> Data { get; } = data;

    /// <summary>The bytes of a field, in the order of memory: addresses and ports in network order.</summary>
    public Span<byte> this[ContextField field] => All.Slice(field.Offset, field.SizeBytes);

    /// <summary>A field of four bytes, as a program loads it.</summary>
    public int Number(ContextField field) => BinaryPrimitives.ReadInt32LittleEndian(this[field]);

    public void Set(ContextField field, int value) => BinaryPrimitives.WriteInt32LittleEndian(this[field], value);

    /// <summary>The same where the case gives nothing.</summary>
    public void SetMissing(ContextField field, int value)
    {
        if (Number(field) == 0) Set(field, value);
    }
}
