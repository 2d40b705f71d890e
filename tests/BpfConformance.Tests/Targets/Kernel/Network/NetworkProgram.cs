using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;

namespace BpfConformance.Tests.Targets.Kernel.Network;

/// <summary>Random programs of a hook of the network. What one sees goes into r8, and from there into its map and its result; r6 is the context.</summary>
/// <param name="random">Chance.</param>
/// <param name="choices">What holds for the whole case.</param>
/// <param name="sockets">What they do with sockets.</param>
internal sealed class NetworkProgram(Random random, NetworkChoices choices, SocketSnippets sockets)
{
    private readonly PacketSnippets _packet = new(random, choices);
    private readonly RedirectSnippets _redirects = new(random, choices);

    /// <summary>The sections of one.</summary>
    public IEnumerable<string> Lines(string name, NetworkHook hook)
    {
        (ProgramType type, string? attach, ContextView view) = KindOf(hook);
        string suffix = name == "main" ? string.Empty : $" {name}";
        return
        [
            $"-- type{suffix}", Vocabulary.ProgramTypes[type],
            .. attach is null ? (string[])[] : [$"-- attach{suffix}", attach],
            $"-- asm{suffix}", "r6 = r1", $"r7 = map_val(map_by_fd(seen_{name})) ll", $"r8 = {random.Next()}",
            .. Enumerable.Range(0, random.Next(1, 7)).SelectMany(_ => Action(hook, view)),
            .. Choice(hook),
            "*(u64 *)(r7 + 0) = r8",
            .. End(hook),
        ];
    }

    private static (ProgramType Type, string? Attach, ContextView View) KindOf(NetworkHook hook) => hook switch
    {
        NetworkHook.Xdp => (ProgramType.Xdp, null, ContextTables.XdpMd["xdp"]),
        NetworkHook.TcIngress => (ProgramType.SchedCls, "tcx_ingress", ContextTables.SkBuff["tc"]),
        NetworkHook.TcEgress => (ProgramType.SchedCls, "tcx_egress", ContextTables.SkBuff["tc"]),
        NetworkHook.GroupIngress => (ProgramType.CgroupSkb, "cgroup_inet_ingress", ContextTables.SkBuff["cgroup_skb"]),
        NetworkHook.GroupEgress => (ProgramType.CgroupSkb, "cgroup_inet_egress", ContextTables.SkBuff["cgroup_skb"]),
        NetworkHook.SocketFilter => (ProgramType.SocketFilter, null, ContextTables.SkBuff["socket_filter"]),
        NetworkHook.SocketLookup => (ProgramType.SkLookup, "sk_lookup", ContextTables.SkLookup["sk_lookup"]),
        NetworkHook.PortGroup => (ProgramType.SkReuseport, null, ContextTables.SkReuseport["sk_reuseport"]),
        NetworkHook.RouteIn => (ProgramType.LwtIn, null, ContextTables.SkBuff["lwt"]),
        NetworkHook.RouteOut => (ProgramType.LwtOut, null, ContextTables.SkBuff["lwt"]),
        NetworkHook.RouteTransmit => (ProgramType.LwtXmit, null, ContextTables.SkBuff["lwt"]),
        NetworkHook.SocketOperations => (ProgramType.SockOps, null, ContextTables.SockOps["sock_ops"]),
    };

    private string[] Choice(NetworkHook hook) => hook switch
    {
        NetworkHook.SocketLookup => sockets.Choose(),
        NetworkHook.PortGroup => sockets.Select(),
        _ => [],
    };

    private string[] Action(NetworkHook hook, ContextView view)
    {
        bool isAtTc = hook is NetworkHook.TcIngress or NetworkHook.TcEgress;
        return random.Next(5) switch
        {
            0 => _packet.StoreField(view),
            1 when hook is not (NetworkHook.SocketFilter or NetworkHook.SocketLookup) => _packet.Touch(hook),
            2 or 3 when choices.MetaBytes > 0 && (hook == NetworkHook.Xdp || isAtTc) && random.Next(2) == 0 => _packet.TouchMeta(hook == NetworkHook.Xdp),
            2 when hook == NetworkHook.Xdp && random.Next(3) == 0 => _packet.MoveFrame(),
            2 when isAtTc && !choices.ChangesTags && random.Next(3) == 0 => _packet.ChangeTail(),
            2 when isAtTc && choices is { ChangesTags: true, MetaBytes: 0 } && random.Next(3) == 0 => _packet.ChangeTag(),
            2 when isAtTc && random.Next(4) == 0 => _redirects.Copies(),
            3 when choices.LooksUp && hook is not (NetworkHook.SocketFilter or NetworkHook.SocketLookup or NetworkHook.PortGroup) && !hook.IsOfRoute() =>
                sockets.Lookup(mayAssign: hook == NetworkHook.TcIngress || (hook == NetworkHook.TcEgress && random.Next(3) == 0)),
            3 when hook == NetworkHook.SocketLookup => sockets.Choose(),
            _ => _packet.LoadField(view),
        };
    }

    private string[] End(NetworkHook hook) => hook switch
    {
        NetworkHook.Xdp when random.Next(4) == 0 => _redirects.FromXdp(),
        NetworkHook.TcIngress or NetworkHook.TcEgress when random.Next(4) == 0 => _redirects.FromTc(),
        NetworkHook.RouteTransmit when random.Next(3) == 0 => _redirects.FromRoute(),
        NetworkHook.SocketFilter => [$"r0 = {Pick(0, 8, 9, 12, 13, 14, 0xffff, -1)}", "exit"],
        NetworkHook.PortGroup => [$"r0 = {Pick(1, 1, 1, 1, 0, 2)}", "if r9 == 0 goto +1", "r0 = 0", "exit"], // else a hash would choose
        _ => Return(Results(hook)),
    };

    private string[] Return(int[] results) => [$"r0 = {Pick(results)}", $"if r8 & {1 << random.Next(4)} goto +1", $"r0 = {Pick(results)}", "exit"];

    private static int[] Results(NetworkHook hook) => hook switch
    {
        NetworkHook.Xdp => [2, 2, 2, 3, 1, 0, 9],
        NetworkHook.TcIngress or NetworkHook.TcEgress => [0, 0, -1, -1, 2, 4, 1, 100],
        NetworkHook.GroupEgress => [1, 1, 1, 0, 3, 2],
        NetworkHook.RouteIn => [0, 0, 0, 7, 2, 1],
        NetworkHook.RouteOut => [0, 0, 0, 7, 128, 2, 1],
        NetworkHook.RouteTransmit => [0, 0, 0, 0, 7, 2, 1],
        NetworkHook.GroupIngress or NetworkHook.SocketFilter or NetworkHook.SocketLookup or NetworkHook.PortGroup or NetworkHook.SocketOperations => [1, 1, 1, 0],
    };

    private T Pick<T>(params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];
}
