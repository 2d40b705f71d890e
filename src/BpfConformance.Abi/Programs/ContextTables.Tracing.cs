using static BpfConformance.Abi.Programs.ContextValue;

namespace BpfConformance.Abi.Programs;

public static partial class ContextTables
{
    /// <summary>Arguments that a traced function can have (include/linux/bpf.h, 6.18, MAX_BPF_FUNC_ARGS).</summary>
    private const int MaxArguments = 12;

    /// <summary>The registers at a probe: those of x86-64 (arch/x86/include/asm/ptrace.h, 6.18).</summary>
    public static ContextLayout Registers { get; } = new("pt_regs", 168, ["kprobe"],
    [
        new("r15",       0, 8, All, Never, Number, Ro),
        new("r14",       8, 8, All, Never, Number, Ro),
        new("r13",      16, 8, All, Never, Number, Ro),
        new("r12",      24, 8, All, Never, Number, Ro),
        new("bp",       32, 8, All, Never, Number, Ro),
        new("bx",       40, 8, All, Never, Number, Ro),
        new("r11",      48, 8, All, Never, Number, Ro),
        new("r10",      56, 8, All, Never, Number, Ro),
        new("r9",       64, 8, All, Never, Number, Ro),
        new("r8",       72, 8, All, Never, Number, Ro),
        new("ax",       80, 8, All, Never, Number, Ro),
        new("cx",       88, 8, All, Never, Number, Ro),
        new("dx",       96, 8, All, Never, Number, Ro),
        new("si",      104, 8, All, Never, Number, Ro),
        new("di",      112, 8, All, Never, Number, Ro),
        new("orig_ax", 120, 8, All, Never, Number, Ro),
        new("ip",      128, 8, All, Never, Number, Ro),
        new("csx",     136, 8, All, Never, Number, Ro), // cs is its low half word.
        new("flags",   144, 8, All, Never, Number, Ro),
        new("sp",      152, 8, All, Never, Number, Ro),
        new("ssx",     160, 8, All, Never, Number, Ro), // ss is its low half word.
    ]);

    /// <summary>
    /// A sample of a performance counter (include/uapi/linux/bpf_perf_event.h, 6.18), on x86-64; its registers as in <see
    /// cref="Registers"/>.
    /// </summary>
    public static ContextLayout PerfEventData { get; } = new("bpf_perf_event_data", 184, ["perf_event"],
    [
        new("regs",            0, 168, Double, Never, Number, Ro) { ElementBytes = 8 },
        new("sample_period", 168,   8, All,    Never, Number, Ro),
        new("addr",          176,   8, All,    Never, Number, Ro),
    ]);

    /// <summary>
    /// The record of a tracepoint, whose fields its <c>format</c> file names; before it, out of reach, is the address of the registers.
    /// Its length is the tracepoint's, and known only when a program is attached: the size here is PERF_MAX_TRACE_SIZE.
    /// </summary>
    public static ContextLayout TracepointRecord { get; } = new("(record of a tracepoint)", 8192, ["tracepoint"],
    [
        new("(record)", 8, 8184, All, Never, Number, Ro),
    ]);

    /// <summary>The arguments of a tracepoint, as numbers: pointers must be read through a helper.</summary>
    public static ContextLayout RawArguments { get; } = new("bpf_raw_tracepoint_args", 8 * MaxArguments, ["raw_tracepoint"],
    [
        new("args", 0, 8 * MaxArguments, All, Never, Number, Ro) { ElementBytes = 8 },
    ]);

    /// <summary>
    /// The arguments of a writable tracepoint: the first is the address of what may be written. It is given whole, as a pointer; or
    /// its bytes but the first, as numbers.
    /// </summary>
    public static ContextLayout WritableArguments { get; } = new("bpf_raw_tracepoint_args", 8 * MaxArguments, ["raw_tracepoint_writable"],
    [
        new("(args[0])", 0,                      8, Double, Never, TracepointBuffer, Ro),
        new("args",      1, (8 * MaxArguments) - 1, All,    Never, Number,           Ro) { ElementBytes = 8 },
    ]);

    /// <summary>
    /// The arguments of a kernel function, of which its BTF says how many there are and what each is: numbers may be read from
    /// their first byte on in any width, pointers whole (kernel/bpf/btf.c, 6.18, <c>btf_ctx_access</c>).
    /// </summary>
    public static ContextLayout BtfArguments { get; } = new("(arguments by BTF)", 8 * MaxArguments, ["btf"],
    [
        .. Enumerable.Range(0, MaxArguments).Select(i =>
            new ContextField($"(args[{i}])", 8 * i, 8, All | FieldAccess.StartOnly, Never, ByBtf, Ro)),
    ])
    { IsOpen = true };

    /// <summary>
    /// The arguments of a member of <c>struct bpf_dummy_ops</c>, and behind them the state that the first leads to: four bytes of memory that
    /// the program reads and writes as it likes (net/bpf/bpf_dummy_struct_ops.c, 6.18, <c>struct bpf_dummy_ops_test_args</c>).
    /// </summary>
    public static ContextLayout DummyArguments { get; } = new("(arguments in bpf_dummy_ops)", 104, ["test_1", "test_2", "test_sleepable"],
    [
        //                                                                                t1  t2  ts
        new("cb",             0, 8, Double,                      Never, DummyStateOrNull, Ro, No, No),
        new("(cb, not null)", 0, 8, Double,                      Never, DummyState,       No, Ro, Ro),
        new("a1",             8, 8, All | FieldAccess.StartOnly, Never, Number,           No, Ro, No),
        new("a2",            16, 8, All | FieldAccess.StartOnly, Never, Number,           No, Ro, No),
        new("a3",            24, 8, All | FieldAccess.StartOnly, Never, Number,           No, Ro, No),
        new("a4",            32, 8, All | FieldAccess.StartOnly, Never, Number,           No, Ro, No),
        new("val",           96, 4, Never,                       Never, Number,           No, No, No),
    ]);

    /// <summary>
    /// What the caller of TEST_RUN gives and gets back: as many bytes as it says, fewer than 65536 (kernel/bpf/syscall.c, 6.18).
    /// </summary>
    public static ContextLayout SyscallArguments { get; } = new("(ctx_in)", ushort.MaxValue, ["syscall"],
    [
        new("(bytes)", 0, ushort.MaxValue, All, All, Number, Rw),
    ])
    { IsOpen = true };

    /// <summary>A sample of an infrared receiver (drivers/media/rc/bpf-lirc.c, 6.18).</summary>
    public static ContextLayout LircSample { get; } = new("(sample)", 4, ["lirc_mode2"],
    [
        new("(sample)", 0, 4, Word, Never, Number, Ro),
    ]);
}
