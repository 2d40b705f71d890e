using BpfConformance.Loading.Btf;

namespace BpfConformance.Targets.Kernel;

/// <summary>A BTF type of the kernel, as the load of a program names it.</summary>
/// <param name="Kind">Its kind: there are structures, functions and so on of the same name.</param>
/// <param name="Name">Its name.</param>
internal readonly record struct KernelType(BtfKind Kind, string Name)
{
    /// <summary>The type of what BPF puts at a tracepoint, which names it (include/trace/bpf_probe.h, 6.18).</summary>
    public static KernelType OfTracepoint(string name) => new(BtfKind.Typedef, "btf_trace_" + name);
}
