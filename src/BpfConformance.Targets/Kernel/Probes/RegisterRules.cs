using System.Buffers.Binary;
using BpfConformance.Abi.Programs;
using BpfConformance.Targets.Kernel.Events;

namespace BpfConformance.Targets.Kernel.Probes;

/// <summary>What registers of a process in 64-bit mode can be when the kernel interrupts it (arch/x86/include/uapi/asm/processor-flags.h, 6.18).</summary>
internal static class RegisterRules
{
    /// <summary>Those that a process sets as it likes: CF, PF, AF, ZF, SF, DF, OF, NT, AC, ID. TF would interrupt it at each instruction.</summary>
    private const ulong FreeFlags = 0x244cd5;

    /// <summary>
    /// Below it only a privileged process may map anything (mm/Kconfig, 6.18, DEFAULT_MMAP_MIN_ADDR). This one may, and does not: that there is nothing is how
    /// the runtime finds null references.
    /// </summary>
    public const ulong LeastAddress = 0x10000;

    private static readonly ContextField s_originalAx = ContextTables.Registers.Field("orig_ax");
    private static readonly ContextField s_ip = ContextTables.Registers.Field("ip");
    private static readonly ContextField s_codeSegment = ContextTables.Registers.Field("csx");
    private static readonly ContextField s_flags = ContextTables.Registers.Field("flags");
    private static readonly ContextField s_stackSegment = ContextTables.Registers.Field("ssx");

    public static ulong Ip(WantedContext wanted) => Number(wanted, s_ip);

    /// <summary>A field of eight bytes.</summary>
    public static ulong Number(WantedContext wanted, ContextField field) => BinaryPrimitives.ReadUInt64LittleEndian(wanted[field]);

    /// <summary>Why a complete context, which begins with registers, is not caused, or <c>null</c>.</summary>
    public static string? WhyNot(WantedContext wanted) =>
        !wanted.Data.IsEmpty ? "there is no packet at a probe"
        : wanted.Hook != default ? $"programs that are attached to {wanted.Hook} are not run"
        : Number(wanted, s_originalAx) != ProbeDefaults.OriginalAx ? "orig_ax is not -1, and there is no system call"
        : Number(wanted, s_codeSegment) != ProbeDefaults.CodeSegment ? "csx is not 0x33, as it is in 64-bit mode"
        : Number(wanted, s_stackSegment) != ProbeDefaults.StackSegment ? "ssx is not 0x2b, as it is in 64-bit mode"
        : (Number(wanted, s_flags) & ~FreeFlags) != ProbeDefaults.Flags ? $"flags are not 0x202 and some of 0x{FreeFlags:x}"
        : Ip(wanted) < 2 * LeastAddress ? $"ip is less than 0x{2 * LeastAddress:x}; the code from a page before it on must be mapped"
        : null;
}
