using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.InProcess;
using BpfConformance.Targets.Timing;
using NUnit.Framework;
using static BpfConformance.Tests.Targets.Kernel.Slots;

namespace BpfConformance.Tests.Targets.Timing;

[TestFixture]
internal sealed class SteadyMemoryTests
{
    private static IEnumerable<TestCaseData> Programs =>
    [
        Row("reads only", true, Slot(0x71, 0, 1), Exit),
        Row("writes what is there", true, Slot(0x71, 0, 1), Slot(0x73, 1, 0), Exit),
        Row("writes the same each time", true, Move(0, 9), Slot(0x73, 1, 0), Exit),
        Row("takes it back", true, Slot(0x71, 0, 1), Slot(0xa7, 0, 0, 0, 0x55), Slot(0x73, 1, 0), Exit),
        Row("counts", false, Slot(0x71, 0, 1), Slot(0x07, 0, 0, 0, 1), Slot(0x73, 1, 0), Exit),
        Row("takes another way the second time", false, Slot(0x71, 0, 1), Slot(0x15, 0, 0, 2, 9), Move(0, 9), Slot(0x73, 1, 0), Exit),
    ];

    [TestCaseSource(nameof(Programs))]
    public void IsSteady_OfAProgram_IsWhetherRunsGoOnInACircle(Instruction[] program, bool expected) =>
        Assert.That(SteadyMemory.IsSteady(new ReferenceTarget(), Request(program, 2), new RunInput(new byte[] { 7, 8 })), Is.EqualTo(expected));

    [Test]
    public void IsSteady_OfAProgramThatFaults_IsTrouble() => Assert.That(
        () => SteadyMemory.IsSteady(new ReferenceTarget(), Request([Slot(0x79, 0, 1), Exit], 2), new RunInput(new byte[2])),
        Throws.TypeOf<TargetException>().With.Message.EqualTo("not timed: reference Faulted"));

    private static TestCaseData Row(string name, bool expected, params Instruction[] program) => new TestCaseData(program, expected).SetArgDisplayNames(name);
}
