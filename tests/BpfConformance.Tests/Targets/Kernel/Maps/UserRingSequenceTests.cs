using System.Collections.Immutable;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Loading.Assembly;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>Random records of user space in a ring buffer that programs drain.</summary>
[TestFixture]
internal sealed class UserRingSequenceTests : SequenceFixture
{
    private const int Sequences = 60;
    private const int RingBytes = 4096;

    /// <summary>Of a record that is longer than the ring there is one now and then.</summary>
    private const int Longest = RingBytes + 16;

    /// <summary>What a run does: it drains with these flags (8 bytes), until a record begins with this byte (8 bytes); it leaves there what it has seen.</summary>
    private const int DataBytes = 24;

    private const string Program = """
        r6 = r1
        *(u64 *)(r10 - 8) = 0
        r1 = *(u64 *)(r6 + 8)
        *(u64 *)(r10 - 16) = r1
        r1 = map_by_fd(0) ll
        r2 = code_addr(each) ll
        r3 = r10
        r3 += -16
        r4 = *(u64 *)(r6 + 0)
        call 209
        r1 = *(u64 *)(r10 - 8)
        *(u64 *)(r6 + 16) = r1
        exit
        each:
        r6 = r1
        r7 = r2
        *(u64 *)(r10 - 8) = 0
        r1 = r10
        r1 += -8
        r2 = 5
        r3 = r6
        r4 = 0
        r5 = 0
        call 201
        if r0 != 0 goto short
        r1 = *(u64 *)(r10 - 8)
        r2 = *(u64 *)(r7 + 8)
        r2 *= 31
        r2 += r1
        *(u64 *)(r7 + 8) = r2
        r2 = *(u64 *)(r7 + 0)
        r1 &= 255
        if r1 != r2 goto goon
        r0 = 1
        exit
        short:
        r2 = *(u64 *)(r7 + 8)
        r2 += 1
        *(u64 *)(r7 + 8) = r2
        goon:
        r0 = 0
        exit
        """;

    [Test]
    public void RandomSequence_OnARingOfUserSpace_AgreesWithTheKernel() => Compare(
        new LoadRequest(
            new BpfProgram(Assembler.Assemble(Program).Instructions), [new MapDefinition("r", MapType.UserRingbuf, 0, 0, RingBytes)], DataBytes)
        {
            IsSequence = true,
        },
        Sequences,
        Sequence);

    private static ImmutableArray<RunInput> Sequence(Random random)
    {
        int drains = random.Next(1, 8); // of twenty: rings that stay empty, and that fill up
        int longest = random.Next(3) == 0 ? Longest : 200;
        return Steps(() => random.Next(20) < drains ? Run(random) : new RunInput { Step = Step(random, longest) });
    }

    private static RunInput Run(Random random)
    {
        ulong flags = random.Next(8) == 0 ? 1ul << random.Next(4) : 0;
        ulong last = (ulong)random.Next(random.Next(2) == 0 ? 256 : 1024);
        return new RunInput((byte[])[.. BitConverter.GetBytes(flags), .. BitConverter.GetBytes(last), .. new byte[sizeof(ulong)]]);
    }

    private static UserStep Step(Random random, int longest)
    {
        byte[] record = new byte[random.Next(longest + 1)];
        random.NextBytes(record);
        return random.Next(12) switch
        {
            0 => new MapStep(MapCommand.Lookup, 0, default, default),
            1 => new MapStep(MapCommand.NextKey, 0, default, default),
            _ => new RingStep(RingCommand.Produce, 0, record),
        };
    }
}
