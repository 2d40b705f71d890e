using System.Globalization;
using System.Text;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;

namespace BpfConformance.Tests.Targets.Kernel.Contexts;

/// <summary>
/// A random case of a program whose context leads to what its caller gives: the keys of a flow, the state of an operation and the buffer of a tracepoint, which
/// are touched in all ways that stay in them, or the state of a netfilter hook. All that is seen goes into r8, and from there into r0 and a map.
/// </summary>
internal sealed class LeadingCase(Random random)
{
    private const int LocalOut = 3; // NF_INET_LOCAL_OUT, for which the kernel does not look at the packet

    private static readonly int[] s_widths = [1, 2, 4, 8];

    private readonly StringBuilder _program = new();
    private readonly ProgramType _type = random.Next(6) switch
    {
        0 => ProgramType.Netfilter,
        1 => ProgramType.RawTracepointWritable,
        2 or 3 => ProgramType.StructOps,
        _ => ProgramType.FlowDissector,
    };
    private int _labels;

    private bool IsOperation => _type == ProgramType.StructOps;

    private bool IsBuffer => _type == ProgramType.RawTracepointWritable;

    private int ReachBytes => IsFlow ? ContextTables.DissectedFlow.SizeBytes : IsOperation || IsBuffer ? sizeof(uint) : 2;

    private bool IsFlow => _type == ProgramType.FlowDissector;

    public string Text()
    {
        Line("r6 = r1", "r9 = map_val(map_by_fd(cell)) ll", $"r8 = {random.Next()}", Reload("r7"));
        for (int steps = random.Next(3, 20); steps > 0; steps--) Step();
        Line("*(u64 *)(r9 + 0) = r8", "r0 = r8");
        if (_type == ProgramType.Netfilter) Line("r0 &= 1");
        Line("exit");
        (string given, string packet) = IsFlow ? (Flags(), Packet("0000", 14)) : IsOperation ? (Arguments(), "-") : IsBuffer ? (string.Empty, Buffer()) : State();
        var text = new StringBuilder();
        if (IsOperation) text.AppendLine("-- attach\ncgroup_inet_egress"); // the member with several arguments
        text.AppendLine(CultureInfo.InvariantCulture, $"-- type\n{Vocabulary.ProgramTypes[_type]}\n-- maps\ncell: array key 4 value 8 entries 1\n-- asm\n{_program}");
        if (given.Length > 0) text.AppendLine(CultureInfo.InvariantCulture, $"-- context\n{given}");
        return text.AppendLine(CultureInfo.InvariantCulture, $"-- packet\n{packet}\n-- result\n0").ToString();
    }

    private void Step()
    {
        switch (random.Next(IsFlow ? 10 : IsOperation || IsBuffer ? 8 : 5))
        {
            case 0: Branch(); break;
            case 1: Line(Reload("r7")); break;
            case 2 when !IsBuffer: Line("*(u64 *)(r10 - 8) = r7", "r7 = 0", "r7 = *(u64 *)(r10 - 8)"); break;
            case 3 when IsOperation: LoadArgument(); break;
            case 2 or 3 or 4 or 5: Load(); break;
            case 6 or 7: Store(); break;
            case 8: LoadPacket(); break;
            default: LoadBytes(); break;
        }
    }

    private string Reload(string register) => $"{register} = *(u64 *)(r6 + {(IsFlow ? 144 : 0)})";

    private void Branch()
    {
        int label = ++_labels;
        Line($"if r8 & {1 << random.Next(30)} goto l{label}");
        if (random.Next(2) == 0) Load();
        else Line("r8 += 7");
        Line($"l{label}:");
    }

    private void Load()
    {
        (string address, int width) = Place();
        bool extends = width < sizeof(ulong) && random.Next(4) == 0;
        Fold($"r2 = *({(extends ? 's' : 'u')}{8 * width} *)({address})");
    }

    private void Store()
    {
        (string address, int width) = Place();
        Line($"*(u{8 * width} *)({address}) = {(random.Next(2) == 0 ? "r8" : random.Next(int.MinValue, int.MaxValue))}");
    }

    /// <summary>A number anywhere, through the pointer or one that was moved.</summary>
    private (string Address, int Width) Place()
    {
        int width = IsFlow ? random.GetItems(s_widths, 1)[0] : IsOperation || IsBuffer ? s_widths[random.Next(3)] : 1;
        int offset = random.Next(ReachBytes - width + 1);
        if (IsFlow && random.Next(3) == 0) offset = Math.Min(random.Next(4), offset); // the offsets, which have bounds
        if (random.Next(3) > 0) return ($"r7 + {offset}", width);
        int moved = random.Next(-100, 100);
        Line("r2 = r7", $"r2 += {moved}");
        return ($"r2 {(offset < moved ? '-' : '+')} {Math.Abs(offset - moved)}", width);
    }

    private void LoadArgument()
    {
        int width = random.GetItems(s_widths, 1)[0];
        bool extends = width < sizeof(ulong) && random.Next(3) == 0;
        Fold($"r2 = *({(extends ? 's' : 'u')}{8 * width} *)(r6 + {8 * random.Next(1, 5)})");
    }

    private void LoadPacket()
    {
        int label = ++_labels;
        int width = random.GetItems(s_widths, 1)[0];
        int offset = random.Next(60);
        Line("r2 = *(u32 *)(r6 + 76)", "r3 = *(u32 *)(r6 + 80)", "r4 = r2", $"r4 += {offset + width}", $"if r4 > r3 goto l{label}");
        Fold($"r2 = *(u{8 * width} *)(r2 + {offset})");
        Line($"l{label}:");
    }

    private void LoadBytes()
    {
        Line("*(u64 *)(r10 - 16) = r8", "r1 = r6", $"r2 = {random.Next(-4, 80)}", "r3 = r10", "r3 += -16", $"r4 = {random.Next(1, 9)}", "call 26", "r8 += r0");
        Fold("r2 = *(u64 *)(r10 - 16)");
    }

    private void Fold(string load) => Line(load, random.Next(3) switch { 0 => "r8 ^= r2", 1 => "r8 += r2", _ => "r8 *= 31" }, "r8 += r2");

    private string Flags() => random.Next(2) == 0 ? string.Empty : $"flags = 0x{random.NextInt64(1L << 32):x}";

    /// <summary>What a TEST_RUN is about to return: 0, -ENOSPC or -EFAULT.</summary>
    private string Buffer() => random.Next(3) switch { 0 => "00000000", 1 => "e4ffffff", _ => "f2ffffff" };

    private string Arguments() =>
        string.Join('\n', Enumerable.Range(1, 4).Where(_ => random.Next(3) > 0).Select(i => $"a{i} = 0x{random.NextInt64():x}").Append($"val = 0x{random.NextInt64(1L << 32):x}"));

    /// <summary>Where the packet does not come from here it must be one of the protocol.</summary>
    private (string Given, string Packet) State()
    {
        int hook = random.Next(7);
        bool isIp6 = random.Next(2) == 0;
        if (random.Next(4) == 0) return (string.Empty, Packet("0000", 20));
        return ($"hook = {hook}\npf = {(isIp6 ? 10 : 2)}", hook == LocalOut ? Packet("0000", 20) : Packet(isIp6 ? "86dd" : "0800", 54));
    }

    private string Packet(string protocol, int least)
    {
        byte[] bytes = new byte[random.Next(5) switch { 0 => least, 1 => random.Next(least, 1500), _ => random.Next(least, 100) }];
        random.NextBytes(bytes);
        if (protocol != "0000") Convert.FromHexString(protocol).CopyTo(bytes, 12);
        return Convert.ToHexString(bytes);
    }

    private void Line(params ReadOnlySpan<string> lines)
    {
        foreach (string line in lines) _ = _program.Append(line).Append('\n');
    }
}
