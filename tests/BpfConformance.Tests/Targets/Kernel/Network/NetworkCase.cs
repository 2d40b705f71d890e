using System.Buffers.Binary;
using System.Text;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;

namespace BpfConformance.Tests.Targets.Kernel.Network;

/// <summary>
/// A random vector of the network: programs of all its hooks, which verifiers take, steps that attach and detach them, and packets that arrive
/// and are sent. What a program sees goes into r8, and from there into its map and its result. No fate is stated rightly: machines are compared.
/// </summary>
/// <param name="random">Chance.</param>
internal sealed partial class NetworkCase(Random random)
{
    private static readonly (string Name, NetworkHook Hook, string Place)[] s_programs =
    [
        ("main", NetworkHook.Xdp, "device"), ("xdp", NetworkHook.Xdp, "device"),
        ("in", NetworkHook.TcIngress, "device"), ("in2", NetworkHook.TcIngress, "device"),
        ("out", NetworkHook.TcEgress, "device"), ("out2", NetworkHook.TcEgress, "device"),
        ("group", NetworkHook.GroupIngress, "group"), ("group2", NetworkHook.GroupIngress, "group"),
        ("groupout", NetworkHook.GroupEgress, "group"), ("filter", NetworkHook.SocketFilter, "receiver"),
        ("lookup", NetworkHook.SocketLookup, "host"), ("lookup2", NetworkHook.SocketLookup, "host"),
        ("route", NetworkHook.RouteIn, "device"), ("leaving", NetworkHook.RouteOut, "device"), ("transmit", NetworkHook.RouteTransmit, "device"),
        ("pick", NetworkHook.PortGroup, "first"), ("pick2", NetworkHook.PortGroup, "first"),
    ];

    private readonly StringBuilder _text = new();
    private readonly SocketSnippets _sockets = new(random);

    /// <summary>Whether programs look for sockets themselves; else those may be attached that Linux would ask then.</summary>
    private readonly bool _looksUp = random.Next(2) == 0;

    /// <summary>Whether programs send copies out by devices; else those may be attached that they would meet there.</summary>
    private readonly bool _clonesOut = random.Next(3) == 0;

    /// <summary>Bytes of metadata that programs of XDP leave; where there are none, what is behind may be moved.</summary>
    private readonly int _metaBytes = Math.Max(4 * random.Next(-5, 4), 0);
    private int _labels;

    public string Text()
    {
        _text.AppendLine("-- maps");
        foreach ((string name, _, _) in s_programs) Line($"seen_{name}: array key 4 value 8 entries 1");
        Line("devices: devmap key 4 value 4 entries 4", "00000000 = 07000000", "01000000 = 08000000");
        Line("hashed: devmap_hash key 4 value 4 entries 4", "05000000 = 08000000");
        Line(_sockets.Maps());
        foreach ((string name, NetworkHook hook, _) in s_programs) Program(name, hook);
        Line("-- steps", "attach pick first -> ok");
        for (int steps = random.Next(8, 25); steps > 0; steps--) Step();
        Line($"arrive left {Frame()} -> nothing");
        return _text.ToString();
    }

    private static (ProgramType Type, string? Attach, ContextView View) KindOf(NetworkHook hook) => hook switch
    {
        NetworkHook.Xdp => (ProgramType.Xdp, null, ContextTables.XdpMd["xdp"]),
        NetworkHook.TcIngress => (ProgramType.SchedCls, "tcx_ingress", ContextTables.SkBuff["tc"]),
        NetworkHook.TcEgress => (ProgramType.SchedCls, "tcx_egress", ContextTables.SkBuff["tc"]),
        NetworkHook.GroupIngress => (ProgramType.CgroupSkb, "cgroup_inet_ingress", ContextTables.SkBuff["cgroup_skb"]),
        NetworkHook.GroupEgress => (ProgramType.CgroupSkb, "cgroup_inet_egress", ContextTables.SkBuff["cgroup_skb"]),
        NetworkHook.SocketFilter => (ProgramType.SocketFilter, null, ContextTables.SkBuff["socket_filter"]),
        NetworkHook.SocketLookup => (ProgramType.SkLookup, "sk_lookup", ContextTables.SkLookup["sk_lookup"]),
        NetworkHook.PortGroup => (ProgramType.SkReuseport, null, ContextTables.SkReuseport["sk_reuseport"]),
        NetworkHook.RouteIn => (ProgramType.LwtIn, null, ContextTables.SkBuff["lwt"]),
        NetworkHook.RouteOut => (ProgramType.LwtOut, null, ContextTables.SkBuff["lwt"]),
        NetworkHook.RouteTransmit => (ProgramType.LwtXmit, null, ContextTables.SkBuff["lwt"]),
        NetworkHook.SocketOperations => (ProgramType.SockOps, null, ContextTables.SockOps["sock_ops"]),
    };

    private void Line(params ReadOnlySpan<string> lines)
    {
        foreach (string line in lines) _text.AppendLine(line);
    }

    private void Program(string name, NetworkHook hook)
    {
        (ProgramType type, string? attach, ContextView view) = KindOf(hook);
        string suffix = name == "main" ? string.Empty : $" {name}";
        Line($"-- type{suffix}", Vocabulary.ProgramTypes[type]);
        if (attach is not null) Line($"-- attach{suffix}", attach);
        Line($"-- asm{suffix}", "r6 = r1", $"r7 = map_val(map_by_fd(seen_{name})) ll", $"r8 = {random.Next()}");
        for (int count = random.Next(1, 7); count > 0; count--) Action(hook, view);
        if (hook == NetworkHook.SocketLookup) Line(_sockets.Choose());
        if (hook == NetworkHook.PortGroup) Line(_sockets.Select());
        Line("*(u64 *)(r7 + 0) = r8");
        Return(hook);
    }

    private void Return(NetworkHook hook)
    {
        if (hook is NetworkHook.Xdp or NetworkHook.TcIngress or NetworkHook.TcEgress && random.Next(4) == 0)
        {
            Redirect(hook == NetworkHook.Xdp);
            return;
        }

        if (hook == NetworkHook.RouteTransmit && random.Next(3) == 0)
        {
            RedirectFromRoute();
            return;
        }

        if (hook == NetworkHook.SocketFilter)
        {
            Line($"r0 = {Pick(0, 8, 9, 12, 13, 14, 0xffff, -1)}", "exit");
            return;
        }

        if (hook == NetworkHook.PortGroup)
        {
            Line($"r0 = {Pick(1, 1, 1, 1, 0, 2)}", "if r9 == 0 goto +1", "r0 = 0", "exit"); // else a hash would choose
            return;
        }

        int[] results = hook switch
        {
            NetworkHook.Xdp => [2, 2, 2, 3, 1, 0, 9],
            NetworkHook.TcIngress or NetworkHook.TcEgress => [0, 0, -1, -1, 2, 4, 1, 100],
            NetworkHook.GroupEgress => [1, 1, 1, 0, 3, 2],
            NetworkHook.RouteIn => [0, 0, 0, 7, 2, 1],
            NetworkHook.RouteOut => [0, 0, 0, 7, 128, 2, 1],
            NetworkHook.RouteTransmit => [0, 0, 0, 0, 7, 2, 1],
            NetworkHook.GroupIngress or NetworkHook.SocketFilter or NetworkHook.SocketLookup or NetworkHook.PortGroup or NetworkHook.SocketOperations => [1, 1, 1, 0],
        };
        Line($"r0 = {Pick(results)}", $"if r8 & {1 << random.Next(4)} goto +1", $"r0 = {Pick(results)}", "exit");
    }

    /// <summary>The neighbor is stated: that of the device. Of IPv6 there is none.</summary>
    private void RedirectToNeighbor(int label)
    {
        Line("r1 = *(u32 *)(r6 + 16)", $"if w1 == {0xdd86} goto past{label}");
        (int device, int address) = Pick((7, 0x0200000a), (8, 0x0201000a)); // as they lie in memory
        Line("*(u64 *)(r10 - 8) = 0", "*(u64 *)(r10 - 16) = 0", "*(u32 *)(r10 - 24) = 2", $"*(u32 *)(r10 - 20) = {address}");
        Line($"r1 = {device}", "r2 = r10", "r2 += -24", "r3 = 20", "r4 = 0", "call 152");
    }

    /// <summary>With a link header of its own, most of the time; it is for another host, as the sender chooses some of what follows.</summary>
    private void RedirectFromRoute()
    {
        int label = _labels++;
        int bytes = Pick(14, 14, 14, 0, 4);
        Line("r1 = r6", $"r2 = {bytes}", "r3 = 0", "call 43", "r2 = *(u32 *)(r6 + 76)", "r3 = *(u32 *)(r6 + 80)", "r4 = r2", "r4 += 14", $"if r4 > r3 goto past{label}");
        Line("*(u32 *)(r2 + 0) = 2", $"*(u16 *)(r2 + 4) = {Pick(0x701, 0x900)}", $"*(u32 *)(r2 + 6) = {random.Next()}", "*(u16 *)(r2 + 12) = 8");
        if (_clonesOut) Line("r1 = r6", $"r2 = {Pick(7, 8, 9)}", $"r3 = {(bytes == 14 ? Pick(0, 1) : 0)}", "call 13");
        Line($"r1 = {Pick(7, 8, 8, 9)}", $"r2 = {(bytes == 14 ? Pick(0, 1, 1) : 0)}", "call 23", "exit", $"past{label}:", "r0 = 0", "exit");
    }

    private void Redirect(bool isXdp)
    {
        if (isXdp && random.Next(2) == 0) Line($"r1 = map_by_fd({Pick("devices", "hashed")}) ll", $"r2 = {Pick(0, 1, 2, 5)}", $"r3 = {Pick(0, 1, 2, 3, 8, 8 + 16)}", "call 51", "exit");
        else if (isXdp) Line($"r1 = {Pick(7, 8, 8, 9)}", $"r2 = {Pick(0, 0, 0, 1)}", "call 23", "exit");
        else
        {
            // A packet whose mark is negative has been redirected already: none goes round for ever.
            int label = _labels++;
            Line("r0 = 0", "r1 = *(u32 *)(r6 + 8)", $"if w1 s< 0 goto past{label}", $"*(u32 *)(r6 + 8) = {~random.Next()}");
            if (_metaBytes == 0 && random.Next(3) == 0) RedirectToNeighbor(label);
            else Line($"r1 = {Pick(7, 8, 8, 9)}", $"r2 = {Pick(0, 0, 1, 2)}", "call 23");
            Line($"past{label}:", "exit");
        }
    }

    private void Step()
    {
        switch (random.Next(6))
        {
            case 0 or 1:
                (string name, NetworkHook hook, string place) = Pick(s_programs);
                if ((hook == NetworkHook.SocketLookup && _looksUp) || (hook == NetworkHook.TcEgress && _clonesOut)) return;
                if (place == "device") place = Pick("left", "left", "right");
                Line($"{(hook == NetworkHook.PortGroup ? "attach" : Pick("attach", "attach", "attach", "detach"))} {name} {place} -> ok");
                break;
            case 2:
                Line($"send {Pick("10.0.0.2", "10.0.1.2")}:{random.Next(1, 10)} {Convert.ToHexStringLower(Bytes(random.Next(1, 40)))} -> nothing");
                break;
            case 3:
                Line(_sockets.Step());
                break;
            default:
                Line($"arrive {Pick("left", "left", "right")} {Frame()} -> nothing");
                break;
        }
    }

    /// <summary>A datagram for the receiver, most of the time; or with something in it that is different.</summary>
    private string Frame()
    {
        int device = random.Next(2);
        byte[] frame = [2, 0, 0, 0, 0, (byte)(7 + device), 2, 0, 0, 0, 1, 7, 8, 0, .. new byte[28], .. Bytes(random.Next(20))];
        Span<byte> ip = frame.AsSpan(14);
        (ip[0], ip[1], ip[8], ip[9]) = (0x45, (byte)random.Next(256), 64, 17);
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)ip.Length);
        ((ReadOnlySpan<byte>)[10, 0, 0, 2, 10, 0, (byte)device, 1]).CopyTo(ip[12..]);
        (ip[21], ip[23]) = (9, Pick<byte>(7, 7, 7, 9, 9, 8));
        BinaryPrimitives.WriteUInt16BigEndian(ip[24..], (ushort)(ip.Length - 20));
        switch (random.Next(16))
        {
            case 0: frame[5] ^= 1; break; // for another host on the link
            case 1: frame.AsSpan(0, 6).Fill(0xff); break;
            case 2: frame[0] |= 1; break;
            case 3: frame[12] = 0x88; frame[13] = 0xb5; break; // a local protocol
            case 4: frame[12] = 0x86; frame[13] = 0xdd; break;
            case 5: ip[19] = 77; break; // for another host
            case 6: ip[23] = 8; break; // another port
            case 7: BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(ip.Length + 1)); break; // longer than it is
            case 8: BinaryPrimitives.WriteUInt16BigEndian(ip[24..], 8); break; // shorter
            case 9: ip[0] = 0x44; break;
            case 10: ip[26] = 0x12; break; // a checksum, which is wrong
            case 11: ip[6] = Pick<byte>(0x20, 0x40, 0x80); break; // the first fragment, or none
            case 12: ip[7] = 1; break; // another one
        }

        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], (ushort)~Sum(ip[..20]));
        if (random.Next(20) == 0) ip[10] ^= 1;
        for (int tags = random.Next(10) - 6; tags > 0 && tags < 3; tags--) frame = [.. frame[..12], .. Pick<byte[]>([0x81, 0], [0x81, 0], [0x88, 0xa8]), Pick<byte>(0, 0x20), Pick<byte>(0, 0, 0, 5), .. frame[12..]];
        int cut = random.Next(20) == 0 ? random.Next(14, frame.Length) : frame.Length;
        return Convert.ToHexStringLower(frame.AsSpan(0, cut));
    }

    private static ushort Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
        while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)sum;
    }

    private byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private T Pick<T>(params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];
}
