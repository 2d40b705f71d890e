namespace BpfConformance.Abi.Programs;

/// <summary>Why a running program was ended by its machine.</summary>
public enum FaultKind : byte
{
    None,

    /// <summary>A read outside every region, or across the end of one.</summary>
    OutOfBoundsLoad,

    /// <summary>A write outside every region, across the end of one, or to a read-only one.</summary>
    OutOfBoundsStore,

    /// <summary>An atomic whose address is not a multiple of its size.</summary>
    MisalignedAtomic,

    /// <summary>A local call beyond the eighth frame.</summary>
    TooManyFrames,

    /// <summary>A call of a helper that this machine does not have; only a call by register can show it at run time.</summary>
    UnknownHelper,

    /// <summary>Sanitised runs: use of a register that nothing has written.</summary>
    UninitializedRegister,

    /// <summary>Sanitised runs: a read of stack bytes that nothing has written.</summary>
    UninitializedStack,

    /// <summary>Sanitised runs: an access through a value that is no pointer, or that left the region it pointed into.</summary>
    InvalidPointer,

    /// <summary>The processor stopped on an instruction of emitted code: a division it cannot do.</summary>
    ArithmeticTrap,

    /// <summary>The processor stopped on an instruction of emitted code: it has none such.</summary>
    IllegalInstruction,
}

public static class FaultKinds
{
    /// <summary>Whether only machines that track values while they run tell this kind; to others the same is some other fault, or none.</summary>
    public static bool NeedsTracking(this FaultKind kind) => kind switch
    {
        FaultKind.UninitializedRegister or FaultKind.UninitializedStack or FaultKind.InvalidPointer => true,
        FaultKind.None or FaultKind.OutOfBoundsLoad or FaultKind.OutOfBoundsStore or FaultKind.MisalignedAtomic
            or FaultKind.TooManyFrames or FaultKind.UnknownHelper or FaultKind.ArithmeticTrap or FaultKind.IllegalInstruction => false,
    };
}
