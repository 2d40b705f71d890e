using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Kernel;

/// <summary>
/// The map value in which twins' epilogues leave what TEST_RUN does not show: u64s in this order, for each program that is run by a packet's
/// way at a place of its own.
/// </summary>
public static class ResultsLayout
{
    /// <summary>Registers that a run shows, in the order of their slots: r0 whole, and those that calls keep.</summary>
    public static ReadOnlySpan<Register> Registers => [Register.R0, Register.R6, Register.R7, Register.R8, Register.R9];

    /// <summary>Index of the u64 that says that the epilogue ran.</summary>
    public const int MarkerIndex = 5;

    /// <summary>Written to <see cref="MarkerIndex"/>; any value but zero would do.</summary>
    public const int Marker = 0x600d;

    /// <summary>Of one program.</summary>
    public const int Bytes = (MarkerIndex + 1) * sizeof(ulong);

    /// <summary>Of as many as a case can have.</summary>
    public const int AllBytes = BpfProgram.MaxPrograms * Bytes;

    private static readonly MapDefinition s_ofOne = new("twin.results", MapType.Array, sizeof(uint), Bytes, MaxEntries: 1);
    private static readonly MapDefinition s_ofAll = s_ofOne with { ValueBytes = AllBytes };

    /// <summary>The map as the reference's copy of a request's twins needs it: each run clears all of it.</summary>
    public static MapDefinition DefinitionFor(LoadRequest request) => request.HasNetwork ? s_ofAll : s_ofOne;
}
