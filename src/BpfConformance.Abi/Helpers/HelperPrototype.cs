using System.Collections.Immutable;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Abi.Helpers;

/// <summary>What a helper takes and gives, and who may call it (include/linux/bpf.h, 6.18, <c>struct bpf_func_proto</c>).</summary>
/// <param name="Number">Kernel <c>enum bpf_func_id</c>.</param>
/// <param name="Name">Without <c>bpf_</c>.</param>
/// <param name="Since">The kernel that brought it, for the first program type.</param>
/// <param name="Return">What it leaves in r0.</param>
/// <param name="Arguments">Those that it takes, r1 first.</param>
/// <param name="Traits">What else is to be known of it.</param>
/// <param name="Types">The types that may call it by this prototype, some of them only for some attach types: <see cref="HelperTable.MayCall"/>.</param>
public sealed record HelperPrototype(
    int Number,
    string Name,
    string Since,
    HelperReturn Return,
    ImmutableArray<HelperArgument> Arguments,
    HelperTraits Traits,
    ProgramTypes Types)
{
    /// <summary>Whether what it gives follows from arguments, context, packet and maps, not from time, chance, processor or live objects.</summary>
    public bool IsDeterministic => (Traits & HelperTraits.Varies) == HelperTraits.None;

    /// <summary>Whether it takes a dynamic pointer, or makes one.</summary>
    public bool HasDynptr { get; } = Arguments.Any(argument => argument.IsDynptr);

    /// <summary>Whether pointers into the packet are of no use after it.</summary>
    public bool ChangesPacket => (Traits & HelperTraits.ChangesPacket) != HelperTraits.None;

    /// <summary>Whether the program's license must be compatible with the GPL.</summary>
    public bool IsGplOnly => (Traits & HelperTraits.GplOnly) != HelperTraits.None;
}
