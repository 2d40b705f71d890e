using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Interpreter;
using BpfConformance.Loading.Assembly;
using NUnit.Framework;

namespace BpfConformance.Tests.Interpreter;

/// <summary>Where a machine's own choice decides what happens next, a sanitised run knows the first such place.</summary>
internal sealed class VolatileFlowTests
{
    private const string TwoMaps = "r6 = map_by_idx(0) ll\nr7 = map_by_idx(1) ll\nr0 = 0\n";

    [TestCase("may_goto +1\ngoto -2\nr0 = 0\nexit", 0, Description = "the count of may_goto is the platform's")]
    [TestCase(TwoMaps + "if r6 > r7 goto +0\nexit", 5, Description = "the order of two maps")]
    [TestCase(TwoMaps + "if r6 == r7 goto +0\nexit", -1, Description = "two maps are different on every machine")]
    [TestCase(TwoMaps + "if r6 == 0 goto +0\nexit", -1, Description = "no map is null")]
    [TestCase(TwoMaps + "r0 = *(u32 *)(r6 + 0)\nexit", 5, Description = "what is kept of a map can be read")]
    [TestCase(TwoMaps + "*(u32 *)(r6 + 0) = 1\nexit", -1, Description = "and not be written")]
    public void Run_SanitizedMachine_KnowsTheFirstPlace(string text, int pc)
    {
        using InterpretedProgram program = Load(text, ProgramType.Unspecified);

        program.Run([], budget: 1L << 26);

        unsafe
        {
            Assert.That(program.Memory.Machine->VolatileFlowPc, Is.EqualTo(pc));
        }
    }

    [Test]
    public void Run_NumberFromAContext_IsTheSameOnEveryMachine()
    {
        using InterpretedProgram program = Load("r0 = *(u32 *)(r1 + 0)\nif r0 == 0 goto +0\nexit", ProgramType.SocketFilter);

        program.Run(new byte[14], budget: 100);

        unsafe
        {
            Assert.That(program.Memory.Machine->VolatileFlowPc, Is.Negative);
        }
    }

    private static InterpretedProgram Load(string text, ProgramType type)
    {
        MapDefinition Map(string name) => new(name, MapType.Hash, KeyBytes: 4, ValueBytes: 8, MaxEntries: 1);
        return InterpretedProgram.TryLoad(
            new BpfProgram(Assembler.Assemble(text).Instructions, type), [Map("a"), Map("b")], 14, HandlerTable.Sanitized, out _)!;
    }
}
