using System.Runtime.InteropServices;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Execution;

/// <summary>
/// What a packet is to be put into (include/net/ip_tunnels.h, 6.18, <c>struct ip_tunnel_info</c>). There is one for each processor, which
/// all packets share that programs have said so of (net/core/filter.c, 6.18, <c>md_dst</c>).
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct TunnelInfo
{
    /// <summary><c>struct bpf_tunnel_key</c> (include/uapi/linux/bpf.h, 6.18).</summary>
    public const int KeyBytes = 44;

    /// <summary>IP_TUNNEL_OPTS_MAX, rounded down to what options are made of.</summary>
    public const int MaxOptionBytes = 252;

    /// <summary>IP_TUNNEL_*_BIT (include/uapi/linux/if_tunnel.h), as 16 bits in network order.</summary>
    public ushort Flags;

    /// <summary>Whether the addresses are those of IPv6.</summary>
    public bool IsIp6;

    /// <summary>0: there are none, or none were set.</summary>
    public int OptionBytes;

    private fixed byte _key[KeyBytes];
    private fixed byte _keyShadow[KeyBytes];
    private fixed byte _options[MaxOptionBytes];
    private fixed byte _optionShadow[MaxOptionBytes];

    /// <summary>As a program is given it.</summary>
    public static GuestBytes Key(TunnelInfo* info) => new(info->_key, info->_keyShadow);

    public static GuestBytes Options(TunnelInfo* info) => new(info->_options, info->_optionShadow);
}
