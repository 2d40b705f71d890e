using static BpfConformance.Abi.Programs.ContextValue;

namespace BpfConformance.Abi.Programs;

public static partial class ContextTables
{
    /// <summary>
    /// A packet on its way through the network stack; "tc" is also netkit. Of cgroup_skb, data, data_end and the writing of tstamp
    /// take CAP_BPF. Three fields are stored in 16 bits, and a queue of no number is ignored (net/core/filter.c, 6.18,
    /// <c>bpf_convert_ctx_access</c>).
    /// </summary>
    public static ContextLayout SkBuff { get; } = new("__sk_buff", 192,
        ["socket_filter", "tc", "cgroup_skb", "lwt", "sk_skb", "flow_dissector"],
    [
        //                                                                  sf  tc  cg  lw  sk  fd
        new("len",               0,  4, Parts,  Never,  Number,             Ro, Ro, Ro, Ro, Ro, No),
        new("pkt_type",          4,  4, Parts,  Never,  Number,             Ro, Ro, Ro, Ro, Ro, No),
        new("mark",              8,  4, Parts,  Word,   Number,             Ro, Rw, Rw, Rw, No, No),
        new("queue_mapping",    12,  4, Parts,  Word,   Number,             Ro, Rw, Ro, Ro, Ro, No) { KeptBytes = 2, IgnoredFrom = 0xffff },
        new("protocol",         16,  4, Parts,  Never,  Number,             Ro, Ro, Ro, Ro, Ro, No),
        new("vlan_present",     20,  4, Parts,  Never,  Number,             Ro, Ro, Ro, Ro, Ro, No),
        new("vlan_tci",         24,  4, Parts,  Never,  Number,             Ro, Ro, Ro, Ro, Ro, No),
        new("vlan_proto",       28,  4, Parts,  Never,  Number,             Ro, Ro, Ro, Ro, Ro, No),
        new("priority",         32,  4, Parts,  Word,   Number,             Ro, Rw, Rw, Rw, Rw, No),
        new("ingress_ifindex",  36,  4, Parts,  Never,  Number,             Ro, Ro, Ro, Ro, Ro, No),
        new("ifindex",          40,  4, Parts,  Never,  Number,             Ro, Ro, Ro, Ro, Ro, No),
        new("tc_index",         44,  4, Parts,  Word,   Number,             Ro, Rw, Ro, Ro, Rw, No) { KeptBytes = 2 },
        new("cb",               48, 20, All,    All,    Number,             Rw, Rw, Rw, Rw, Ro, No) { ElementBytes = 4 },
        new("hash",             68,  4, Parts,  Never,  Number,             Ro, Ro, Ro, Ro, Ro, No),
        new("tc_classid",       72,  4, Parts,  Word,   Number,             No, Rw, No, No, No, No) { KeptBytes = 2 },
        new("data",             76,  4, Word,   Never,  PacketData,         No, Ro, Ro, Ro, Ro, Ro),
        new("data_end",         80,  4, Word,   Never,  PacketEnd,          No, Ro, Ro, Ro, Ro, Ro),
        new("napi_id",          84,  4, Parts,  Never,  Number,             Ro, Ro, Ro, Ro, Ro, No),
        new("family",           88,  4, Parts,  Never,  Number,             No, No, Ro, No, Ro, No),
        new("remote_ip4",       92,  4, Word,   Never,  Number,             No, No, Ro, No, Ro, No),
        new("local_ip4",        96,  4, Word,   Never,  Number,             No, No, Ro, No, Ro, No),
        new("remote_ip6",      100, 16, Word,   Never,  Number,             No, No, Ro, No, Ro, No) { ElementBytes = 4 },
        new("local_ip6",       116, 16, Word,   Never,  Number,             No, No, Ro, No, Ro, No) { ElementBytes = 4 },
        new("remote_port",     132,  4, Parts,  Never,  Number,             No, No, Ro, No, Ro, No),
        new("local_port",      136,  4, Parts,  Never,  Number,             No, No, Ro, No, Ro, No),
        new("data_meta",       140,  4, Word,   Never,  PacketMeta,         No, Ro, No, No, No, No),
        new("flow_keys",       144,  8, Double, Never,  FlowKeys,           No, No, No, No, No, Ro),
        new("tstamp",          152,  8, Double, Double, Number,             No, Rw, Rw, No, No, No),
        new("wire_len",        160,  4, Parts,  Never,  Number,             No, Ro, No, No, No, No),
        new("gso_segs",        164,  4, Parts,  Never,  Number,             Ro, Ro, Ro, Ro, Ro, No),
        new("sk",              168,  8, Double, Never,  SocketCommonOrNull, Ro, Ro, Ro, Ro, Ro, No),
        new("gso_size",        176,  4, Parts,  Never,  Number,             Ro, Ro, Ro, Ro, Ro, No),
        new("tstamp_type",     180,  1, Byte,   Never,  Number,             No, Ro, No, No, No, No),
        new("hwtstamp",        184,  8, Double, Never,  Number,             No, Ro, Ro, No, No, No),
    ]);

    /// <summary>A packet as its driver received it; "xdp_devmap" sees it on its way out.</summary>
    public static ContextLayout XdpMd { get; } = new("xdp_md", 24, ["xdp", "xdp_devmap"],
    [
        //                                                     x   dm
        new("data",             0, 4, Word, Never, PacketData, Ro, Ro),
        new("data_end",         4, 4, Word, Never, PacketEnd,  Ro, Ro),
        new("data_meta",        8, 4, Word, Never, PacketMeta, Ro, Ro),
        new("ingress_ifindex", 12, 4, Word, Never, Number,     Ro, Ro),
        new("rx_queue_index",  16, 4, Word, Never, Number,     Ro, Ro),
        new("egress_ifindex",  20, 4, Word, Never, Number,     No, Ro),
    ]);

    /// <summary>A packet at a netfilter hook (include/net/netfilter/nf_bpf_link.h, 6.18).</summary>
    public static ContextLayout NfContext { get; } = new("bpf_nf_ctx", 16, ["netfilter"],
    [
        new("state", 0, 8, Double, Never, HookState,    Ro),
        new("skb",   8, 8, Double, Never, KernelObject, Ro),
    ]);

    /// <summary>What <c>state</c> of a packet at a netfilter hook leads to (include/linux/netfilter.h, 6.18); <c>okfn</c> is a function.</summary>
    public static ContextLayout NfHookState { get; } = new("nf_hook_state", 48, ["netfilter"],
    [
        new("hook",  0, 1, Byte,   Never, Number,       Ro),
        new("pf",    1, 1, Byte,   Never, Number,       Ro),
        new("in",    8, 8, Double, Never, KernelObject, Ro),
        new("out",  16, 8, Double, Never, KernelObject, Ro),
        new("sk",   24, 8, Double, Never, KernelObject, Ro),
        new("net",  32, 8, Double, Never, KernelObject, Ro),
        new("okfn", 40, 8, Double, Never, KernelObject, Ro),
    ]);

    /// <summary>
    /// What <c>flow_keys</c> of a packet whose flow is looked for leads to. It is memory of the program, which takes any load and store that
    /// stays in it (kernel/bpf/verifier.c, 6.18, <c>check_flow_keys_access</c>).
    /// </summary>
    public static ContextLayout DissectedFlow { get; } = new("bpf_flow_keys", 56, ["flow_dissector"],
    [
        new("nhoff",          0,  2, All, All, Number, Rw),
        new("thoff",          2,  2, All, All, Number, Rw),
        new("addr_proto",     4,  2, All, All, Number, Rw),
        new("is_frag",        6,  1, All, All, Number, Rw),
        new("is_first_frag",  7,  1, All, All, Number, Rw),
        new("is_encap",       8,  1, All, All, Number, Rw),
        new("ip_proto",       9,  1, All, All, Number, Rw),
        new("n_proto",       10,  2, All, All, Number, Rw),
        new("sport",         12,  2, All, All, Number, Rw),
        new("dport",         14,  2, All, All, Number, Rw),
        new("ipv4_src",      16,  4, All, All, Number, Rw),
        new("ipv6_src",      16, 16, All, All, Number, Rw) { ElementBytes = 4 },
        new("ipv4_dst",      20,  4, All, All, Number, Rw),
        new("ipv6_dst",      32, 16, All, All, Number, Rw) { ElementBytes = 4 },
        new("flags",         48,  4, All, All, Number, Rw),
        new("flow_label",    52,  4, All, All, Number, Rw),
    ]);
}
