using System.Buffers.Binary;
using System.Collections.Immutable;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Loading.Assembly;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>Random operations on a ring buffer, by programs and user space, on the reference and both compilers against the kernel.</summary>
[TestFixture]
internal sealed class RingSequenceTests : SequenceFixture
{
    private const int Sequences = 60;

    /// <summary>What a run does: the helper (133: a record that is reserved and discarded), what is asked of the ring or flags, how long the record is, and its bytes.</summary>
    private const int LengthAt = 4;
    private const int FlagsAt = 8;
    private const int DataAt = 16;
    private const int DataBytes = 512;

    private const string Program = """
        r6 = r1
        r7 = *(u32 *)(r6 + 0)
        r8 = *(u64 *)(r6 + 8)
        if r7 == 130 goto output
        if r7 == 134 goto query
        r1 = map_by_fd(0) ll
        r2 = 24
        r3 = r8
        call 131
        if r0 == 0 goto none
        r1 = *(u64 *)(r6 + 16)
        *(u64 *)(r0 + 0) = r1
        r1 = *(u64 *)(r6 + 24)
        *(u64 *)(r0 + 8) = r1
        *(u64 *)(r0 + 16) = 7
        r1 = r0
        r2 = 0
        if r7 == 133 goto discard
        call 132
        r0 = 1
        exit
        discard:
        call 133
        r0 = 2
        exit
        none:
        r0 = 3
        exit
        query:
        r1 = map_by_fd(0) ll
        r2 = r8
        call 134
        exit
        output:
        r1 = map_by_fd(0) ll
        r2 = r6
        r2 += 16
        r3 = *(u32 *)(r6 + 4)
        if r3 > 512 goto none
        r4 = r8
        call 130
        exit
        """;

    [TestCase(4096)]
    [TestCase(8192)]
    public void RandomSequence_OnARing_AgreesWithTheKernel(int ringBytes) =>
        Compare(RequestFor(ringBytes), Sequences, Sequence);

    private static LoadRequest RequestFor(int ringBytes) =>
        new(new BpfProgram(Assembler.Assemble(Program).Instructions), [new MapDefinition("r", MapType.Ringbuf, 0, 0, ringBytes)], DataAt + DataBytes)
        {
            IsSequence = true,
        };

    private static ImmutableArray<RunInput> Sequence(Random random)
    {
        int consumes = random.Next(1, 8); // of ten: rings that stay empty, and that fill up
        int longest = random.Next(2) == 0 ? 64 : DataBytes;
        return Steps(() => random.Next(10) < consumes ? new RunInput { Step = new RingStep(RingCommand.Consume, 0, default) } : Run(random, longest));
    }

    private static RunInput Run(Random random, int longest)
    {
        var memory = new byte[DataAt + DataBytes];
        random.NextBytes(memory.AsSpan(DataAt));
        int helper = random.Next(8) switch { < 4 => 130, 4 => 131, 5 => 133, _ => 134 };
        ulong flags = helper == 134 ? (ulong)random.Next(5) : random.Next(12) == 0 ? (ulong)random.Next(5) : 0;
        BinaryPrimitives.WriteInt32LittleEndian(memory, helper);
        BinaryPrimitives.WriteInt32LittleEndian(memory.AsSpan(LengthAt), random.Next(longest + 1));
        BinaryPrimitives.WriteUInt64LittleEndian(memory.AsSpan(FlagsAt), flags);
        return new RunInput(memory);
    }
}
