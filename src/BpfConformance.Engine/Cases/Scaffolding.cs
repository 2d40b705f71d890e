using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Engine.Cases;

/// <summary>
/// What a group's vectors may use beside its own instructions, so that a small machine can be tested: to load operands,
/// to move and to return. base32 is the only group that RFC 9669 demands (section 2.4).
/// </summary>
public static class Scaffolding
{
    /// <summary>The other groups that a machine needs to have all rows of <paramref name="group"/> tested.</summary>
    public static ImmutableSortedSet<ConformanceGroup> Of(ConformanceGroup group) => group switch
    {
        ConformanceGroup.Base32 => [],
        ConformanceGroup.Base64 or ConformanceGroup.Atomic32 or ConformanceGroup.Divmul32 => [ConformanceGroup.Base32],
        ConformanceGroup.Atomic64 or ConformanceGroup.Divmul64 or ConformanceGroup.Packet
            or ConformanceGroup.AcquireRelease or ConformanceGroup.MayGoto or ConformanceGroup.AddressSpace
            or ConformanceGroup.CallX => [ConformanceGroup.Base32, ConformanceGroup.Base64],
    };
}
