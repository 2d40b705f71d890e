using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;

namespace BpfConformance.Targets.Kernel;

/// <summary>The map value in which a twin's epilogue leaves what TEST_RUN does not show: u64s in this order.</summary>
public static class ResultsLayout
{
    /// <summary>Registers that a run shows, in the order of their slots: r0 whole, and those that calls keep.</summary>
    public static ReadOnlySpan<Register> Registers => [Register.R0, Register.R6, Register.R7, Register.R8, Register.R9];

    /// <summary>Index of the u64 that says that the epilogue ran.</summary>
    public const int MarkerIndex = 5;

    /// <summary>Written to <see cref="MarkerIndex"/>; any value but zero would do.</summary>
    public const int Marker = 0x600d;

    public const int Bytes = (MarkerIndex + 1) * sizeof(ulong);

    /// <summary>The map as the reference's copy of the twin needs it.</summary>
    public static MapDefinition Definition { get; } = new("twin.results", MapType.Array, sizeof(uint), Bytes, MaxEntries: 1);
}
