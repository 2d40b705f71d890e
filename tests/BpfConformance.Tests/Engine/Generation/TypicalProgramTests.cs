using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.InProcess;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Generation;

[TestFixture]
public sealed class TypicalProgramTests
{
    [Test]
    public void Of_TheShortestLength_IsAMoveAndAnExit() =>
        Assert.That(Convert.ToHexStringLower(TypicalProgram.Of(2).ToBytes()), Is.EqualTo("b7000000020000009500000000000000"));

    [TestCase(2, 2ul, 2L)]
    [TestCase(31, 408ul, 31L)]
    [TestCase(32, 10416864288087061181ul, 32L)]
    [TestCase(64, 8670324328560099851ul, 58L)]
    [TestCase(512, 17343959544801034ul, 405L)]
    [TestCase(65536, 746ul, 50983L)]
    public void Of_ALength_HasItAndReturnsWhatItAlwaysDid(int slots, ulong r0, long executed)
    {
        BpfProgram program = TypicalProgram.Of(slots);
        LoadResult loaded = new ReferenceTarget().Load(new LoadRequest(program, [], TypicalProgram.DataBytes));
        Assert.That(loaded.Verdict, Is.EqualTo(Verdict.Accepted));
        var seen = new ObservationBatch();
        seen.Reset(1, TypicalProgram.DataBytes);

        loaded.Program!.Run([new RunInput(TypicalProgram.Data)], seen);

        loaded.Program.Dispose();
        Assert.That(program.Instructions, Has.Length.EqualTo(slots));
        Assert.That((seen[0].Status, seen[0].R0, seen[0].Instructions), Is.EqualTo((ExecutionStatus.Returned, r0, executed)));
    }

    [Test]
    public void Of_EveryLengthToAHundred_LoadsAndReturns()
    {
        for (int slots = 2; slots <= 100; slots++)
        {
            LoadResult loaded = new ReferenceTarget().Load(new LoadRequest(TypicalProgram.Of(slots), [], TypicalProgram.DataBytes));
            Assert.That(loaded.Verdict, Is.EqualTo(Verdict.Accepted), $"{slots} slots");
            loaded.Program!.Dispose();
        }
    }

    [Test]
    public void Of_ALongLength_HoldsTheMixOfACompiler()
    {
        BpfProgram program = TypicalProgram.Of(4096);
        Dictionary<InstructionClass, int> percents = program.Instructions.CountBy(i => i.Class).ToDictionary(each => each.Key, each => each.Value * 100 / 4096);

        Assert.That(percents[InstructionClass.Alu64], Is.InRange(25, 45));
        Assert.That(percents[InstructionClass.Alu], Is.InRange(10, 25));
        Assert.That(percents[InstructionClass.Ldx], Is.InRange(15, 35));
        Assert.That(percents[InstructionClass.Stx], Is.InRange(8, 20));
        Assert.That(percents[InstructionClass.Jmp] + percents[InstructionClass.Jmp32], Is.InRange(8, 20));
    }

    [TestCase(1)]
    [TestCase(0)]
    public void Of_NoRoomForAResult_IsRefused(int slots) => Assert.That(() => TypicalProgram.Of(slots), Throws.TypeOf<ArgumentOutOfRangeException>());
}
