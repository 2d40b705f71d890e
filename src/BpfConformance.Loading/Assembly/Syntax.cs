namespace BpfConformance.Loading.Assembly;

/// <summary>The two ways in which BPF programs are written down; the assembler reads both, line by line.</summary>
public enum Syntax
{
    /// <summary>The kernel's and LLVM's: <c>r1 += r2</c>.</summary>
    Kernel,

    /// <summary>The older suite's, with mnemonics: <c>add %r1, %r2</c>.</summary>
    Legacy,
}
