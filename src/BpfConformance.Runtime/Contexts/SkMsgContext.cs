using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Contexts;

/// <summary>What one side of the connection sends (net/core/filter.c, 6.18, <c>sk_msg_convert_ctx_access</c>).</summary>
internal static unsafe class SkMsgContext
{
    private static readonly ContextField s_size = Field("size");

    public static void Complete(Machine* m, NetworkPlace socket)
    {
        Follow(m);
        var context = new ContextBytes(m->Regions + Regions.Context);
        StreamAddresses.Put(context, ContextTables.SkMsg, socket);
        StreamAddresses.ShowSocket(m->Regions + Regions.Socket, socket);
    }

    /// <summary>The message was made longer or shorter.</summary>
    public static void Follow(Machine* m) => new ContextBytes(m->Regions + Regions.Context).SetWord(s_size, m->Message.Length);

    private static ContextField Field(string name) => ContextTables.SkMsg.Field(name);
}
