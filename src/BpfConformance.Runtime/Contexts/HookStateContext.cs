using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Contexts;

/// <summary>
/// The state of a netfilter hook: its number and its protocol are what the caller says, or those of an IPv4 packet that is sent here
/// (net/bpf/test_run.c, 6.18, <c>bpf_prog_test_run_nf</c>).
/// </summary>
internal static unsafe class HookStateContext
{
    private const byte LocalOut = 3; // NF_INET_LOCAL_OUT of include/uapi/linux/netfilter.h
    private const byte Ip4 = 2; // NFPROTO_IPV4

    private static readonly nint s_table = (nint)ContextTable.Of(ContextTables.NfHookState["netfilter"]);
    private static readonly ContextField s_hook = ContextTables.NfHookState.Field("hook");
    private static readonly ContextField s_protocol = ContextTables.NfHookState.Field("pf");

    public static void Open(Machine* m, ReadOnlySpan<byte> given)
    {
        Region* region = m->Regions + Regions.HookState;
        region->OpenFields((ContextTable*)s_table, ContextTables.NfHookState.SizeBytes);
        var state = new ContextBytes(region);
        given[..Math.Min(given.Length, state.All.Length)].CopyTo(state.All);
        if (given.IsEmpty) (state[s_hook][0], state[s_protocol][0]) = (LocalOut, Ip4);
    }
}
