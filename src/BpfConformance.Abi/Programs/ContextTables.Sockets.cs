using static BpfConformance.Abi.Programs.ContextValue;

namespace BpfConformance.Abi.Programs;

public static partial class ContextTables
{
    /// <summary>
    /// A socket that is made, released ("sock_create") or bound; and what pointers to a socket, or to what all kinds of socket have
    /// in common, lead to.
    /// </summary>
    public static ContextLayout Sock { get; } = new("bpf_sock", 80, ["sock_create", "post_bind4", "post_bind6", "sock", "sock_common"],
    [
        //                                                     cr  b4  b6  s   sc
        new("bound_dev_if",      0,  4, Word,   Word,  Number, Rw, No, No, Ro, Ro),
        new("family",            4,  4, Start,  Never, Number, Ro, Ro, Ro, Ro, Ro),
        new("type",              8,  4, Start,  Never, Number, Ro, Ro, Ro, Ro, No),
        new("protocol",         12,  4, Start,  Never, Number, Ro, Ro, Ro, Ro, No),
        new("mark",             16,  4, Word,   Word,  Number, Rw, No, No, Ro, No),
        new("priority",         20,  4, Word,   Word,  Number, Rw, No, No, Ro, No),
        new("src_ip4",          24,  4, Parts,  Never, Number, No, Ro, No, Ro, Ro),
        new("src_ip6",          28, 16, Parts,  Never, Number, No, No, Ro, Ro, Ro) { ElementBytes = 4 },
        new("src_port",         44,  4, Start,  Never, Number, No, Ro, Ro, Ro, Ro),
        new("dst_port",         48,  2, Narrow, Never, Number, Ro, Ro, Ro, Ro, Ro),
        new("(dst_port and 0)", 48,  4, Word,   Never, Number, Ro, Ro, Ro, Ro, Ro),
        new("dst_ip4",          52,  4, Parts,  Never, Number, Ro, Ro, Ro, Ro, Ro),
        new("dst_ip6",          56, 16, Parts,  Never, Number, Ro, Ro, Ro, Ro, Ro) { ElementBytes = 4 },
        new("state",            72,  4, Start,  Never, Number, Ro, Ro, Ro, Ro, Ro),
        new("rx_queue_mapping", 76,  4, Start,  Never, Number, Ro, Ro, Ro, Ro, Ro),
    ]);

    /// <summary>An address that user space gave, or is to be given.</summary>
    public static ContextLayout SockAddr { get; } = new("bpf_sock_addr", 72, ["inet4", "inet6", "udp4_sendmsg", "udp6_sendmsg", "unix"],
    [
        //                                                i4  i6  u4  u6  un
        new("user_family",  0,  4, Word,   Never, Number, Ro, Ro, Ro, Ro, Ro),
        new("user_ip4",     4,  4, Parts,  Word,  Number, Rw, No, Rw, No, No),
        new("user_ip6",     8, 16, All,    Wide,  Number, No, Rw, No, Rw, No) { ElementBytes = 4 },
        new("user_port",   24,  4, Parts,  Word,  Number, Rw, Rw, Rw, Rw, Rw) { KeptBytes = 2 },
        new("family",      28,  4, Word,   Never, Number, Ro, Ro, Ro, Ro, Ro),
        new("type",        32,  4, Word,   Never, Number, Ro, Ro, Ro, Ro, Ro),
        new("protocol",    36,  4, Word,   Never, Number, Ro, Ro, Ro, Ro, Ro),
        new("msg_src_ip4", 40,  4, Parts,  Word,  Number, No, No, Rw, No, No),
        new("msg_src_ip6", 44, 16, All,    Wide,  Number, No, No, No, Rw, No) { ElementBytes = 4 },
        new("sk",          64,  8, Double, Never, Socket, Ro, Ro, Ro, Ro, Ro),
    ]);

    /// <summary>An event of a TCP socket.</summary>
    public static ContextLayout SockOps { get; } = new("bpf_sock_ops", 224, ["sock_ops"],
    [
        new("op",                      0,  4, Word,   Never, Number,       Ro),
        new("reply",                   4,  4, Word,   Word,  Number,       Rw),
        new("args",                    4, 16, Word,   Never, Number,       Ro) { ElementBytes = 4 },
        new("replylong",               4, 16, Word,   Never, Number,       Ro) { ElementBytes = 4 },
        new("family",                 20,  4, Word,   Never, Number,       Ro),
        new("remote_ip4",             24,  4, Word,   Never, Number,       Ro),
        new("local_ip4",              28,  4, Word,   Never, Number,       Ro),
        new("remote_ip6",             32, 16, Word,   Never, Number,       Ro) { ElementBytes = 4 },
        new("local_ip6",              48, 16, Word,   Never, Number,       Ro) { ElementBytes = 4 },
        new("remote_port",            64,  4, Word,   Never, Number,       Ro),
        new("local_port",             68,  4, Word,   Never, Number,       Ro),
        new("is_fullsock",            72,  4, Word,   Never, Number,       Ro),
        new("snd_cwnd",               76,  4, Word,   Never, Number,       Ro),
        new("srtt_us",                80,  4, Word,   Never, Number,       Ro),
        new("bpf_sock_ops_cb_flags",  84,  4, Word,   Never, Number,       Ro),
        new("state",                  88,  4, Word,   Never, Number,       Ro),
        new("rtt_min",                92,  4, Word,   Never, Number,       Ro),
        new("snd_ssthresh",           96,  4, Word,   Never, Number,       Ro),
        new("rcv_nxt",               100,  4, Word,   Never, Number,       Ro),
        new("snd_nxt",               104,  4, Word,   Never, Number,       Ro),
        new("snd_una",               108,  4, Word,   Never, Number,       Ro),
        new("mss_cache",             112,  4, Word,   Never, Number,       Ro),
        new("ecn_flags",             116,  4, Word,   Never, Number,       Ro),
        new("rate_delivered",        120,  4, Word,   Never, Number,       Ro),
        new("rate_interval_us",      124,  4, Word,   Never, Number,       Ro),
        new("packets_out",           128,  4, Word,   Never, Number,       Ro),
        new("retrans_out",           132,  4, Word,   Never, Number,       Ro),
        new("total_retrans",         136,  4, Word,   Never, Number,       Ro),
        new("segs_in",               140,  4, Word,   Never, Number,       Ro),
        new("data_segs_in",          144,  4, Word,   Never, Number,       Ro),
        new("segs_out",              148,  4, Word,   Never, Number,       Ro),
        new("data_segs_out",         152,  4, Word,   Never, Number,       Ro),
        new("lost_out",              156,  4, Word,   Never, Number,       Ro),
        new("sacked_out",            160,  4, Word,   Never, Number,       Ro),
        new("sk_txhash",             164,  4, Word,   Word,  Number,       Rw),
        new("bytes_received",        168,  8, Double, Never, Number,       Ro),
        new("bytes_acked",           176,  8, Double, Never, Number,       Ro),
        new("sk",                    184,  8, Double, Never, SocketOrNull, Ro),
        new("skb_data",              192,  8, Double, Never, PacketData,   Ro),
        new("skb_data_end",          200,  8, Double, Never, PacketEnd,    Ro),
        new("skb_len",               208,  4, Word,   Never, Number,       Ro),
        new("skb_tcp_flags",         212,  4, Start,  Never, Number,       Ro),
        new("skb_hwtstamp",          216,  8, Double, Never, Number,       Ro),
    ]);

    /// <summary>A message that user space sends.</summary>
    public static ContextLayout SkMsg { get; } = new("sk_msg_md", 80, ["sk_msg"],
    [
        new("data",         0,  8, Double, Never, PacketData, Ro),
        new("data_end",     8,  8, Double, Never, PacketEnd,  Ro),
        new("family",      16,  4, Word,   Never, Number,     Ro),
        new("remote_ip4",  20,  4, Word,   Never, Number,     Ro),
        new("local_ip4",   24,  4, Word,   Never, Number,     Ro),
        new("remote_ip6",  28, 16, Word,   Never, Number,     Ro) { ElementBytes = 4 },
        new("local_ip6",   44, 16, Word,   Never, Number,     Ro) { ElementBytes = 4 },
        new("remote_port", 60,  4, Word,   Never, Number,     Ro),
        new("local_port",  64,  4, Word,   Never, Number,     Ro),
        new("size",        68,  4, Word,   Never, Number,     Ro),
        new("sk",          72,  8, Double, Never, Socket,     Ro),
    ]);

    /// <summary>A packet for which one socket of a group is to be chosen; the packet starts at its TCP or UDP header.</summary>
    public static ContextLayout SkReuseport { get; } = new("sk_reuseport_md", 56, ["sk_reuseport"],
    [
        new("data",          0, 8, Double, Never, PacketData,         Ro),
        new("data_end",      8, 8, Double, Never, PacketEnd,          Ro),
        new("len",          16, 4, Parts,  Never, Number,             Ro),
        new("eth_protocol", 20, 4, NoByte, Never, Number,             Ro),
        new("ip_protocol",  24, 4, Parts,  Never, Number,             Ro),
        new("bind_inany",   28, 4, Parts,  Never, Number,             Ro),
        new("hash",         32, 4, Word,   Never, Number,             Ro),
        new("sk",           40, 8, Double, Never, Socket,             Ro),
        new("migrating_sk", 48, 8, Double, Never, SocketCommonOrNull, Ro),
    ]);

    /// <summary>A packet for which a socket is looked for.</summary>
    public static ContextLayout SkLookup { get; } = new("bpf_sk_lookup", 72, ["sk_lookup"],
    [
        new("sk",                   0,  8, Double, Never, SocketOrNull, Ro),
        new("cookie",               0,  8, Never,  Never, Number,       No), // For the caller of TEST_RUN.
        new("family",               8,  4, Parts,  Never, Number,       Ro),
        new("protocol",            12,  4, Parts,  Never, Number,       Ro),
        new("remote_ip4",          16,  4, Parts,  Never, Number,       Ro),
        new("remote_ip6",          20, 16, Parts,  Never, Number,       Ro) { ElementBytes = 4 },
        new("remote_port",         36,  2, Narrow, Never, Number,       Ro),
        new("(remote_port and 0)", 36,  4, Parts,  Never, Number,       Ro),
        new("local_ip4",           40,  4, Parts,  Never, Number,       Ro),
        new("local_ip6",           44, 16, Parts,  Never, Number,       Ro) { ElementBytes = 4 },
        new("local_port",          60,  4, Parts,  Never, Number,       Ro),
        new("ingress_ifindex",     64,  4, Parts,  Never, Number,       Ro),
    ]);

    /// <summary>A socket option that is set, or was got.</summary>
    public static ContextLayout Sockopt { get; } = new("bpf_sockopt", 40, ["getsockopt", "setsockopt"],
    [
        //                                                  g   s
        new("sk",          0, 8, Double, Never, Socket,     Ro, Ro),
        new("optval",      8, 8, Double, Never, PacketData, Ro, Ro),
        new("optval_end", 16, 8, Double, Never, PacketEnd,  Ro, Ro),
        new("level",      24, 4, Word,   Word,  Number,     Ro, Rw),
        new("optname",    28, 4, Word,   Word,  Number,     Ro, Rw),
        new("optlen",     32, 4, Word,   Word,  Number,     Rw, Rw),
        new("retval",     36, 4, Word,   Word,  Number,     Rw, No),
    ]);

    /// <summary>A sysctl that is read or written.</summary>
    public static ContextLayout Sysctl { get; } = new("bpf_sysctl", 8, ["cgroup_sysctl"],
    [
        new("write",    0, 4, Parts, Never, Number, Ro),
        new("file_pos", 4, 4, Parts, Word,  Number, Rw),
    ]);

    /// <summary>A device that is made or opened.</summary>
    public static ContextLayout CgroupDevice { get; } = new("bpf_cgroup_dev_ctx", 12, ["cgroup_device"],
    [
        new("access_type", 0, 4, Parts, Never, Number, Ro),
        new("major",       4, 4, Word,  Never, Number, Ro),
        new("minor",       8, 4, Word,  Never, Number, Ro),
    ]);
}
