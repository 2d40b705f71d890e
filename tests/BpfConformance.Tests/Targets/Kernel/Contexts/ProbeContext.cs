using System.Globalization;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Tests.Targets.Kernel.Contexts;

/// <summary>Random contexts that perf events can have, and calls of the helpers that tell of them.</summary>
internal static class ProbeContext
{
    /// <summary>The bytes of a record that a system call makes.</summary>
    public const int RecordBytes = 48;

    /// <summary>Of the arguments of that tracepoint: the record without what programs do not see.</summary>
    public const int ArgumentBytes = 40;

    /// <summary>The last page that a process maps (arch/x86/include/asm/page_64_types.h, 6.18, TASK_SIZE_MAX).</summary>
    private const ulong LastPage = 0x7fffffffe000;

    private const ulong PageBytes = 4096;
    private const int FreeFlags = 0x244cd5;

    private static readonly ulong[] s_edges = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, long.MaxValue, 1ul << 63, ulong.MaxValue];

    /// <summary>The lines of a section <c>context</c>.</summary>
    public static string Given(Random random, ContextLayout layout) =>
        layout == ContextTables.TracepointRecord ? $"0000000000000000 {Arguments(random)}"
        : layout == ContextTables.BtfArguments ? Arguments(random)
        : string.Join('\n', (layout == ContextTables.Registers ? Registers(random, LastPage - PageBytes, field => field.Name) : Sample(random)).Where(_ => random.Next(3) > 0));

    /// <summary>A call whose result is then in r0; r6 is the context.</summary>
    public static string[] Call(Random random, ContextLayout layout) => random.Next(3) switch
    {
        0 when layout == ContextTables.Registers => ["r1 = r6", "call 173"],
        1 when layout == ContextTables.PerfEventData => ["r1 = r6", "r2 = r10", "r2 += -24", $"r3 = {random.Next(1, 25)}", "call 56"],
        _ => ["r1 = r6", "call 174"],
    };

    private static IEnumerable<string> Registers(Random random, ulong lastPage, Func<ContextField, string> name)
    {
        foreach (ContextField field in ContextTables.Registers.Fields.Where(field => field.Name is not ("orig_ax" or "csx" or "ssx")))
        {
            ulong value = field.Name switch
            {
                "flags" => (uint)(random.Next() & FreeFlags) | ProbeDefaults.Flags,
                "ip" => Page(random, 0x20, 0x40, lastPage) | (random.Next(4) == 0 ? 0xfffu : 0x800u), // uprobes at other places take their time
                _ => Number(random),
            };
            yield return $"{name(field)} = 0x{value:x}";
        }
    }

    private static IEnumerable<string> Sample(Random random) =>
    [
        .. Registers(random, LastPage - (8 * PageBytes), field => string.Create(CultureInfo.InvariantCulture, $"regs[{field.Offset / 8}]")),
        $"sample_period = {random.NextInt64(1, random.Next(2) == 0 ? 10 : long.MaxValue)}",
        $"addr = 0x{Page(random, 0x10, 0x600000000, LastPage) | (uint)random.Next((int)PageBytes):x}",
    ];

    /// <summary>The first or the last page that can be, or one between others.</summary>
    /// <param name="random">Chance.</param>
    /// <param name="first">Its number.</param>
    /// <param name="between">The number of the first of the others.</param>
    /// <param name="last">Its address.</param>
    private static ulong Page(Random random, long first, long between, ulong last) => random.Next(8) switch
    {
        0 => (ulong)first * PageBytes,
        1 => last,
        _ => (ulong)random.NextInt64(between, between + 0x400000) * PageBytes,
    };

    private static string Arguments(Random random)
    {
        var numbers = new byte[4 * sizeof(ulong)];
        for (int i = 0; i < numbers.Length; i += sizeof(ulong)) BitConverter.TryWriteBytes(numbers.AsSpan(i), Number(random));
        string option = random.Next(4) == 0 ? "00000000" : $"{random.Next(1 << 24):x6}{random.Next(0x80, 0x100):x2}";
        return $"{option}00000000 {Convert.ToHexString(numbers)}";
    }

    private static ulong Number(Random random) => random.Next(2) == 0 ? s_edges[random.Next(s_edges.Length)] : (ulong)random.NextInt64(long.MinValue, long.MaxValue);
}
