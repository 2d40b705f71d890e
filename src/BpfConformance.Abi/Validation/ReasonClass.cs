namespace BpfConformance.Abi.Validation;

/// <summary>
/// Why a program was not accepted, in classes that machines can share: messages differ, reasons should not.
/// </summary>
public enum ReasonClass
{
    /// <summary>Accepted.</summary>
    None,

    // From the fields alone.
    EmptyProgram,
    TooLarge,
    UnknownOpcode,
    ReservedField,
    InvalidRegister,
    ReadOnlyRegister,
    IncompleteWideInstruction,
    JumpIntoWideInstruction,
    JumpOutOfRange,
    FallsOffEnd,
    UnreachableCode,
    InvalidCallTarget,

    // Stricter than RFC 9669, and legal: the kernel knows these from constants.
    ShiftOutOfRange,
    DivisionByZero,

    // From following the program.
    UnknownHelper,
    UnknownKernelFunction,
    InvalidMapReference,
    InvalidMapDefinition,
    InvalidVariableReference,
    InvalidCodeAddress,
    UninitializedRegister,
    UninitializedStack,
    OutOfBoundsAccess,
    MisalignedAccess,
    InvalidPointer,
    InvalidContextAccess,
    InvalidArgument,
    InvalidReturnValue,
    InfiniteLoop,
    TooManyFrames,
    StackOverflow,
    TooComplex,

    // The machine, not the program.
    Permission,
    NotImplemented,

    /// <summary>A message that no rule classifies; it is shown as it is.</summary>
    Other,
}
