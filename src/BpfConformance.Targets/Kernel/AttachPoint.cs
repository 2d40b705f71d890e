using BpfConformance.Abi.Programs;

namespace BpfConformance.Targets.Kernel;

/// <summary>What bpf(2) wants to know about a program type beside its number, and how TEST_RUN is asked.</summary>
/// <param name="Type">The type.</param>
/// <param name="Since">The kernel that brought it.</param>
/// <param name="Flags">Of the load; in the table those without which no program of this type loads.</param>
/// <param name="DataBytes">data_in of a TEST_RUN; 0: none is taken.</param>
/// <param name="ContextBytes">ctx_in of a TEST_RUN; 0: none is needed.</param>
/// <param name="RunSince">The kernel that brought TEST_RUN for it; <c>null</c>: 6.18 has none.</param>
/// <param name="NamesFunction">Whether a load must name a function, which cases do not.</param>
/// <param name="Target">The BTF type of the kernel that a load names; <c>null</c>: none.</param>
/// <param name="AttachBtfId">The same by its number, in the place of that; 0: none.</param>
/// <param name="License">Of the program.</param>
internal sealed record AttachPoint(
    ProgramType Type,
    string Since,
    ProgramFlags Flags = ProgramFlags.None,
    int DataBytes = 0,
    int ContextBytes = 0,
    string? RunSince = null,
    bool NamesFunction = false,
    KernelType? Target = null,
    uint AttachBtfId = 0,
    string License = Licenses.Gpl)
{
    /// <summary>What a load is for; in the table what the type must have, or the number 0.</summary>
    public AttachType AttachType { get; init; } = ProgramTypeTable.Named(Type, default);

    /// <summary>The BTF type that a load names, however that was told; 0: none, or there is none.</summary>
    public uint BtfId => AttachBtfId == 0 && Target is { } type ? KernelTypes.IdOf(type) : AttachBtfId;

    /// <summary>Whether TEST_RUN hands over a packet.</summary>
    public bool TakesPacket => DataBytes > 0;
}
