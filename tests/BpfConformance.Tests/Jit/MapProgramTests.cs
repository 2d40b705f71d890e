using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Jit;
using BpfConformance.Loading.Assembly;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Maps;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit;

/// <summary>Lookups in maps: what is emitted for them does what the helper does.</summary>
[TestFixtureSource(typeof(Engine), nameof(Engine.Compilers))]
internal sealed unsafe class MapProgramTests(Compiler compiler)
{
    private const string Sum = """
        r7 = r1
        r8 = 16
        r6 = 0
        next:
        r2 = r7
        r1 = map_by_idx(0) ll
        call 1
        if r0 == 0 goto none
        r1 = *(u8 *)(r0 + 0)
        r6 += r1
        none:
        r7 += 4
        r8 += -1
        if r8 != 0 goto next
        r0 = r6
        exit
        """;

    [SetUp]
    public void NeedTheCompiler()
    {
        if (compiler.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    [Test]
    public void RandomPrograms_InEveryWayToRun_EndAsOnTheReference()
    {
        int seed = RandomTest.Seed();
        int programs = RandomTest.Programs(compiler.Name == "il" ? 300 : 5000);
        var comparison = new EndComparison(compiler, MapPrograms.DataBytes, registers: 1);
        for (int n = 0; n < programs; n++)
        {
            var source = new MapPrograms(new Random(unchecked(seed + n)));
            Instruction[] program = [.. Assembler.Assemble(source.Next()).Instructions];
            comparison.Maps = source.Maps;
            comparison.Compare(program, source.Data(), $"BPFCONF_SEED={unchecked(seed + n)}");
        }

        TestContext.Out.WriteLine(comparison.ToString());
        Assert.That(comparison.Returned, Is.GreaterThan(comparison.Programs / 5), comparison.ToString());
        Assert.That(comparison.Faulted, Is.GreaterThan(comparison.Programs / 5), comparison.ToString());
    }

    [TestCase(1)]
    [TestCase(3)]
    [TestCase(4)]
    [TestCase(12)]
    [TestCase(13)]
    [TestCase(24)]
    [TestCase(25)]
    [TestCase(63)]
    [TestCase(64)]
    [TestCase(65, Description = "the helper's")]
    public void KeysOfOneTable_ThatDifferInAnyByte_HaveTheirOwnValues(int keyBytes)
    {
        ImmutableArray<MapEntry> contents =
            [.. Enumerable.Range(0, keyBytes).Select(at => new MapEntry(KeyWith(keyBytes, at), new[] { (byte)(at + 1) }))];
        MapDefinition table = new("table", MapType.Hash, keyBytes, ValueBytes: 1, MaxEntries: 2 * keyBytes) { Contents = contents };
        using IMachineProgram program = Load("r2 = r1\nr1 = map_by_idx(0) ll\ncall 1\nif r0 == 0 goto +1\nr0 = *(u8 *)(r0 + 0)\nexit", keyBytes, table);

        for (int at = 0; at < keyBytes; at++) Assert.That(ResultOf(program, KeyWith(keyBytes, at)), Is.EqualTo((RunStatus.Returned, (ulong)at + 1)));
        Assert.That(ResultOf(program, new byte[keyBytes]), Is.EqualTo((RunStatus.Returned, 0ul)));
    }

    [Test]
    public void KeysOfOneBucket_InAFullTable_AreAllFound()
    {
        uint[] keys = [.. Numbers().Where(key => (JenkinsHash.Of((byte*)&key, sizeof(uint)) & 15) == 3).Take(16)];
        ImmutableArray<MapEntry> contents = [.. keys.Select(key => new MapEntry(BitConverter.GetBytes(key), new byte[] { 3 }))];
        MapDefinition table = new("table", MapType.Hash, sizeof(uint), ValueBytes: 1, MaxEntries: 16) { Contents = contents };
        using IMachineProgram program = Load(Sum, dataBytes: 64, table);

        Assert.That(ResultOf(program, [.. keys.SelectMany(BitConverter.GetBytes)]), Is.EqualTo((RunStatus.Returned, 48ul)));
        Assert.That(ResultOf(program, new byte[64]), Is.EqualTo((RunStatus.Returned, 0ul)), "0 is in another bucket");
    }

    [TestCase(0u, 1ul)]
    [TestCase(2u, 3ul)]
    [TestCase(3u, 0ul)]
    [TestCase(0x7fff_ffffu, 0ul)]
    [TestCase(0x8000_0000u, 0ul)]
    [TestCase(uint.MaxValue, 0ul)]
    public void Index_InAnArrayOfThree_HasAValueOrNone(uint index, ulong expected)
    {
        ImmutableArray<MapEntry> contents = [.. Enumerable.Range(0, 3).Select(n => new MapEntry(BitConverter.GetBytes(n), new[] { (byte)(n + 1) }))];
        MapDefinition array = new("array", MapType.Array, sizeof(uint), ValueBytes: 1, MaxEntries: 3) { Contents = contents };
        using IMachineProgram program = Load("r2 = r1\nr1 = map_by_idx(0) ll\ncall 1\nif r0 == 0 goto +1\nr0 = *(u8 *)(r0 + 0)\nexit", sizeof(uint), array);

        Assert.That(ResultOf(program, BitConverter.GetBytes(index)), Is.EqualTo((RunStatus.Returned, expected)));
    }

    [TestCase(MapType.Array, "r2 = r1\nr2 += 1")]
    [TestCase(MapType.Hash, "r2 = r10\nr2 += -3")]
    [TestCase(MapType.Hash, "r2 = 0")]
    public void KeyThatIsNotAllThere_FaultsAtTheCall(MapType type, string key)
    {
        MapDefinition map = new("map", type, sizeof(uint), ValueBytes: 8, MaxEntries: 3);
        using IMachineProgram program = Load($"r0 = 0\n{key}\nr1 = map_by_idx(0) ll\ncall 1\nr0 = 0\nexit", sizeof(uint), map);

        _ = ResultOf(program, new byte[sizeof(uint)]);

        Machine* m = program.Memory.Machine;
        int pc = program.Memory.Machine->FaultPc;
        Assert.That((m->Status, m->Fault, program.Executed(CompiledMachine.Budget)), Is.EqualTo((RunStatus.Faulted, FaultKind.OutOfBoundsLoad, (long)pc)));
        Assert.That(pc, Is.EqualTo(key.Contains('\n', StringComparison.Ordinal) ? 5 : 4));
    }

    private static IEnumerable<uint> Numbers()
    {
        for (uint number = 1; number != 0; number++) yield return number;
    }

    private static byte[] KeyWith(int bytes, int at)
    {
        byte[] key = new byte[bytes];
        key[at] = 1;
        return key;
    }

    private IMachineProgram Load(string text, int dataBytes, MapDefinition map)
    {
        EngineLoad load = compiler.With(JitOptions.Checked);
        return load(Assembler.Assemble(text).Instructions.AsSpan(), [map], ProgramType.Unspecified, dataBytes, out _)!; // it is valid
    }

    private static (RunStatus Status, ulong R0) ResultOf(IMachineProgram program, byte[] data)
    {
        program.Prepare(data, CompiledMachine.Budget);
        program.RunPrepared();
        return (program.Memory.Machine->Status, program.Memory.Machine->Registers[0]);
    }
}
