using System.Collections.Immutable;

namespace BpfConformance.Abi.Programs;

/// <summary>The values of r0, all 64 bits of it, that a program may return; both ends belong to it.</summary>
public readonly record struct ReturnRange(long Minimum, long Maximum)
{
    public static ReturnRange Any => new(long.MinValue, long.MaxValue);

    public bool Contains(long value) => value >= Minimum && value <= Maximum;
}

/// <summary>One value of r0 that means something.</summary>
/// <param name="Value">The value.</param>
/// <param name="Name">The kernel's name for it; empty: it has none.</param>
/// <param name="Meaning">What happens then.</param>
public sealed record ReturnValue(long Value, string Name, string Meaning);

/// <summary>What a hook makes of r0.</summary>
/// <param name="Range">What the verifier accepts.</param>
/// <param name="Bits">How many low bits of r0 the hook looks at; 0: none.</param>
/// <param name="Otherwise">What a value without a row means; empty: every accepted value has one.</param>
/// <param name="Values">The rows.</param>
public sealed record ReturnTable(ReturnRange Range, int Bits, string Otherwise, params ImmutableArray<ReturnValue> Values);
