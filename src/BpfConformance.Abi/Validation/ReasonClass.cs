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

public static class ReasonClasses
{
    /// <summary>Whether it is about the fields, or where they lead: what every decoder can see, and needs no verifier.</summary>
    public static bool IsOfEncoding(this ReasonClass reason) =>
        reason is >= ReasonClass.EmptyProgram and <= ReasonClass.InvalidCallTarget and not ReasonClass.TooLarge;

    /// <summary>
    /// Whether a machine may have it of a program that runs well elsewhere: it is stricter than RFC 9669, and legal; about its size, or the machine's own; or comes of following the
    /// program, so that who names it has a verifier, though nothing else says so.
    /// </summary>
    public static bool IsOfAnyMachine(this ReasonClass reason) =>
        reason is ReasonClass.TooLarge or ReasonClass.ShiftOutOfRange or ReasonClass.DivisionByZero or ReasonClass.Permission or ReasonClass.NotImplemented
            or (>= ReasonClass.UninitializedRegister and <= ReasonClass.TooComplex);

    /// <summary>Whether it is about where a function ends. RFC 9669 knows of no functions: their ends are the machine's.</summary>
    public static bool IsOfFunctions(this ReasonClass reason) =>
        reason is ReasonClass.JumpOutOfRange or ReasonClass.FallsOffEnd or ReasonClass.UnreachableCode;
}
