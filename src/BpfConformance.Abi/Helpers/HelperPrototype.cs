using System.Collections.Immutable;

namespace BpfConformance.Abi.Helpers;

/// <summary>What one of r1–r5 is to hold (include/linux/bpf.h, 6.18, <c>enum bpf_arg_type</c>).</summary>
public enum HelperArgument
{
    /// <summary>A value (<c>ARG_ANYTHING</c>).</summary>
    Anything,

    /// <summary>The address of bytes to read, as many as the next argument says (<c>ARG_PTR_TO_MEM | MEM_RDONLY</c>).</summary>
    BytesToRead,

    /// <summary>How many (<c>ARG_CONST_SIZE</c>).</summary>
    Size,

    /// <summary>The address of an aligned double word to write (<c>ARG_PTR_TO_FIXED_SIZE_MEM | MEM_UNINIT | MEM_WRITE | MEM_ALIGNED</c>).</summary>
    DoubleToWrite,
}

/// <summary>What a helper takes and gives (include/linux/bpf.h, 6.18, <c>struct bpf_func_proto</c>).</summary>
/// <param name="IsDeterministic">Whether what it gives follows from its arguments, and not from time, chance or the processor.</param>
/// <param name="Arguments">Those that it takes, r1 first.</param>
public sealed record HelperPrototype(bool IsDeterministic, params ImmutableArray<HelperArgument> Arguments);
