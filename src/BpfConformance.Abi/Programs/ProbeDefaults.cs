using System.Buffers.Binary;

namespace BpfConformance.Abi.Programs;

/// <summary>
/// What is in the contexts of probes and samples where a case says nothing: what the kernel always puts there when it interrupts a process in 64-bit mode
/// (arch/x86/entry/entry_64.S and arch/x86/include/asm/segment.h, 6.18), and places of this system's own choice.
/// </summary>
public static class ProbeDefaults
{
    /// <summary>Where the instruction is, or ends, at which the program runs.</summary>
    public const ulong Ip = 0x100800;

    /// <summary>What a sample is about.</summary>
    public const ulong Address = 0x200000;

    /// <summary>Every event is sampled.</summary>
    public const ulong SamplePeriod = 1;

    /// <summary>No system call.</summary>
    public const ulong OriginalAx = ulong.MaxValue;

    public const ulong CodeSegment = 0x33; // __USER_CS

    public const ulong StackSegment = 0x2b; // __USER_DS

    /// <summary>Those that are always set: the one that is fixed, and that interrupts come (X86_EFLAGS_FIXED, X86_EFLAGS_IF).</summary>
    public const ulong Flags = 0x202;

    private static readonly (ContextField Field, ulong Value)[] s_ofRegisters =
    [
        (ContextTables.Registers.Field("orig_ax"), OriginalAx),
        (ContextTables.Registers.Field("ip"), Ip),
        (ContextTables.Registers.Field("csx"), CodeSegment),
        (ContextTables.Registers.Field("flags"), Flags),
        (ContextTables.Registers.Field("ssx"), StackSegment),
    ];

    private static readonly (ContextField Field, ulong Value)[] s_ofSample =
    [
        .. s_ofRegisters, // which come first in it
        (ContextTables.PerfEventData.Field("sample_period"), SamplePeriod),
        (ContextTables.PerfEventData.Field("addr"), Address),
    ];

    /// <summary>Puts them into fields that are zero.</summary>
    /// <param name="layout">What the context is; others have no such fields.</param>
    /// <param name="context">All of it.</param>
    public static void Complete(ContextLayout layout, Span<byte> context)
    {
        (ContextField, ulong)[] all = layout == ContextTables.Registers ? s_ofRegisters : layout == ContextTables.PerfEventData ? s_ofSample : [];
        foreach ((ContextField field, ulong value) in all)
        {
            Span<byte> bytes = context.Slice(field.Offset, field.SizeBytes);
            if (!bytes.ContainsAnyExcept((byte)0)) BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        }
    }
}
