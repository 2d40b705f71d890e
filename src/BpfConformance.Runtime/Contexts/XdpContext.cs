using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Contexts;

/// <summary>
/// A packet at its driver, as TEST_RUN makes it (net/bpf/test_run.c, 6.18, <c>bpf_prog_test_run_xdp</c>): before it can lie metadata, as
/// long as <c>data</c> of the given context says.
/// </summary>
internal static unsafe class XdpContext
{
    private static readonly ContextField s_data = ContextTables.XdpMd.Field("data");
    private static readonly ContextField s_dataEnd = ContextTables.XdpMd.Field("data_end");
    private static readonly ContextField s_ingress = ContextTables.XdpMd.Field("ingress_ifindex");

    public static void Complete(Machine* m, ContextBytes context)
    {
        uint bytes = m->Regions[Regions.Data].Length;
        m->PacketMetaBytes = Math.Min(context.Word(s_data), bytes);
        context.SetWord(s_data, m->PacketMetaBytes);
        context.SetWord(s_dataEnd, bytes);
        context.SetMissing(s_ingress, Devices.Loopback);
    }
}
