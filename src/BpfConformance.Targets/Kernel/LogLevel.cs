namespace BpfConformance.Targets.Kernel;

/// <summary>What the verifier writes (include/linux/bpf_verifier.h, BPF_LOG_*).</summary>
internal enum LogLevel : uint
{
    None = 0,

    /// <summary>Every instruction that it follows, and why it stops.</summary>
    Trace = 1,

    /// <summary>That, of all paths and with the whole state where one begins; and of a log that is too long its start.</summary>
    States = 2 | 8,

    /// <summary>Why it stops, and statistics: nearly free.</summary>
    Messages = 4,
}
