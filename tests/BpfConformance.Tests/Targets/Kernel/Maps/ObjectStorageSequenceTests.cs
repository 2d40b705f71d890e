using System.Buffers.Binary;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Loading.Assembly;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>Random operations on what is stored for a task or a socket, by a program and by user space, and for a file or a group, by user space alone.</summary>
[TestFixture]
internal sealed class ObjectStorageSequenceTests : SequenceFixture
{
    private const int Sequences = 20;

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

    /// <summary>The same for the socket of a packet, which a run has for itself.</summary>
    private const string ProgramOfSockets = """
        r6 = *(u32 *)(r1 + 76)
        r7 = *(u32 *)(r1 + 80)
        r8 = *(u64 *)(r1 + 168)
        r2 = r6
        r2 += 24
        if r2 > r7 goto none
        if r8 == 0 goto none
        r2 = r8
        r8 = 0
        r1 = map_by_fd(0) ll
        r7 = *(u64 *)(r6 + 0)
        if r7 == 0 goto delete
        r3 = 0
        if r7 == 1 goto get
        r3 = *(u64 *)(r6 + 16)
        *(u64 *)(r10 - 8) = r3
        r3 = r10
        r3 += -8
        get:
        r4 = *(u64 *)(r6 + 8)
        call 107
        if r0 == 0 goto leave
        r0 = *(u64 *)(r0 + 0)
        goto leave
        delete:
        call 108
        leave:
        r6 = 0
        exit
        none:
        r8 = 0
        r7 = 0
        r0 = 7
        goto leave
        """;

    [TestCase(MapType.TaskStorage)]
    [TestCase(MapType.SkStorage)]
    [TestCase(MapType.InodeStorage)]
    [TestCase(MapType.CgrpStorage)]
    public void RandomSequence_OnWhatIsStoredForAnObject_AgreesWithTheKernel(MapType type)
    {
        BpfProgram program = type switch
        {
            MapType.TaskStorage => new BpfProgram(Assembler.Assemble(Program).Instructions),
            MapType.SkStorage => new BpfProgram(Assembler.Assemble(ProgramOfSockets).Instructions, ProgramType.SchedCls),
            _ => new BpfProgram(Assembler.Assemble("r0 = 0\nexit").Instructions), // programs store nothing for others
        };
        var map = new MapDefinition("storage", type, sizeof(int), sizeof(ulong), MaxEntries: 0, MapFlags.NoPreallocation);
        Compare(
            new LoadRequest(program, [map], DataBytes) { IsSequence = true },
            Sequences,
            random => Steps(() => random.Next(2) == 0 ? Run(random) : new RunInput { Step = Step(random) }));
    }

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
