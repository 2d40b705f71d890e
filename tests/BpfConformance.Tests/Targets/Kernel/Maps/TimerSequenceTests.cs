using System.Buffers.Binary;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Loading.Assembly;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>Random sequences of what programs do with timers, and user space with the values that they are in: every step must be the kernel's.</summary>
[TestFixture]
internal sealed class TimerSequenceTests : SequenceFixture
{
    /// <summary>After every run the kernel is given time for its timers.</summary>
    private const int Sequences = 4;

    private const int PacketBytes = 24;
    private const int Keys = 4;
    private const ulong Hour = 3_600_000_000_000;

    /// <summary>The packet says what to do (1 init, 2 set_callback, 3 start, 4 cancel, 5 the first three), with which key, and how. Callbacks count in the value.</summary>
    private static readonly string s_program = Order(data: 0, PacketBytes) + """
        r7 = *(u64 *)(r6 + 16)
        r2 = r6
        r2 += 4
        r1 = map_by_fd(0) ll
        call 1
        if r0 == 0 goto none
        r6 = r0
        if r8 == 2 goto callback
        if r8 == 3 goto start
        if r8 == 4 goto cancel
        r1 = r6
        r1 += 8
        r2 = map_by_fd(0) ll
        r3 = r9
        if r8 == 1 goto init
        r3 = 1
        call 169
        r1 = r6
        r1 += 8
        r2 = code_addr(fired) ll
        call 170
        goto start
        init:
        call 169
        goto leave
        callback:
        r1 = r6
        r1 += 8
        r2 = code_addr(fired) ll
        call 170
        goto leave
        start:
        r1 = r6
        r1 += 8
        r2 = r9
        r3 = r7
        call 171
        goto leave
        cancel:
        r1 = r6
        r1 += 8
        call 172
        leave:
        r6 = 0
        r7 = 0
        exit
        none:
        r0 = 77
        goto leave
        fired:
        r4 = *(u64 *)(r3 + 0)
        r4 += 1
        *(u64 *)(r3 + 0) = r4
        r0 = 0
        exit
        """;

    [Test]
    public void RandomSequence_OfTimers_AgreesWithTheKernel([Values(MapType.Array, MapType.Hash, MapType.LruHash)] MapType type)
    {
        MapDefinition map = new("m", type, sizeof(uint), 24, 2 * Keys) { Fields = [new(ValueFieldKind.Timer, 8)] };
        var request = new LoadRequest(new BpfProgram([.. Assembler.Assemble(s_program).Instructions], ProgramType.Xdp), [map], PacketBytes) { IsSequence = true };
        Compare(request, Sequences, random => Steps(() => Next(random, type)));
    }

    private static RunInput Next(Random random, MapType type)
    {
        byte[] key = BitConverter.GetBytes(random.Next(Keys));
        if (random.Next(3) > 0) return new RunInput(Packet(random, key));
        MapCommand command = (MapCommand)random.Next(4);
        if (command == MapCommand.LookupAndDelete && type == MapType.Array) command = MapCommand.Lookup;
        byte[] value = command == MapCommand.Update ? [(byte)random.Next(256), .. new byte[23]] : [];
        return new RunInput { Step = new MapStep(command, 0, key, value, command == MapCommand.Update ? (ulong)random.Next(4) : 0) };
    }

    /// <summary>Half of all is a timer that is started from the beginning, at once or far away.</summary>
    private static byte[] Packet(Random random, byte[] key)
    {
        uint deed = (uint)Math.Min(random.Next(1, 9), 5);
        bool starts = deed is 3 or 5;
        var packet = new byte[PacketBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(packet, deed);
        key.CopyTo(packet.AsSpan(sizeof(uint)));
        BinaryPrimitives.WriteUInt64LittleEndian(packet.AsSpan(8), starts ? (ulong)random.Next(2) * Hour : (ulong)random.Next(9));
        BinaryPrimitives.WriteUInt64LittleEndian(packet.AsSpan(16), starts && random.Next(6) == 0 ? (ulong)random.Next(5) & ~Timers.Absolute : 0);
        return packet;
    }
}
