namespace BpfConformance.Reporting.Bench;

/// <summary>
/// What other machines were measured to take, elsewhere: each the same bytes, of programs of these shapes on 4 KiB of memory, as
/// multiples of gcc -O2's time there.
/// </summary>
internal static class PeerSpeeds
{
    /// <summary>Interpreters, in millions of instructions a second, and loads, in programs a second at 2, 64 and 512 instructions.</summary>
    public const string InWords =
        "Interpreters there: uBPF 205–258, rbpf 146–202, DPDK 467–1035 (without checks of bounds) million instructions a second. Programs a second\n"
        + "of CPU time, loaded, run once and unloaded, of 2, 64 and 512 instructions: rbpf JIT 1 M, 250 k, 45 k; uBPF interpreter 70 k, 65 k, 40 k;\n"
        + "uBPF JIT 2.6 k of any length; DPDK 55 k, 44 k, 16 k.";

    public static FigureTable Ratios { get; } = new(
        "Times of other machines, measured elsewhere, gcc -O2 = 1",
        ["program", "kernel JIT", "uBPF JIT", "rbpf JIT", "DPDK JIT", "LLVM-based JIT"],
        [
            ["xorshift", "1.02", "1.06", "1.03", "1.0", "1.0"],
            ["divmod", "1.07", "3.4", "1.14", "1.02", "0.98"],
            ["memrw", "2.6", "2.5", "4.1", "2.5", "2.9"],
            ["fnv1a", "1.02", "1.09", "1.12", "1.12", "1.0"],
            ["sort", "1.6", "1.6", "1.4", "1.5", "1.07"],
            ["calls", "5.3", "1.4", "1.2", "–", "0.9"],
            ["atomics", "1.03", "1.0", "1.0", "1.0", "1.0"],
            ["parser", "4.9", "1.7", "1.9", "1.5", "1.1"],
            ["siphash", "2.6", "1.9", "1.9", "1.9", "1.02"],
        ]);
}
