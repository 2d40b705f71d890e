using System.Collections.Immutable;

namespace BpfConformance.Abi.Programs;

/// <summary>Licenses as loads name them (include/linux/license.h, 6.18, <c>license_is_gpl_compatible</c>).</summary>
public static class Licenses
{
    public const string Gpl = "GPL";

    /// <summary>The kernel keeps 128 bytes of a license, the last of which is zero (kernel/bpf/syscall.c, 6.18, bpf_prog_load).</summary>
    public const int MaxLength = 127;

    private static readonly ImmutableArray<string> s_gplCompatible =
        [Gpl, "GPL v2", "GPL and additional rights", "Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL"];

    /// <summary>Whether a program may call what is there for the GPL alone.</summary>
    public static bool IsGplCompatible(string license) => s_gplCompatible.Contains(license);
}
