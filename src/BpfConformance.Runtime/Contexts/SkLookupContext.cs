using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Runtime.Contexts;

/// <summary>
/// A lookup of a socket: of the family only the addresses that it has are there, and family, protocol and the remote port have 16 bits
/// (net/core/filter.c, 6.18, <c>sk_lookup_convert_ctx_access</c>).
/// </summary>
internal static class SkLookupContext
{
    private static readonly ContextField s_family = ContextTables.SkLookup.Field("family");
    private static readonly ContextField[] s_halves = Fields("family", "protocol", "(remote_port and 0)");
    private static readonly ContextField[] s_ofIp4 = Fields("remote_ip4", "local_ip4");
    private static readonly ContextField[] s_ofIp6 = Fields("remote_ip6", "local_ip6");

    public static void Complete(ContextBytes context)
    {
        foreach (ContextField half in s_halves) context.SetWord(half, (ushort)context.Word(half));
        foreach (ContextField other in context.Word(s_family) == AddressFamilies.InterNetwork6 ? s_ofIp4 : s_ofIp6) context[other].Clear();
    }

    private static ContextField[] Fields(params ReadOnlySpan<string> names)
    {
        var fields = new ContextField[names.Length];
        for (int i = 0; i < names.Length; i++) fields[i] = ContextTables.SkLookup.Field(names[i]);
        return fields;
    }
}
