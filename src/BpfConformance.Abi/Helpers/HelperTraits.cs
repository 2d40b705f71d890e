namespace BpfConformance.Abi.Helpers;

/// <summary>What else is to be known of a helper.</summary>
[Flags]
public enum HelperTraits : byte
{
    None = 0,

    /// <summary>Only programs under a license compatible with the GPL may call it (<c>gpl_only</c>).</summary>
    GplOnly = 1,

    /// <summary>What it gives depends on time, chance, the processor or live objects of the kernel too, not only on its input.</summary>
    Varies = 2,

    /// <summary>Only sleepable programs may call it (<c>might_sleep</c>).</summary>
    MightSleep = 4,

    /// <summary>
    /// The loader needs CAP_PERFMON where the type itself does not ask for it (<c>bpf_base_func_proto</c>); what needs only CAP_BPF is
    /// not told apart, as without it the kernel loads hardly anything.
    /// </summary>
    NeedsPerfmon = 8,

    /// <summary>After it no pointer into the packet may be used, whatever it gave (<c>bpf_helper_changes_pkt_data</c>, net/core/filter.c, 6.18).</summary>
    ChangesPacket = 16,
}
