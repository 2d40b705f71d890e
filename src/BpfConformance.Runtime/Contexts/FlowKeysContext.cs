using System.Buffers.Binary;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Contexts;

/// <summary>
/// The keys of a packet's flow, which a program is to find: at first they say where its network header is and which protocol it has, and of the
/// caller only the flags are taken (net/core/flow_dissector.c, 6.18, <c>bpf_flow_dissect</c>; net/bpf/test_run.c,
/// <c>bpf_prog_test_run_flow_dissector</c>).
/// </summary>
internal static unsafe class FlowKeysContext
{
    private static readonly ContextField s_networkOffset = ContextTables.DissectedFlow.Field("nhoff");
    private static readonly ContextField s_transportOffset = ContextTables.DissectedFlow.Field("thoff");
    private static readonly ContextField s_protocol = ContextTables.DissectedFlow.Field("n_proto");
    private static readonly ContextField s_flags = ContextTables.DissectedFlow.Field("flags");

    public static void Open(Machine* m, ReadOnlySpan<byte> packet, ReadOnlySpan<byte> given)
    {
        Region* region = m->Regions + Regions.FlowKeys;
        region->Length = (uint)ContextTables.DissectedFlow.SizeBytes;
        new GuestBytes(region->Base, region->Shadow).Clear((int)region->Length);
        Span<byte> keys = new(region->Base, (int)region->Length);
        Write(keys, s_networkOffset, PacketRules.LinkHeaderBytes);
        Write(keys, s_transportOffset, PacketRules.LinkHeaderBytes);
        if (packet.Length >= PacketRules.LinkHeaderBytes) packet.Slice(PacketHeaders.TypeOffset, s_protocol.SizeBytes).CopyTo(Of(keys, s_protocol));
        if (given.Length >= s_flags.Offset + s_flags.SizeBytes) given.Slice(s_flags.Offset, s_flags.SizeBytes).CopyTo(Of(keys, s_flags));
    }

    /// <summary>The run is over: headers are within the packet, and the transport's is not before the network's, whatever the program says.</summary>
    public static void Close(Machine* m)
    {
        Region* region = m->Regions + Regions.FlowKeys;
        Span<byte> keys = new(region->Base, (int)region->Length);
        int end = (int)m->Regions[Regions.Data].Length;
        int network = Math.Min(Math.Max(Read(keys, s_networkOffset), PacketRules.LinkHeaderBytes), end);
        Write(keys, s_networkOffset, network);
        Write(keys, s_transportOffset, Math.Min(Math.Max(Read(keys, s_transportOffset), network), end));
        if (region->Shadow != null) Spread(new Span<byte>(region->Shadow, s_transportOffset.Offset + s_transportOffset.SizeBytes));
    }

    /// <summary>A byte that is no plain number decides all of its offset, and that of the network header the other.</summary>
    private static void Spread(Span<byte> shadow)
    {
        foreach (ContextField field in (ReadOnlySpan<ContextField>)[s_networkOffset, s_transportOffset])
        {
            if (shadow.Slice(field.Offset, field.SizeBytes).ContainsAnyExcept(ByteShadow.Scalar)) shadow[field.Offset..].Fill(ByteShadow.Volatile);
        }
    }

    private static Span<byte> Of(Span<byte> keys, ContextField field) => keys.Slice(field.Offset, field.SizeBytes);

    private static int Read(Span<byte> keys, ContextField field) => BinaryPrimitives.ReadUInt16LittleEndian(Of(keys, field));

    private static void Write(Span<byte> keys, ContextField field, int value) => BinaryPrimitives.WriteUInt16LittleEndian(Of(keys, field), (ushort)value);
}
