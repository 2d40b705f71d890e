using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Cases;

/// <summary>Reads steps in the network, and what comes of them.</summary>
internal sealed class NetworkReader(Section section, ImmutableArray<MapDefinition> maps, BpfProgram programs, CaseNames names)
{
    /// <summary>No packet comes out.</summary>
    public const string Nothing = "nothing";

    private const string ExpectedFate = "results of programs as NAME=VALUE, and then 'nothing', or a place and HEX for each packet that comes out";

    /// <summary>The longest frame, and datagram, that a device takes: its MTU is 1500.</summary>
    private const int MaxPacketBytes = 1514;

    /// <summary>The step; <c>null</c>: it is another one.</summary>
    public NetworkStep? Read(Entry entry, string[] words) => words switch
    {
        ["attach", { } name, { } place] => Attach(entry, name, place, isDetached: false),
        ["detach", { } name, { } place] => Attach(entry, name, place, isDetached: true),
        ["arrive", { } device, { } frame] => Checked(entry, new ArriveStep(Device(entry, device), Bytes(entry, frame))),
        ["send", { } target, { } payload] => Checked(entry, Send(entry, target, Bytes(entry, payload))),
        ["connect", { } socket] => socket == Vocabulary.Places[NetworkPlace.Client]
            ? new ConnectStep()
            : throw section.Error(entry.Line, $"found {Section.Quote(socket)}, expected client: the side of the connection that is made"),
        ["write", { } socket, { } payload] => Write(entry, socket, Bytes(entry, payload)),
        _ => null,
    };

    /// <summary>What a step on a packet's way gives: perhaps an errno, and a fate.</summary>
    public (ulong Result, byte[] Fate) ReadFate(Entry entry, NetworkStep step, string text)
    {
        string[] words = FileLines.Words(text);
        ulong result = step is WriteStep write ? (ulong)write.Payload.Length : 0;
        if (words is [{ } first, ..] && ResultOf(step, first) is { } other) (result, words) = (other, words[1..]);

        byte[] fate = new byte[PacketFate.MaxBytes(programs.Count, words.Select(word => word.Length / 2).DefaultIfEmpty().Max())];
        var writer = new PacketFate(fate, new byte[fate.Length], programs.Count);
        while (words is [{ } word, ..] && word.Contains('=', StringComparison.Ordinal))
        {
            string[] sides = word.Split('=', 2);
            writer.AddResult(Program(entry, sides[0]), InputReader.ReadValue(section, entry.Line, sides[1]), ulong.MaxValue);
            words = words[1..];
        }

        if (words is [Nothing]) return (result, fate[..writer.Length]);
        if (words is []) throw Unexpected(entry, text);
        for (; words is [{ } place, { } packet, ..]; words = words[2..])
        {
            if (!writer.TryAddPacket(Place(entry, place, "a place", _ => true), Bytes(entry, packet))) throw section.Error(entry.Line, $"a packet too many, expected at most {PacketFate.MaxPackets}");
        }

        return words is [] ? (result, fate[..writer.Length]) : throw Unexpected(entry, text);
    }

    /// <summary>What a call answers that has not done all; <c>null</c>: it has.</summary>
    private static ulong? ResultOf(NetworkStep step, string word) => step switch
    {
        WriteStep when uint.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out uint taken) => taken,
        SendStep or WriteStep or ConnectStep => StepReader.ErrnoOf(word),
        _ => null,
    };

    private BpfFormatException Unexpected(Entry entry, string text) => section.Error(entry.Line, $"found {Section.Quote(text)}, expected {ExpectedFate}");

    private NetworkStep Attach(Entry entry, string name, string place, bool isDetached)
    {
        int map = names.Maps.ToList().IndexOf(place);
        if (map >= 0) return AttachToMap(entry, name, map, isDetached);
        int program = Program(entry, name);
        if (!Enum.GetValues<NetworkPlace>().Any(at => NetworkHooks.Find(programs[program], at) is not null))
        {
            throw section.Error(
                entry.Line,
                $"program {name} is not attached to {place}: expected xdp, sched_cls with tcx_ingress or tcx_egress, lwt_in, lwt_out or lwt_xmit at a device, cgroup_skb or sock_ops at the group, socket_filter at the receiver, sk_lookup at the host, sk_reuseport at the first");
        }

        return new AttachStep(isDetached, program, Place(entry, place, $"a place of program {name}", at => NetworkHooks.Find(programs[program], at) is not null));
    }

    private MapAttachStep AttachToMap(Entry entry, string name, int map, bool isDetached)
    {
        var step = new MapAttachStep(isDetached, Program(entry, name), map);
        bool isRight = maps[map].Type is MapType.Sockmap or MapType.Sockhash && StreamHooks.Find(programs[step.Program]) is not null;
        return isRight ? step : throw section.Error(
            entry.Line,
            $"program {name} is not attached to {names.Maps[map]}: expected sk_msg, or sk_skb with sk_skb_stream_parser, sk_skb_stream_verdict or sk_skb_verdict, at a sockmap or sockhash");
    }

    private WriteStep Write(Entry entry, string socket, byte[] payload)
    {
        NetworkPlace place = Place(entry, socket, "a side of the connection", side => side.IsStream());
        return payload.Length <= WriteStep.MaxBytes ? new WriteStep(place, payload) : throw section.Error(entry.Line, $"{payload.Length} bytes, expected at most {WriteStep.MaxBytes}");
    }

    private SendStep Send(Entry entry, string target, byte[] payload)
    {
        string[] sides = target.Split(':');
        bool isRight = sides.Length == 2 && IPAddress.TryParse(sides[0], out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetwork
            && address.ToString() == sides[0] && ushort.TryParse(sides[1], NumberStyles.None, CultureInfo.InvariantCulture, out _);
        if (!isRight) throw section.Error(entry.Line, $"found {Section.Quote(target)}, expected an IPv4 address and a port, as in 10.0.0.2:9");
        uint number = BinaryPrimitives.ReadUInt32BigEndian(IPAddress.Parse(sides[0]).GetAddressBytes());
        return new SendStep(number, ushort.Parse(sides[1], CultureInfo.InvariantCulture), payload);
    }

    private T Checked<T>(Entry entry, T step)
        where T : NetworkStep
    {
        if (step.PacketBytes is >= PacketRules.LinkHeaderBytes and <= MaxPacketBytes) return step;
        throw section.Error(entry.Line, $"a frame of {step.PacketBytes} bytes, expected {PacketRules.LinkHeaderBytes} to {MaxPacketBytes}");
    }

    private int Program(Entry entry, string name)
    {
        int index = names.Programs.ToList().IndexOf(name);
        return index >= 0 ? index : throw section.Error(entry.Line, $"there is no program {Section.Quote(name)} in this file");
    }

    private NetworkPlace Device(Entry entry, string word) => Place(entry, word, "a device", place => place is NetworkPlace.Left or NetworkPlace.Right);

    private NetworkPlace Place(Entry entry, string word, string what, Func<NetworkPlace, bool> isRight) =>
        Vocabulary.Places.TryParse(word, out NetworkPlace place) && isRight(place)
            ? place
            : throw section.Error(
                entry.Line,
                $"found {Section.Quote(word)}, expected {what}: {string.Join(", ", Enum.GetValues<NetworkPlace>().Where(isRight).Select(each => Vocabulary.Places[each]))}");

    private byte[] Bytes(Entry entry, string text) => section.Bytes(entry.Line, text);
}
