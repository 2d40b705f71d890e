using System.Runtime.InteropServices;

namespace BpfConformance.Runtime.Execution;

/// <summary>
/// Where the packet of a run goes if the program returns that it is redirected: what the last helper said (include/linux/filter.h, 6.18,
/// struct bpf_redirect_info). Nothing in the run itself depends on it.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct Redirect
{
    /// <summary>sizeof(struct bpf_redir_neigh).</summary>
    public const int NextHopBytes = 20;

    public RedirectKind Kind;

    /// <summary>The device's ifindex; of an entry of a map its key.</summary>
    public uint Index;

    /// <summary>Of an entry: the index of its map.</summary>
    public int Map;

    /// <summary>Kernel <c>BPF_F_*</c> of the helper: of a device BPF_F_INGRESS (1), of a map BPF_F_BROADCAST (8) and BPF_F_EXCLUDE_INGRESS (16).</summary>
    public ulong Flags;

    /// <summary>Of <see cref="RedirectKind.NextHop"/>: uapi struct bpf_redir_neigh.</summary>
    public fixed byte NextHop[NextHopBytes];
}
