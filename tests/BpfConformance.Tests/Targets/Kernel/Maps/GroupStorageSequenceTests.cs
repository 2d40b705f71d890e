using System.Buffers.Binary;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Loading.Assembly;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>Random operations on what is stored at a control group, by programs at three of its hooks and by user space.</summary>
[TestFixture]
internal sealed class GroupStorageSequenceTests : SequenceFixture
{
    private const int Sequences = 12;

    private static readonly (ProgramType Type, AttachType Hook)[] s_programs =
    [
        (ProgramType.CgroupSysctl, AttachType.CgroupSysctl),
        (ProgramType.CgroupSock, AttachType.CgroupInetSockCreate),
        (ProgramType.CgroupSock, AttachType.CgroupInetSockRelease),
    ];

    [TestCase(MapType.CgroupStorage, GroupStorageKeys.HookBytes, 8)]
    [TestCase(MapType.CgroupStorage, GroupStorageKeys.GroupBytes, 12)]
    [TestCase(MapType.PercpuCgroupStorage, GroupStorageKeys.HookBytes, 12)]
    [TestCase(MapType.PercpuCgroupStorage, GroupStorageKeys.GroupBytes, 8)]
    public void RandomSequence_OnStorage_AgreesWithTheKernel(MapType type, int keyBytes, int valueBytes) => Compare(
        RequestFor(new MapDefinition("storage", type, keyBytes, valueBytes, MaxEntries: 0)),
        Sequences,
        random => Steps(() => Next(random, keyBytes, valueBytes)));

    private static LoadRequest RequestFor(MapDefinition storage) =>
        new(BpfProgram.InARow([.. s_programs.Select((program, index) => ($"p{index}", Program(index, program.Type, program.Hook)))]), [storage], DataBytes: 0)
        {
            IsSequence = true,
        };

    /// <summary>Each does something else to the value.</summary>
    private static BpfProgram Program(int index, ProgramType type, AttachType hook) => new(
        Assembler.Assemble($"""
            r1 = map_by_fd(0) ll
            r2 = 0
            call 81
            r1 = *(u64 *)(r0 + 0)
            r1 *= {3 + (2 * index)}
            r1 += {index + 1}
            *(u64 *)(r0 + 0) = r1
            r0 = 1
            exit
            """).Instructions,
        type)
    {
        AttachType = hook,
    };

    private static RunInput Next(Random random, int keyBytes, int valueBytes) => random.Next(10) < 4
        ? new RunInput { Program = random.Next(s_programs.Length) }
        : new RunInput { Step = Step(random, keyBytes, valueBytes) };

    private static MapStep Step(Random random, int keyBytes, int valueBytes)
    {
        byte[] value = new byte[valueBytes];
        random.NextBytes(value);
        return random.Next(8) switch
        {
            < 3 => new MapStep(MapCommand.Lookup, 0, Key(random, keyBytes), default),
            < 6 => new MapStep(MapCommand.Update, 0, Key(random, keyBytes), value, random.Next(4) == 0 ? (ulong)random.Next(9) : UpdateFlags.Any),
            6 => new MapStep(MapCommand.NextKey, 0, random.Next(2) == 0 ? default : Key(random, keyBytes), default),
            _ => new MapStep(MapCommand.Delete, 0, Key(random, keyBytes), default),
        };
    }

    /// <summary>Mostly one that can be there.</summary>
    private static byte[] Key(Random random, int keyBytes)
    {
        byte[] key = new byte[keyBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(key, random.Next(8) == 0 ? (ulong)random.Next(3) << 40 : GroupStorageKeys.CaseGroup);
        if (keyBytes == GroupStorageKeys.GroupBytes) return key;
        AttachType hook = random.Next(8) == 0 ? (AttachType)random.Next(40) : s_programs[random.Next(s_programs.Length)].Hook;
        BinaryPrimitives.WriteInt32LittleEndian(key.AsSpan(sizeof(ulong)), (int)hook);
        BinaryPrimitives.WriteInt32LittleEndian(key.AsSpan(sizeof(ulong) + sizeof(int)), random.Next(3));
        return key;
    }
}
