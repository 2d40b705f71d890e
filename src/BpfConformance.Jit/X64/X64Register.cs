using BpfConformance.Abi.Instructions;

namespace BpfConformance.Jit.X64;

/// <summary>The general registers by their numbers in encodings (Intel SDM volume 2, section 2.2.1).</summary>
internal enum X64Register : byte
{
    Rax, Rcx, Rdx, Rbx, Rsp, Rbp, Rsi, Rdi, R8, R9, R10, R11, R12, R13, R14, R15,
}

/// <summary>Which register of the processor holds what.</summary>
internal static class X64Registers
{
    /// <summary>In checked code: the negated start of the data region; else free.</summary>
    public const X64Register Hot = X64Register.R9;

    /// <summary>In metered code: what is left of the budget; else free.</summary>
    public const X64Register Budget = X64Register.R10;

    /// <summary>Always free.</summary>
    public const X64Register Scratch = X64Register.R11;

    /// <summary>The machine (<see cref="MachineField"/>).</summary>
    public const X64Register Machine = X64Register.R12;

    // As the kernel maps them (arch/x86/net/bpf_jit_comp.c, 6.18, reg2hex), and for its reason: arguments lie where a
    // function of the host wants them, r6–r10 where it keeps them.
    private static ReadOnlySpan<X64Register> Map =>
    [
        X64Register.Rax, X64Register.Rdi, X64Register.Rsi, X64Register.Rdx, X64Register.Rcx, X64Register.R8,
        X64Register.Rbx, X64Register.R13, X64Register.R14, X64Register.R15, X64Register.Rbp,
    ];

    /// <summary>The register that holds a register of the program.</summary>
    public static X64Register Of(Register register) => Map[(int)register];
}
