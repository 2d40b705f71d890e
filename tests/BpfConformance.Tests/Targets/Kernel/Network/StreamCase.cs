using System.Text;

namespace BpfConformance.Tests.Targets.Kernel.Network;

/// <summary>
/// A random vector of the connection: programs of sk_msg and sk_skb, which verifiers take, on two maps of sockets; steps that attach and detach them,
/// put sockets in and take them out, and write to both sides. What a program sees goes into r8, and from there into its map. No fate is stated
/// rightly: machines are compared.
/// </summary>
/// <param name="random">Chance.</param>
internal sealed class StreamCase(Random random)
{
    private static readonly string[] s_messages = ["main", "message"];
    private static readonly string[] s_verdicts = ["verdict", "verdict2"];
    private static readonly string[] s_maps = ["socks", "hashed"];

    private readonly StringBuilder _text = new();
    private int _labels;

    public string Text()
    {
        Line("-- maps", "socks: sockmap key 4 value 8 entries 3", "hashed: sockhash key 4 value 8 entries 3");
        foreach (string name in (string[])[.. s_messages, .. s_verdicts, "parser"]) Line($"seen_{name}: array key 4 value 8 entries 1");
        foreach (string name in s_messages) Program(name, "sk_msg", null, Message, "r0 = 1");
        foreach (string name in s_verdicts) Program(name, "sk_skb", "sk_skb_stream_verdict", Segment, "r0 = 1");
        Program("parser", "sk_skb", "sk_skb_stream_parser", LoadField, Pick("r0 = *(u32 *)(r6 + 0)", "r0 = 3", "r0 = 4", "r0 = 1"));
        Line("-- steps", $"attach {Pick(s_messages)} {Pick(s_maps)} -> ok", $"attach {Pick(s_verdicts)} {Pick(s_maps)} -> ok");
        if (random.Next(3) == 0) Line($"attach parser {Pick(s_maps)} -> ok");
        for (int steps = random.Next(8, 25); steps > 0; steps--) Step();
        Line("write client 68656c6c6f -> nothing");
        return _text.ToString();
    }

    private void Line(params ReadOnlySpan<string> lines)
    {
        foreach (string line in lines) _text.AppendLine(line);
    }

    private void Program(string name, string type, string? attach, Action action, string end)
    {
        string suffix = name == "main" ? string.Empty : $" {name}";
        Line($"-- type{suffix}", type);
        if (attach is not null) Line($"-- attach{suffix}", attach);
        Line($"-- asm{suffix}", "r6 = r1", $"r7 = map_val(map_by_fd(seen_{name})) ll", "r8 = *(u64 *)(r7 + 0)");
        for (int count = random.Next(1, 5); count > 0; count--) action();
        Line("*(u64 *)(r7 + 0) = r8", end);
        if (name != "parser" && random.Next(5) == 0) Line($"if r8 & {1 << random.Next(3)} goto +1", "r0 = 0");
        Line("exit");
    }

    private void Message()
    {
        switch (random.Next(9))
        {
            case 0:
                Call(61, Pick("2", "4", "7"));
                break;
            case 1:
                Call(62, Pick("3", "6", "9"));
                break;
            case 2:
                Call(63, $"{random.Next(5)}", $"{random.Next(1, 9)}", "0");
                break;
            case 3:
                Call(91, $"{random.Next(4)}", $"{random.Next(1, 4)}", "0");
                break;
            case 4 when random.Next(2) == 0:
                Call(90, $"{random.Next(5)}", $"{random.Next(1, 4)}", "0");
                break;
            case 5:
                Redirect(60, 71);
                break;
            case 6:
                Touch();
                break;
            default:
                Load(16, 20, 24, 28, 60, 64, 68);
                break;
        }
    }

    private void Segment()
    {
        switch (random.Next(6))
        {
            case 0:
                Call(39, $"{random.Next(6)}");
                break;
            case 1:
                Redirect(52, 72);
                break;
            case 2:
                Line("*(u32 *)(r10 - 4) = 0", "r3 = r10", "r3 += -4");
                Call(26, $"{random.Next(4)}", null, $"{random.Next(1, 5)}");
                Line("r1 = *(u32 *)(r10 - 4)", "r8 *= 31", "r8 += r1");
                break;
            case 3:
                Line($"*(u32 *)(r10 - 4) = {random.Next()}", "r3 = r10", "r3 += -4", "r5 = 0");
                Call(9, $"{random.Next(4)}", null, $"{random.Next(1, 5)}");
                break;
            default:
                LoadField();
                break;
        }
    }

    private void LoadField() => Load(0, 4, 16, 36, 40, 88, 92, 96, 132, 136);

    private void Load(params ReadOnlySpan<int> offsets) => Line($"r1 = *(u32 *)(r6 + {offsets[random.Next(offsets.Length)]})", "r8 *= 31", "r8 += r1");

    private void Touch()
    {
        int label = _labels++;
        int offset = random.Next(4);
        Line("r2 = *(u64 *)(r6 + 0)", "r3 = *(u64 *)(r6 + 8)", "r4 = r2", $"r4 += {offset + 1}", $"if r4 > r3 goto past{label}");
        if (random.Next(2) == 0) Line($"*(u8 *)(r2 + {offset}) = {random.Next(256)}");
        else Line($"r1 = *(u8 *)(r2 + {offset})", "r8 *= 31", "r8 += r1");
        Line($"past{label}:");
    }

    /// <summary>Calls a helper with the context and numbers in the registers behind it; <c>null</c>: what is in that one stays.</summary>
    private void Call(int helper, params ReadOnlySpan<string?> arguments)
    {
        Line("r1 = r6");
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] is { } number) Line($"r{i + 2} = {number}");
        }

        Line($"call {helper}", "r8 *= 31", "r8 += r0");
    }

    private void Redirect(int byIndex, int byKey)
    {
        string flags = random.Next(4) == 0 ? "0" : "1";
        if (random.Next(2) == 0)
        {
            Line("r2 = map_by_fd(socks) ll");
            Call(byIndex, null, $"{random.Next(4)}", flags);
            return;
        }

        Line($"*(u32 *)(r10 - 4) = {random.Next(3)}", "r2 = map_by_fd(hashed) ll", "r3 = r10", "r3 += -4");
        Call(byKey, null, null, flags);
    }

    private void Step()
    {
        string map = Pick(s_maps);
        string key = $"0{random.Next(4)}000000";
        switch (random.Next(12))
        {
            case 0:
                Line($"attach {Pick(s_messages)} {map} -> ok");
                break;
            case 1:
                Line($"detach {Pick([.. s_messages, .. s_verdicts, "parser"])} {map} -> ok");
                break;
            case 2:
                Line($"attach {Pick(s_verdicts)} {map} -> ok");
                break;
            case 3:
                Line($"delete {map} {key} -> ok");
                break;
            case 4 or 5 or 6:
                Line($"update {map} {key} {Pick("client", "server")} {Pick("any", "any", "noexist", "exist")} -> ok");
                break;
            default:
                byte[] bytes = new byte[random.Next(1, 9)];
                random.NextBytes(bytes);
                Line($"write {Pick("client", "server")} {Convert.ToHexStringLower(bytes)} -> nothing");
                break;
        }
    }

    private string Pick(params ReadOnlySpan<string> choices) => choices[random.Next(choices.Length)];
}
