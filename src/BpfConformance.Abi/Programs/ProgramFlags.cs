namespace BpfConformance.Abi.Programs;

/// <summary>Kernel <c>BPF_F_*</c> of BPF_PROG_LOAD (include/uapi/linux/bpf.h, 6.18), same numbers.</summary>
[Flags]
public enum ProgramFlags : uint
{
    None = 0,

    /// <summary>Every access must be aligned, also where the processor would not mind.</summary>
    StrictAlignment = 1 << 0,
    AnyAlignment = 1 << 1,

    /// <summary>Upper halves that nothing reads are filled with chance.</summary>
    TestRndHi32 = 1 << 2,

    /// <summary>The verifier keeps a state at every instruction.</summary>
    TestStateFreq = 1 << 3,
    Sleepable = 1 << 4,
    XdpHasFrags = 1 << 5,
    XdpDevBoundOnly = 1 << 6,

    /// <summary>A range that contradicts itself ends the load.</summary>
    TestRegInvariants = 1 << 7,
}
