using System.Buffers.Binary;
using BpfConformance.Abi;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Contexts;

/// <summary>
/// A lookup of a socket: of the family only the addresses that it has are there, and family, protocol and the remote port have 16 bits
/// (net/core/filter.c, 6.18, <c>sk_lookup_convert_ctx_access</c>).
/// </summary>
internal static unsafe class SkLookupContext
{
    private static readonly ContextField s_family = ContextTables.SkLookup.Field("family");
    private static readonly ContextField s_localPort = ContextTables.SkLookup.Field("local_port");
    private static readonly ContextField s_device = ContextTables.SkLookup.Field("ingress_ifindex");
    private static readonly ContextField[] s_halves = Fields("family", "protocol", "(remote_port and 0)");
    private static readonly ContextField[] s_ofIp4 = Fields("remote_ip4", "local_ip4");
    private static readonly ContextField[] s_ofIp6 = Fields("remote_ip6", "local_ip6");

    public static void Complete(ContextBytes context)
    {
        foreach (ContextField half in s_halves) context.SetWord(half, (ushort)context.Word(half));
        foreach (ContextField other in context.Word(s_family) == AddressFamilies.InterNetwork6 ? s_ofIp4 : s_ofIp6) context[other].Clear();
    }

    /// <summary>Of a datagram that has arrived.</summary>
    /// <param name="context">Gets what the program is given of it.</param>
    /// <param name="packet">From its IPv4 header on, which has no options.</param>
    /// <param name="device">Where, by its ifindex.</param>
    public static void Fill(Span<byte> context, ReadOnlySpan<byte> packet, uint device)
    {
        context.Clear();
        ReadOnlySpan<byte> ports = packet[DatagramLayout.Ip4Bytes..];
        BitConverter.TryWriteBytes(context[s_family.Offset..], AddressFamilies.InterNetwork);
        BitConverter.TryWriteBytes(context[s_halves[1].Offset..], SocketTypes.Udp);
        packet[12..16].CopyTo(context[s_ofIp4[0].Offset..]);
        packet[16..20].CopyTo(context[s_ofIp4[1].Offset..]);
        ports[..sizeof(ushort)].CopyTo(context[s_halves[2].Offset..]);
        BitConverter.TryWriteBytes(context[s_localPort.Offset..], (uint)BinaryPrimitives.ReadUInt16BigEndian(ports[sizeof(ushort)..]));
        BitConverter.TryWriteBytes(context[s_device.Offset..], device);
    }

    /// <summary>Why a socket of the host is none for what is looked for: one with a peer never is.</summary>
    public static Errno WhyNot(Machine* m, NetworkPlace socket)
    {
        if (socket.IsStream()) return Errno.ESOCKTNOSUPPORT;
        var context = new ContextBytes(m->Regions + Regions.Context);
        return context.Word(s_halves[1]) != SocketTypes.Udp ? Errno.EPROTOTYPE
            : context.Word(s_family) != AddressFamilies.InterNetwork ? Errno.EAFNOSUPPORT
            : Errno.None;
    }

    private static ContextField[] Fields(params ReadOnlySpan<string> names)
    {
        var fields = new ContextField[names.Length];
        for (int i = 0; i < names.Length; i++) fields[i] = ContextTables.SkLookup.Field(names[i]);
        return fields;
    }
}
