using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Targets.Kernel;
using NUnit.Framework;
using static BpfConformance.Tests.Targets.Kernel.Slots;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>When the load of a twin is enough; that it is, the kernel says (<see cref="Generated.GeneratedProgramTests"/>).</summary>
[TestFixture]
internal sealed class TwinVerdictTests
{
    private static readonly Instruction s_jumpOverOne = Slot(0x15, 1, 0, 1);

    [Test]
    public void IsThatOfGiven_OfProgramsThatNeedNothingOfTheTwin_IsTrue() => Assert.Multiple(() =>
    {
        Assert.That(Of(Move(0, 1), Exit));
        Assert.That(Of(Move(6, 1), Copy(0, 6), Exit));
        Assert.That(Of(Move(0, 1), s_jumpOverOne, Move(6, 1), Exit), "r6 is written on one path, and read on none");
        Assert.That(Of(CallLocal(1), Exit, Move(0, 1), s_jumpOverOne, Move(0, 2), Exit), "main and a function, each on its own");
    });

    [Test]
    public void IsThatOfGiven_OfProgramsThatTheTwinMayRepair_IsFalse() => Assert.Multiple(() =>
    {
        Assert.That(Of(Copy(0, 6), Exit), Is.False, "r6 is read and was never written");
        Assert.That(Of(Move(0, 1), s_jumpOverOne, Move(6, 1), Copy(0, 6), Exit), Is.False, "r6 is read, and written on one of two paths");
        Assert.That(Of(Move(0, 1)), Is.False, "there is no exit");
        Assert.That(Of(Move(0, 1), Slot(0x95, 1)), Is.False, "the exit has a reserved field");
        Assert.That(Of(), Is.False, "there is nothing");
        Assert.That(Of(CallLocal(2), s_jumpOverOne, Exit, Move(0, 1), Exit), Is.False, "main jumps into a function");
        Assert.That(Of(CallLocal(1), Move(0, 1), Move(0, 2), Exit), Is.False, "main runs into a function");
    });

    private static bool Of(params Instruction[] program) =>
        TwinVerdict.IsThatOfGiven(new KernelPart(new BpfProgram([.. program]), index: 0, mapCount: 0, hasMemory: false, dataBytes: 0));
}
