using BpfConformance.Abi;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>
/// A map that has a value for each processor, as user space has it all at once (bpf_percpu_hash_copy and bpf_percpu_array_copy,
/// 6.18): <see cref="Map.Processors"/> values, each in its bytes rounded up to a multiple of eight.
/// </summary>
public interface IPerProcessorMap
{
    /// <summary>BPF_MAP_LOOKUP_ELEM of all processors. What is beyond each value becomes zero.</summary>
    Errno ReadAll(GuestBytes key, GuestBytes values);

    /// <summary>BPF_MAP_UPDATE_ELEM of all processors.</summary>
    Errno WriteAll(GuestBytes key, GuestBytes values, ulong flags);
}
