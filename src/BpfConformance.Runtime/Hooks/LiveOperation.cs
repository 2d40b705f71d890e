using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Hooks;

/// <summary>Something that happens to a socket of TCP while a connection is made, as programs of the group see it (include/linux/filter.h, 6.18, <c>struct bpf_sock_ops_kern</c>).</summary>
/// <param name="operation">What: uapi linux/bpf.h, BPF_SOCK_OPS_*.</param>
/// <param name="socket">The socket; of one that listens the server's.</param>
/// <param name="state">In which state it is.</param>
internal sealed unsafe class LiveOperation(SocketOperation operation, HostSocket socket, uint state) : ILiveData
{
    private static readonly ContextField[] s_known =
        [.. new[] { "op", "reply", "args", "replylong", "family", "remote_ip4", "local_ip4", "remote_ip6", "local_ip6", "remote_port", "local_port", "is_fullsock", "bpf_sock_ops_cb_flags", "state" }
            .Select(ContextTables.SockOps.Field)];

    private static readonly nint s_sock = (nint)ContextTable.Of(ContextTables.Sock["sock"]);

    public int HiddenBytes => 0;

    /// <summary>What the last program has replied.</summary>
    public uint Reply { get; set; }

    /// <summary>Whether it is a socket, and no request for one.</summary>
    private bool IsFull => state != SocketStates.NewRequest;

    public void Show(Machine* m, bool isSkBuff)
    {
        Region* region = m->Regions + Regions.Context;
        var context = new ContextBytes(region);
        StreamAddresses.Put(context, ContextTables.SockOps, socket.Place);
        if (state == SocketStates.Listening) Clear(context, "remote_ip4", "remote_port");
        context.SetWord(Field("op"), (uint)operation);
        context.SetWord(Field("reply"), Reply);
        context.SetWord(Field("is_fullsock"), IsFull ? 1u : 0u);
        context.SetWord(Field("state"), state);
        context.SetWord(Field("bpf_sock_ops_cb_flags"), IsFull ? socket.CallbackFlags : 0);
        if (region->Shadow != null)
        {
            new Span<byte>(region->Shadow, (int)region->FieldBytes).Fill(ByteShadow.Volatile);
            foreach (ContextField field in s_known) new Span<byte>(region->Shadow + field.Offset, field.SizeBytes).Fill(ByteShadow.Scalar);
        }

        if (IsFull) ShowSocket(m->Regions + Regions.Socket);
    }

    /// <summary>Takes over what a program has left of it.</summary>
    public void Follow(Machine* m)
    {
        var context = new ContextBytes(m->Regions + Regions.Context);
        Reply = context.Word(Field("reply"));
        if (IsFull) socket.CallbackFlags = context.Word(Field("bpf_sock_ops_cb_flags"));
    }

    private void ShowSocket(Region* region)
    {
        region->OpenFields((ContextTable*)s_sock, ContextTables.Sock.SizeBytes);
        StreamAddresses.ShowSocket(region, socket.Place);
        var bytes = new ContextBytes(region);
        bytes.SetWord(ContextTables.Sock.Field("state"), state);
        if (state != SocketStates.Listening) return;
        bytes[ContextTables.Sock.Field("dst_ip4")].Clear();
        bytes[ContextTables.Sock.Field("dst_port")].Clear();
    }

    private static void Clear(ContextBytes context, params ReadOnlySpan<string> fields)
    {
        foreach (string field in fields) context[Field(field)].Clear();
    }

    private static ContextField Field(string name) => ContextTables.SockOps.Field(name);
}
