using System.Buffers.Binary;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Network;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Plugin.Protocol;

/// <summary>Steps in the network, as the fields that every step has: command, subject, flags, key and value.</summary>
internal static class NetworkBody
{
    /// <summary>The first command; the others follow.</summary>
    public const byte Attach = 32;

    public const byte Last = Connect;

    private const byte Detach = 33;
    private const byte Arrive = 34;
    private const byte Send = 35;
    private const byte Write = 36;
    private const byte Connect = 37;

    /// <summary>The number of the place that is the first map.</summary>
    private const int FirstMap = 128;

    private const int AddressBytes = sizeof(uint) + sizeof(ushort);

    /// <summary>The fields of a step; a key is an IPv4 address and a port, in network order.</summary>
    public static (byte Command, int Subject, ulong Flags, byte[] Key, ReadOnlyMemory<byte> Value) FieldsOf(NetworkStep step) => step switch
    {
        AttachStep attach => (attach.IsDetached ? Detach : Attach, attach.Program, (ulong)attach.Place, [], default),
        ArriveStep arrive => (Arrive, 0, (ulong)arrive.Device, [], arrive.Frame),
        MapAttachStep attach => (attach.IsDetached ? Detach : Attach, attach.Program, (ulong)(FirstMap + attach.Map), [], default),
        ConnectStep => (Connect, 0, (ulong)NetworkPlace.Client, [], default),
        WriteStep write => (Write, 0, (ulong)write.Socket, [], write.Payload),
        SendStep send => (Send, 0, 0, AddressOf(send), send.Payload),
        _ => throw new ArgumentException("there is no such step", nameof(step)),
    };

    /// <summary>The step with such fields.</summary>
    /// <exception cref="BpfFormatException">There is none.</exception>
    public static NetworkStep Read(ref BodyReader body, LoadRequest loaded, byte command, int subject, ulong flags, byte[] key, byte[] value)
    {
        NetworkStep step = Step(ref body, loaded, command, subject, flags, key, value);
        return step.PacketBytes <= loaded.DataBytes ? step : throw body.Error($"a packet of {step.PacketBytes} bytes, expected at most {loaded.DataBytes} as the load said");
    }

    private static NetworkStep Step(ref BodyReader body, LoadRequest loaded, byte command, int subject, ulong flags, byte[] key, byte[] value)
    {
        if (!loaded.HasNetwork) throw body.Error("a step in the network of a load without one");
        bool isSend = command == Send;
        if (key.Length != (isSend ? AddressBytes : 0)) throw body.Error($"a step in the network with a key of {key.Length} bytes");
        if (isSend) return new SendStep(BinaryPrimitives.ReadUInt32BigEndian(key), BinaryPrimitives.ReadUInt16BigEndian(key.AsSpan(sizeof(uint))), value);
        if (flags >= FirstMap && command is Attach or Detach) return OnMap(ref body, loaded, command == Detach, subject, flags - FirstMap);
        if (flags > NetworkPlaces.Last) throw body.Error($"place {flags}, expected 0 to {NetworkPlaces.Last}");
        var place = (NetworkPlace)flags;
        if (command == Arrive) return place <= NetworkPlace.Right ? new ArriveStep(place, value) : throw body.Error($"place {flags}, expected a device");
        if (command == Connect) return place == NetworkPlace.Client ? new ConnectStep() : throw body.Error($"place {flags}, expected the client");
        if (command == Write) return place.IsStream() ? new WriteStep(place, value) : throw body.Error($"place {flags}, expected a side of the connection");
        bool isRight = (uint)subject < (uint)loaded.Program.Count && NetworkHooks.Find(loaded.Program[subject], place) is not null;
        return isRight ? new AttachStep(command == Detach, subject, place) : throw body.Error($"program {subject} is not attached to place {flags}");
    }

    private static MapAttachStep OnMap(ref BodyReader body, LoadRequest loaded, bool isDetached, int subject, ulong map)
    {
        bool isRight = (uint)subject < (uint)loaded.Program.Count && StreamHooks.Find(loaded.Program[subject]) is not null
            && map < (ulong)loaded.Maps.Length && loaded.Maps[(int)map].Type is MapType.Sockmap or MapType.Sockhash;
        return isRight ? new MapAttachStep(isDetached, subject, (int)map) : throw body.Error($"program {subject} is not attached to map {map}");
    }

    private static byte[] AddressOf(SendStep step)
    {
        byte[] address = new byte[AddressBytes];
        BinaryPrimitives.WriteUInt32BigEndian(address, step.Address);
        BinaryPrimitives.WriteUInt16BigEndian(address.AsSpan(sizeof(uint)), step.Port);
        return address;
    }
}
