using BpfConformance.Abi.Programs;

namespace BpfConformance.Targets.Kernel;

/// <summary>What bpf(2) wants to know about a program type beside its number, and how TEST_RUN is asked.</summary>
/// <param name="Type">The type.</param>
/// <param name="Since">The kernel that brought it.</param>
/// <param name="AttachType">The one that a program of this type is loaded for.</param>
/// <param name="Flags">Kernel <c>BPF_F_*</c> program flags; in the table those without which no program of this type loads.</param>
/// <param name="DataBytes">data_in of a TEST_RUN; 0: none is taken.</param>
/// <param name="ContextBytes">ctx_in of a TEST_RUN; 0: none is needed.</param>
/// <param name="RunSince">The kernel that brought TEST_RUN for it; <c>null</c>: 6.18 has none.</param>
/// <param name="NeedsBtf">Whether a load must name a BTF type of the kernel, which this target does not look up.</param>
/// <param name="AttachBtfId">The BTF type of the kernel that a load names; 0: none.</param>
internal sealed record AttachPoint(
    ProgramType Type,
    string Since,
    AttachType AttachType = default,
    uint Flags = 0,
    int DataBytes = 0,
    int ContextBytes = 0,
    string? RunSince = null,
    bool NeedsBtf = false,
    uint AttachBtfId = 0);
