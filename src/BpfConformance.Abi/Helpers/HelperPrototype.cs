using System.Collections.Immutable;

namespace BpfConformance.Abi.Helpers;

/// <summary>What a helper takes and gives (include/linux/bpf.h, 6.18, <c>struct bpf_func_proto</c>).</summary>
/// <param name="Return">What it leaves in r0.</param>
/// <param name="Arguments">Those that it takes, r1 first.</param>
/// <param name="IsDeterministic">Whether what it gives follows from its arguments and memory, and not from time, chance or the processor.</param>
public sealed record HelperPrototype(
    HelperReturn Return, ImmutableArray<HelperArgument> Arguments, bool IsDeterministic = true);
