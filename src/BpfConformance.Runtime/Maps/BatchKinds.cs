namespace BpfConformance.Runtime.Maps;

/// <summary>The batches that a kind of map has (kernel/bpf/syscall.c, 6.18, bpf_map_do_batch).</summary>
[Flags]
public enum BatchKinds
{
    None = 0,
    Lookup = 1,
    LookupAndDelete = 2,
    Update = 4,
    Delete = 8,
}
