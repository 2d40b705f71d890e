using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Loading.Assembly;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>Random operations of user space on maps into which it puts nothing, and no program does here: what they refuse, and how.</summary>
[TestFixture]
internal sealed class InertMapSequenceTests : SequenceFixture
{
    private const int Sequences = 40;

    [TestCase(MapType.StackTrace, 4, 8, 3, MapFlags.None)]
    [TestCase(MapType.StackTrace, 4, 64, 8, MapFlags.StackBuildId)]
    [TestCase(MapType.Arena, 0, 0, 2, MapFlags.Mmapable)]
    public void RandomSequence_OnAMapThatStaysEmpty_AgreesWithTheKernel(MapType type, int keyBytes, int valueBytes, int entries, MapFlags flags) => Compare(
        new LoadRequest(
            new BpfProgram(Assembler.Assemble("r0 = 0\nexit").Instructions), [new MapDefinition("m", type, keyBytes, valueBytes, entries, flags)], DataBytes: 0)
        {
            IsSequence = true,
        },
        Sequences,
        random => Steps(() => new RunInput { Step = Step(random, keyBytes, valueBytes, entries) }));

    private static MapStep Step(Random random, int keyBytes, int valueBytes, int entries)
    {
        byte[] key = keyBytes == 0 ? [] : BitConverter.GetBytes(random.Next(8) == 0 ? -1 : random.Next(3 * entries));
        byte[] value = new byte[valueBytes];
        ulong flags = (ulong)random.Next(6);
        return random.Next(100) switch
        {
            < 25 => new MapStep(MapCommand.Lookup, 0, key, default, flags),
            < 50 => new MapStep(MapCommand.Update, 0, key, value, flags),
            < 70 => new MapStep(MapCommand.Delete, 0, key, default),
            < 80 => new MapStep(MapCommand.LookupAndDelete, 0, key, default, flags),
            < 99 => new MapStep(MapCommand.NextKey, 0, random.Next(2) == 0 ? default : key, default),
            _ => new MapStep(MapCommand.Freeze, 0, default, default),
        };
    }
}
