using System.Globalization;
using System.Text;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;

namespace BpfConformance.Tests.Targets.Kernel.Contexts;

/// <summary>
/// A random vector of a hook that TEST_RUN drives, or that a program is attached to: what is given of the context, a packet, and a program that the verifier takes, which
/// touches both as it may. All that it sees goes into r8, and from there into r0 and a map.
/// </summary>
/// <param name="random">Chance.</param>
/// <param name="kind">Of the hook.</param>
internal sealed class HookCase(Random random, HookKind kind)
{
    /// <summary>No result but 1.</summary>
    private const int OneAlone = -1;

    /// <summary>The results that a hook allows are few; else all.</summary>
    private static readonly (ProgramType Type, AttachType AttachType, int LargestResult)[] s_driven =
    [
        (ProgramType.SocketFilter, default, 0),
        (ProgramType.SchedCls, default, 0),
        (ProgramType.SchedAct, default, 0),
        (ProgramType.CgroupSkb, default, 1),
        (ProgramType.CgroupSkb, AttachType.CgroupInetEgress, 3),
        (ProgramType.LwtIn, default, 0),
        (ProgramType.LwtOut, default, 0),
        (ProgramType.LwtXmit, default, 0),
        (ProgramType.Xdp, default, 0),
        (ProgramType.SkLookup, AttachType.SkLookup, 1),
        (ProgramType.RawTracepoint, default, 0),
        (ProgramType.Syscall, default, 0),
    ];

    private static readonly (ProgramType Type, AttachType AttachType, int LargestResult)[] s_ofGroups =
    [
        (ProgramType.CgroupSockAddr, AttachType.CgroupInet4Bind, 3),
        (ProgramType.CgroupSockAddr, AttachType.CgroupInet6Bind, 3),
        (ProgramType.CgroupSockAddr, AttachType.CgroupInet4Connect, 1),
        (ProgramType.CgroupSockAddr, AttachType.CgroupInet6Connect, 1),
        (ProgramType.CgroupSockAddr, AttachType.CgroupUdp4Sendmsg, 1),
        (ProgramType.CgroupSockAddr, AttachType.CgroupUdp6Sendmsg, 1),
        (ProgramType.CgroupSockAddr, AttachType.CgroupUdp4Recvmsg, OneAlone),
        (ProgramType.CgroupSockAddr, AttachType.CgroupUdp6Recvmsg, OneAlone),
        (ProgramType.CgroupSockAddr, AttachType.CgroupInet4Getpeername, OneAlone),
        (ProgramType.CgroupSockAddr, AttachType.CgroupInet6Getpeername, OneAlone),
        (ProgramType.CgroupSockAddr, AttachType.CgroupInet4Getsockname, OneAlone),
        (ProgramType.CgroupSockAddr, AttachType.CgroupInet6Getsockname, OneAlone),
        (ProgramType.CgroupSock, AttachType.CgroupInetSockCreate, 1),
        (ProgramType.CgroupSock, AttachType.CgroupInetSockRelease, 1),
        (ProgramType.CgroupSock, AttachType.CgroupInet4PostBind, 1),
        (ProgramType.CgroupSock, AttachType.CgroupInet6PostBind, 1),
        (ProgramType.CgroupDevice, default, 1),
    ];

    private static readonly (ProgramType Type, AttachType AttachType, int LargestResult)[] s_ofProbes =
    [
        (ProgramType.Kprobe, default, 0),
        (ProgramType.PerfEvent, default, 0),
        (ProgramType.Tracepoint, default, 0),
        (ProgramType.Tracing, AttachType.TraceRawTp, 0),
    ];

    private static readonly int[] s_widths = [1, 2, 4, 8];

    private readonly (ProgramType Type, AttachType AttachType, int LargestResult) _hook = random.GetItems(HooksOf(kind), 1)[0];
    private readonly StringBuilder _program = new();
    private int _labels;

    private ContextView View => ProgramTypeTable.Find(_hook.Type, _hook.AttachType)!.Context!.Value; // each of the hooks has one

    private bool HasPacket => View.Layout == ContextTables.SkBuff || View.Layout == ContextTables.XdpMd;

    private bool SeesPacket => HasPacket && _hook.Type != ProgramType.SocketFilter;

    /// <summary>The bytes of the syscall context.</summary>
    private int ContextBytes { get; } = 8 * random.Next(1, 9);

    private static (ProgramType Type, AttachType AttachType, int LargestResult)[] HooksOf(HookKind kind) => kind switch
    {
        HookKind.Driven => s_driven,
        HookKind.OfGroup => s_ofGroups,
        HookKind.OfProbe => s_ofProbes,
    };

    public string Text()
    {
        Line("r6 = r1", "r7 = map_val(map_by_fd(cell)) ll", $"r8 = {random.Next()}");
        for (int steps = random.Next(3, 14); steps > 0; steps--) Step();
        Line("*(u64 *)(r7 + 0) = r8", "r0 = r8");
        if (_hook.LargestResult == OneAlone) Line("r0 = 1");
        if (_hook.LargestResult > 0) Line($"r0 &= {_hook.LargestResult}");
        Line("exit");

        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"-- type\n{Vocabulary.ProgramTypes[_hook.Type]}");
        if (_hook.AttachType != default) text.AppendLine(CultureInfo.InvariantCulture, $"-- attach\n{Vocabulary.AttachTypes[_hook.AttachType]}");
        text.AppendLine("-- maps\ncell: array key 4 value 16 entries 1");
        text.AppendLine(CultureInfo.InvariantCulture, $"-- asm\n{_program}");
        if (Given() is { Length: > 0 } given) text.AppendLine(CultureInfo.InvariantCulture, $"-- context\n{given}");
        if (HasPacket) text.AppendLine(CultureInfo.InvariantCulture, $"-- packet\n{Packet()}");
        return text.AppendLine("-- result\n0").ToString();
    }

    private void Step()
    {
        switch (random.Next(SeesPacket ? 12 : 8))
        {
            case 0 or 1 or 2: Load("r6"); break;
            case 3: Store("r6"); break;
            case 4:
                Line("*(u64 *)(r10 - 8) = r6", "r4 = *(u64 *)(r10 - 8)");
                if (random.Next(2) == 0) Load("r4");
                else Store("r4");
                break;
            case 5: Line($"*(u64 *)(r7 + 8) = r8", $"r2 = *(u{8 * s_widths[random.Next(3)]} *)(r7 + 8)", "r8 += r2"); break;
            case 6: Branch(); break;
            case 7 when kind == HookKind.OfProbe: Line([.. ProbeContext.Call(random, View.Layout), "r8 ^= r0"]); break;
            case 7: Socket(); break;
            default: Packet(isStore: PacketRules.CanBeWritten(_hook.Type) && random.Next(3) == 0); break;
        }
    }

    /// <summary>Skips what follows for some values.</summary>
    private void Branch()
    {
        int label = ++_labels;
        Line($"if r8 & {1 << random.Next(30)} goto l{label}");
        if (random.Next(2) == 0) Load("r6");
        else Line("r8 += 7");
        Line($"l{label}:");
    }

    private void Load(string pointer)
    {
        if (Place(ContextAccess.Load) is not var (field, offset, width)) return;
        bool extends = width < sizeof(ulong) && random.Next(5) == 0;
        if (IsKnownBug(field, offset, width)) return;
        Fold($"r2 = *({(extends ? 's' : 'u')}{8 * width} *)({pointer} + {offset})");
    }

    private void Store(string pointer)
    {
        if (Place(ContextAccess.Store) is not var (field, offset, width)) return;
        string place = $"*(u{8 * width} *)({pointer} + {offset})";

        // Of a negative immediate the kernel keeps what it does not keep of a register (net/core/filter.c, 6.18, bpf_convert_ctx_access).
        if (random.Next(3) > 0) Line($"{place} = r8");
        else Line($"{place} = {(field.IgnoredFrom is null ? random.Next(int.MinValue, int.MaxValue) : random.Next(1 << 17))}");
    }

    /// <summary>A number that may be touched so; or <c>null</c>, where chance found none.</summary>
    private (ContextField Field, int Offset, int Width)? Place(ContextAccess access)
    {
        int bytes = View.Layout == ContextTables.SyscallArguments ? ContextBytes
            : View.Layout == ContextTables.TracepointRecord ? ProbeContext.RecordBytes
            : View.Layout == ContextTables.BtfArguments ? ProbeContext.ArgumentBytes
            : View.Layout.SizeBytes;
        for (int tries = 0; tries < 200; tries++)
        {
            int width = s_widths[random.Next(s_widths.Length)];
            int offset = width * random.Next(bytes / width);
            if (View.Find(offset, width, access) is { Value: ContextValue.Number or ContextValue.ByBtf } field) return (field, offset, width);
        }

        return null;
    }

    /// <summary>conformance/deviations/kernel.txt.</summary>
    private static bool IsKnownBug(ContextField field, int offset, int width) =>
        field.Name == "rx_queue_mapping" || (field.SizeBytes == 4 && offset > field.Offset && width >= (field.Name == "pkt_type" ? 1 : 2));

    private void Socket()
    {
        bool isFull = View.Layout == ContextTables.SockAddr;
        if (View.Layout != ContextTables.SkBuff && !isFull) return;
        int label = ++_labels;
        ContextView socket = ContextTables.Sock[isFull ? "sock" : "sock_common"];
        ContextField field = socket.Layout.Fields[random.Next(socket.Layout.Fields.Length)];
        if (socket.PermissionOf(field) == FieldPermission.None || field.Name is "rx_queue_mapping" || !field.Takes(field.Offset, 4, ContextAccess.Load)) return;
        Line($"r2 = *(u64 *)(r6 + {(isFull ? 64 : 168)})", $"if r2 == 0 goto l{label}", $"r2 = *(u32 *)(r2 + {field.Offset})", "r8 += r2", $"l{label}:");
    }

    private void Packet(bool isStore)
    {
        int label = ++_labels;
        (int data, int end) = View.Layout == ContextTables.XdpMd ? (0, 4) : (76, 80);
        int reach = random.Next(1, 60);
        int width = s_widths[random.Next(s_widths.Length)];
        if (width > reach) width = 1;
        int offset = random.Next(reach - width + 1);
        Line($"r2 = *(u32 *)(r6 + {data})", $"r3 = *(u32 *)(r6 + {end})", "r4 = r2", $"r4 += {reach}", $"if r4 > r3 goto l{label}");
        if (isStore) Line($"*(u{8 * width} *)(r2 + {offset}) = r8");
        else Fold($"r2 = *(u{8 * width} *)(r2 + {offset})");
        Line($"l{label}:");
    }

    private void Fold(string load) => Line(load, random.Next(3) switch { 0 => "r8 ^= r2", 1 => "r8 += r2", _ => "r8 *= 31" }, "r8 += r2");

    private string Given()
    {
        if (View.Layout == ContextTables.SyscallArguments) return Hex(ContextBytes);
        if (kind == HookKind.OfProbe) return ProbeContext.Given(random, View.Layout);
        if (View.Layout == ContextTables.RawArguments) return string.Join('\n', Enumerable.Range(0, 12).Where(_ => random.Next(2) == 0).Select(i => $"args[{i}] = 0x{random.NextInt64():x}"));
        if (View.Layout == ContextTables.XdpMd) return string.Empty;
        if (View.Layout == ContextTables.SockAddr || View.Layout == ContextTables.Sock || View.Layout == ContextTables.CgroupDevice) return AttachedContext.Given(random, _hook.AttachType, View.Layout);
        string[] fields = View.Layout == ContextTables.SkLookup
            ? [$"family = {(random.Next(2) == 0 ? 2 : 10)}", .. Some("protocol", 1 << 20), .. Some("remote_ip4"), .. Some("local_ip4"), .. Some("remote_ip6[2]"), .. Some("local_ip6[3]"), .. Some("remote_port", 1 << 16), .. Some("local_port", 1 << 16)]
            : [.. Some("mark"), .. Some("priority"), .. Some("ingress_ifindex"), .. Some("cb[0]"), .. Some("cb[4]"), .. Some("tstamp"), .. Some("hwtstamp"), .. Some("gso_segs", 1 << 16), .. Some("gso_size")];
        return string.Join('\n', fields);
    }

    private string[] Some(string field, int limit = int.MaxValue) => random.Next(2) == 0 ? [] : [$"{field} = {random.Next(limit)}"];

    /// <summary>Of all kinds, and so long that TEST_RUN takes it.</summary>
    private string Packet()
    {
        string type = random.Next(6) switch { 0 => "0800", 1 => "86dd", 2 => "0806", 3 => "8100", 4 => "0000", _ => "05dc" };
        string target = random.Next(4) switch { 0 => "ffffffffffff", 1 => "010000000000", 2 => "020000000001", _ => "000000000000" };
        int least = type is "0800" or "86dd" ? 54 : 14;
        return $"{target}{Hex(6)}{type}{Hex(random.Next(least - 14, 80))}";
    }

    private string Hex(int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return Convert.ToHexString(bytes);
    }

    private void Line(params ReadOnlySpan<string> lines)
    {
        foreach (string line in lines) _ = _program.Append(line).Append('\n');
    }
}
