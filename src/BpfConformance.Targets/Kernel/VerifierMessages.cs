using BpfConformance.Abi.Validation;

namespace BpfConformance.Targets.Kernel;

/// <summary>Where the slot stands that a message is about.</summary>
internal enum PcSource
{
    /// <summary>The last instruction that the verifier traced before the message.</summary>
    Trace,

    /// <summary>The number that follows the text.</summary>
    AfterText,

    /// <summary>Nowhere.</summary>
    Unknown,
}

/// <summary>One rule: a line with these words means that class.</summary>
/// <param name="Text">Words of the message, matched anywhere in its line.</param>
/// <param name="Reason">What it means.</param>
/// <param name="Pc">Where the slot stands.</param>
/// <param name="Also">More words that the line must have; empty: none.</param>
internal readonly record struct VerifierMessage(
    string Text, ReasonClass Reason, PcSource Pc = PcSource.Trace, string Also = "");

/// <summary>
/// The messages of kernel/bpf/verifier.c, log.c and cfg checks (6.18; older wordings where they differ). Ordered: the
/// first rule that matches counts, so special wordings stand before general ones. A table, one rule per line.
/// </summary>
internal static class VerifierMessages
{
    public static IReadOnlyList<VerifierMessage> Rows { get; } =
    [
        // Fields
        new("unknown opcode ",                                   ReasonClass.UnknownOpcode, PcSource.Unknown),
        new("unknown insn class ",                               ReasonClass.UnknownOpcode),
        new("invalid bpf_ld_imm64 insn",                         ReasonClass.IncompleteWideInstruction, PcSource.Unknown),
        new("invalid BPF_LD_IMM insn",                           ReasonClass.IncompleteWideInstruction),
        new("unrecognized bpf_ld_imm64 insn",                    ReasonClass.ReservedField, PcSource.Unknown),
        new("uses reserved fields",                              ReasonClass.ReservedField),
        new("uses invalid atomic opcode",                        ReasonClass.ReservedField),
        new("invalid atomic operand size",                       ReasonClass.ReservedField),
        new("invalid may_goto imm",                              ReasonClass.ReservedField),
        new("frame pointer is read only",                        ReasonClass.ReadOnlyRegister),

        // Control flow
        new("jump out of range from insn ",                      ReasonClass.JumpOutOfRange, PcSource.AfterText),
        new("jump into the middle of ldimm64 insn ",             ReasonClass.JumpIntoWideInstruction, PcSource.AfterText),
        new("unreachable insn ",                                 ReasonClass.UnreachableCode, PcSource.AfterText),
        new("last insn is not an exit or jmp",                   ReasonClass.FallsOffEnd, PcSource.Unknown),
        new("call to invalid destination",                       ReasonClass.InvalidCallTarget, PcSource.Unknown),
        new("no program starts at insn ",                        ReasonClass.InvalidCallTarget, PcSource.AfterText),
        new("number of functions in btf",                        ReasonClass.InvalidCodeAddress, PcSource.Unknown),
        new("back-edge from insn ",                              ReasonClass.InfiniteLoop, PcSource.AfterText),
        new("infinite loop detected at insn ",                   ReasonClass.InfiniteLoop, PcSource.AfterText),
        new("BPF program is too large.",                         ReasonClass.TooComplex, PcSource.Unknown),
        new("jumps is too complex",                              ReasonClass.TooComplex),
        new("too many subprograms",                              ReasonClass.TooLarge, PcSource.Unknown),
        new("is too deep",                                       ReasonClass.TooManyFrames),
        new("combined stack size of ",                           ReasonClass.StackOverflow, PcSource.Unknown),
        new("tail_calls are not allowed when call stack",        ReasonClass.StackOverflow, PcSource.Unknown),

        // Constants that the kernel refuses and RFC 9669 defines
        new("invalid shift ",                                    ReasonClass.ShiftOutOfRange),
        new("div by zero",                                       ReasonClass.DivisionByZero),

        // BTF and func_info: raw programs are given some where they do not load without
        new("missing btf func_info",                             ReasonClass.InvalidCodeAddress),
        new("callback function not static",                      ReasonClass.InvalidCodeAddress),
        new("without BTF",                                       ReasonClass.NotImplemented, PcSource.Unknown),
        new("has an associated arena",                           ReasonClass.NotImplemented),
        new("instructions not allowed for this program type",    ReasonClass.NotImplemented),
        new("JIT does not support",                              ReasonClass.NotImplemented),
        new("JIT doesn't support",                               ReasonClass.NotImplemented),

        // Helpers and kernel functions
        new("invalid func unknown#",                             ReasonClass.UnknownHelper),
        new("program of this type cannot use helper",            ReasonClass.UnknownHelper),
        new("unknown func ",                                     ReasonClass.UnknownHelper),
        new("supported only for fentry",                         ReasonClass.UnknownHelper),
        new("not supported for program type",                    ReasonClass.UnknownHelper),
        new("invalid func ",                                     ReasonClass.UnknownHelper),
        new("GPL-restricted function",                           ReasonClass.Permission),
        new("kernel btf_id ",                                    ReasonClass.UnknownKernelFunction, PcSource.Unknown),
        new("kernel function",                                   ReasonClass.UnknownKernelFunction, PcSource.Unknown),
        new("kfunc",                                             ReasonClass.UnknownKernelFunction),

        // Maps and variables
        new("is not pointing to valid bpf_map",                  ReasonClass.InvalidMapReference, PcSource.Unknown),
        new("Sleepable programs can only use",                   ReasonClass.InvalidMapReference, PcSource.Unknown),
        new("fd_idx without fd_array is invalid",                ReasonClass.InvalidMapReference, PcSource.Unknown),
        new("invalid access to map value pointer",               ReasonClass.InvalidMapReference, PcSource.Unknown),
        new("no direct value access support",                    ReasonClass.InvalidMapReference, PcSource.Unknown),
        new("direct value offset of ",                           ReasonClass.InvalidMapReference, PcSource.Unknown),
        new("The total number of maps per program",              ReasonClass.InvalidMapReference, PcSource.Unknown),
        new("only one cgroup storage of each type is allowed",   ReasonClass.InvalidMapReference, PcSource.Unknown),
        new("progs cannot use bpf_",                             ReasonClass.InvalidMapReference, PcSource.Unknown),
        new("in ldimm64",                                        ReasonClass.InvalidVariableReference, PcSource.Unknown),
        new("ldimm64 failed to find",                            ReasonClass.InvalidVariableReference, PcSource.Unknown),
        new("invalid module BTF object FD",                      ReasonClass.InvalidVariableReference, PcSource.Unknown),
        new("kernel is missing BTF",                             ReasonClass.InvalidVariableReference, PcSource.Unknown),

        // Values
        new(" !read_ok",                                         ReasonClass.UninitializedRegister),
        new("misaligned ",                                       ReasonClass.MisalignedAccess, Also: " access off"),
        new("invalid read from stack",                           ReasonClass.OutOfBoundsAccess, Also: " off="),
        new("invalid indirect read from stack",                  ReasonClass.UninitializedStack),
        new("invalid read from stack",                           ReasonClass.UninitializedStack),
        new("invalid write to stack",                            ReasonClass.OutOfBoundsAccess),
        new("invalid indirect access to stack",                  ReasonClass.OutOfBoundsAccess),
        new("invalid stack type",                                ReasonClass.OutOfBoundsAccess),
        new("variable-offset",                                   ReasonClass.OutOfBoundsAccess),
        new("invalid size of register ",                         ReasonClass.InvalidPointer),
        new("attempt to corrupt spilled pointer",                ReasonClass.InvalidPointer),
        new("outside of the allowed memory range",               ReasonClass.OutOfBoundsAccess),
        new("is outside of the packet",                          ReasonClass.OutOfBoundsAccess),
        new("invalid access to map value",                       ReasonClass.OutOfBoundsAccess),
        new("invalid access to packet",                          ReasonClass.OutOfBoundsAccess),
        new("invalid access to memory",                          ReasonClass.OutOfBoundsAccess),
        new("min value is negative",                             ReasonClass.OutOfBoundsAccess),
        new("unbounded memory access",                           ReasonClass.OutOfBoundsAccess),
        new("into map forbidden",                                ReasonClass.OutOfBoundsAccess),
        new("from map forbidden",                                ReasonClass.OutOfBoundsAccess),
        new("invalid bpf_context access",                        ReasonClass.InvalidContextAccess),
        new("dereference of modified ctx",                       ReasonClass.InvalidContextAccess),
        new("variable ctx access",                               ReasonClass.InvalidContextAccess),
        new("invalid mem access",                                ReasonClass.InvalidPointer),
        new("dereference of modified",                           ReasonClass.InvalidPointer),
        new("only read from ",                                   ReasonClass.InvalidPointer),
        new("is not allowed",                                    ReasonClass.InvalidPointer, Also: "math between "),
        new("prohibited",                                        ReasonClass.InvalidPointer),
        new("tried to subtract pointer",                         ReasonClass.InvalidPointer),
        new("tried to add from different maps",                  ReasonClass.InvalidPointer),
        new("pointer be out of bounds",                          ReasonClass.InvalidPointer),
        new("pointer offset ",                                   ReasonClass.InvalidPointer),
        new("leaks addr",                                        ReasonClass.InvalidPointer),
        new("stores into ",                                      ReasonClass.InvalidPointer, Also: "not allowed"),
        new("loads from ",                                       ReasonClass.InvalidPointer, Also: "not allowed"),
        new("R6 != pointer to skb",                              ReasonClass.InvalidArgument),
        new("expected prog array map for tail call",             ReasonClass.InvalidArgument),
        new("cannot pass map_type ",                             ReasonClass.InvalidArgument),
        new("callback function not allowed for map",             ReasonClass.InvalidArgument),
        new("has no valid bpf_",                                 ReasonClass.InvalidArgument),
        new(" type=",                                            ReasonClass.InvalidArgument, Also: "expected="),
        new("invalid zero-sized read",                           ReasonClass.InvalidArgument),
        new("At program exit the register ",                     ReasonClass.InvalidReturnValue),
        new("callback return the register ",                     ReasonClass.InvalidReturnValue),
        new("cannot return stack pointer",                       ReasonClass.InvalidReturnValue),

        // General wordings last
        new("invalid map",                                       ReasonClass.InvalidMapReference),
        new("invalid btf",                                       ReasonClass.InvalidVariableReference, PcSource.Unknown),
        new(" is invalid",                                       ReasonClass.InvalidRegister, Also: "R"),
    ];
}
