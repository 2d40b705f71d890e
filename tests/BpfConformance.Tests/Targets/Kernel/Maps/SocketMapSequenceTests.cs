using System.Buffers.Binary;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Loading.Assembly;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>Random operations on maps of sockets, by user space and by programs, which look sockets up, and put them elsewhere. None is attached to a map.</summary>
[TestFixture]
internal sealed class SocketMapSequenceTests : SequenceFixture
{
    private const int Sequences = 40;
    private const int Entries = 4;
    private const int KeyBytes = sizeof(uint);

    /// <summary>What a run does: it looks a key up (1), deletes it (2), or puts what it finds at another key (3), with flags.</summary>
    private const int FlagsAt = 8;
    private const int KeyAt = 16;
    private const int OtherKeyAt = 24;
    private const int PacketBytes = 32;

    private static readonly string s_program = Order(data: 76, PacketBytes) + """
        r1 = *(u32 *)(r6 + 16)
        *(u32 *)(r10 - 16) = r1
        r1 = *(u32 *)(r6 + 24)
        *(u32 *)(r10 - 8) = r1
        r1 = map_by_fd(0) ll
        r2 = r10
        r2 += -16
        if r8 == 2 goto delete
        call 1
        if r0 == 0 goto none
        r6 = r0
        r7 = *(u32 *)(r6 + 44)
        if r8 != 3 goto release
        r1 = map_by_fd(0) ll
        r2 = r10
        r2 += -8
        r3 = r6
        r4 = r9
        call 2
        r7 = r0
        release:
        r1 = r6
        call 86
        r0 = r7
        leave:
        r6 = 0
        r7 = 0
        exit
        delete:
        call 3
        goto leave
        none:
        r0 = 77
        goto leave
        """;

    /// <summary>Programs choose from it, and that is no operation on the map.</summary>
    private const string Idle = "r0 = 0\nexit";

    [TestCase(MapType.Sockmap, 8)]
    [TestCase(MapType.Sockhash, 8)]
    [TestCase(MapType.ReuseportSockarray, 8)]
    public void RandomSequence_OnAMapOfSockets_AgreesWithTheKernel(MapType type, int valueBytes) => Compare(
        new LoadRequest(
            new BpfProgram(Assembler.Assemble(type == MapType.ReuseportSockarray ? Idle : s_program).Instructions, ProgramType.SchedCls),
            [new MapDefinition("socks", type, KeyBytes, valueBytes, Entries)],
            PacketBytes)
        {
            IsSequence = true,
        },
        Sequences,
        random => Steps(() => random.Next(3) == 0 ? Run(random) : new RunInput { Step = Step(random, valueBytes) }));

    private static RunInput Run(Random random)
    {
        var packet = new byte[PacketBytes];
        BinaryPrimitives.WriteInt32LittleEndian(packet, random.Next(1, 4));
        BinaryPrimitives.WriteUInt64LittleEndian(packet.AsSpan(FlagsAt), Flags(random));
        Key(random).CopyTo(packet.AsSpan(KeyAt));
        Key(random).CopyTo(packet.AsSpan(OtherKeyAt));
        return new RunInput(packet);
    }

    private static MapStep Step(Random random, int valueBytes)
    {
        byte[] value = new byte[valueBytes];
        ulong number = random.Next(12) == 0 ? (ulong)random.NextInt64() : (ulong)random.Next((int)NetworkPlace.Receiver, (int)NetworkPlaces.Last + 1);
        BinaryPrimitives.WriteUInt64LittleEndian(value, number);
        return random.Next(12) switch
        {
            < 6 => new MapStep(MapCommand.Update, 0, Key(random), value, Flags(random)),
            < 8 => new MapStep(MapCommand.Lookup, 0, Key(random), default),
            8 => new MapStep(MapCommand.NextKey, 0, random.Next(3) == 0 ? default : Key(random), default),
            9 => new MapStep(MapCommand.LookupAndDelete, 0, Key(random), default),
            _ => new MapStep(MapCommand.Delete, 0, Key(random), default),
        };
    }

    private static ulong Flags(Random random) => random.Next(10) == 0 ? (ulong)random.Next(9) : (ulong)random.Next(3);

    private static byte[] Key(Random random) => BitConverter.GetBytes(random.Next(Entries + 2));
}
