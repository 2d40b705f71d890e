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

    /// <summary>BPF_F_INGRESS, of a device: in by it, as if the packet had arrived there (uapi linux/bpf.h).</summary>
    public const ulong Ingress = 1;

    /// <summary>BPF_F_BROADCAST, of a map: to what all entries say.</summary>
    public const ulong Broadcast = 1 << 3;

    /// <summary>BPF_F_EXCLUDE_INGRESS: but not where the packet came in.</summary>
    public const ulong ExcludesIngress = 1 << 4;

    public RedirectKind Kind;

    /// <summary>The device's ifindex; of an entry of a map its key.</summary>
    public uint Index;

    /// <summary>Of an entry: the index of its map.</summary>
    public int Map;

    /// <summary>Those of the helper.</summary>
    public ulong Flags;

    /// <summary>Whether it comes in there.</summary>
    public readonly bool GoesIn => (Flags & Ingress) != 0;

    /// <summary>Of <see cref="RedirectKind.NextHop"/>: uapi struct bpf_redir_neigh.</summary>
    public fixed byte NextHop[NextHopBytes];
}
