using System.Buffers.Binary;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Loading.Assembly;
using BpfConformance.Tests.Jit;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>Random operations on what is stored for the task, by a program and by user space.</summary>
[TestFixture]
internal sealed class TaskStorageSequenceTests : KernelFixture
{
    private const int Sequences = 20;
    private const int Steps = 60;

    /// <summary>What a run does: it deletes (0), or gets with or without a value (1, 2) and flags; then what the value is, and is increased by.</summary>
    private const int FlagsAt = 8;
    private const int ValueAt = 16;
    private const int DataBytes = 24;

    private const string Program = """
        r6 = r1
        call 158
        r2 = r0
        r1 = map_by_fd(0) ll
        r7 = *(u64 *)(r6 + 0)
        if r7 == 0 goto delete
        r3 = 0
        if r7 == 1 goto get
        r3 = r6
        r3 += 16
        get:
        r4 = *(u64 *)(r6 + 8)
        call 156
        if r0 == 0 goto exit
        r1 = *(u64 *)(r6 + 16)
        r2 = *(u64 *)(r0 + 0)
        r2 += r1
        *(u64 *)(r0 + 0) = r2
        r0 = r2
        exit
        delete:
        call 157
        exit
        """;

    [Test]
    public void RandomSequence_OnStorageOfTheTask_AgreesWithTheKernel() => SequenceOnAllEngines.Compare(
        new LoadRequest(
            new BpfProgram(Assembler.Assemble(Program).Instructions),
            [new MapDefinition("storage", MapType.TaskStorage, sizeof(int), sizeof(ulong), MaxEntries: 0, MapFlags.NoPreallocation)],
            DataBytes)
        {
            IsSequence = true,
        },
        RandomTest.Programs(Sequences),
        random => [.. Enumerable.Range(0, Steps).Select(_ => random.Next(2) == 0 ? Run(random) : new RunInput { Step = Step(random) })]);

    private static RunInput Run(Random random)
    {
        byte[] memory = new byte[DataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(memory, random.Next(3));
        BinaryPrimitives.WriteInt64LittleEndian(memory.AsSpan(FlagsAt), random.Next(8) == 0 ? random.NextInt64() : random.Next(2));
        BinaryPrimitives.WriteInt64LittleEndian(memory.AsSpan(ValueAt), random.NextInt64());
        return new RunInput(memory);
    }

    private static MapStep Step(Random random)
    {
        byte[] key = BitConverter.GetBytes(random.Next(10) == 0 ? random.Next(-2, 4) : ObjectKeys.OfCase);
        byte[] value = new byte[sizeof(ulong)];
        random.NextBytes(value);
        return random.Next(6) switch
        {
            < 2 => new MapStep(MapCommand.Lookup, 0, key, default),
            < 4 => new MapStep(MapCommand.Update, 0, key, value, (ulong)random.Next(5)),
            4 => new MapStep(MapCommand.NextKey, 0, random.Next(2) == 0 ? default : key, default),
            _ => new MapStep(MapCommand.Delete, 0, key, default),
        };
    }
}
