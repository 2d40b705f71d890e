using BpfConformance.Abi.Instructions;
using BpfConformance.Loading.Btf;
using NUnit.Framework;
using static BpfConformance.Tests.Targets.Kernel.Slots;

namespace BpfConformance.Tests.Loading.Btf;

[TestFixture]
internal sealed class LocalFunctionsTests
{
    [Test]
    public void Starts_OfAProgramWithoutFunctions_IsMain() => Assert.That(LocalFunctions.Starts([Move(0, 0), Exit]), Is.EqualTo((int[])[0]));

    [Test]
    public void Starts_OfCallsAndCodeAddresses_AreInOrderAndOnce()
    {
        Instruction[] program = [CallLocal(5), .. Wide(2, 4, 2), CallLocal(2), Exit, Exit, CallLocal(-1), Exit, CallLocal(-9), Exit];

        Assert.That(LocalFunctions.Starts(program), Is.EqualTo((int[])[0, 4, 6]));
    }

    [Test]
    public void Starts_OfWhatLeadsOutside_IsMain() =>
        Assert.That(LocalFunctions.Starts([CallLocal(-2), CallLocal(2), .. Wide(1, 4, int.MaxValue)]), Is.EqualTo((int[])[0]));

    private static IEnumerable<TestCaseData> Needs()
    {
        yield return new TestCaseData((Instruction[])[Move(0, 0), Exit], false).SetArgDisplayNames("nothing");
        yield return new TestCaseData((Instruction[])[CallLocal(1), Exit, Move(0, 0), Exit], false).SetArgDisplayNames("plain function");
        yield return new TestCaseData((Instruction[])[.. Wide(2, 4, 1), Exit, Exit], true).SetArgDisplayNames("code address");
        yield return new TestCaseData((Instruction[])[CallHelper(12), CallLocal(1), Exit, Exit], false).SetArgDisplayNames("tail call in main");
        yield return new TestCaseData((Instruction[])[CallLocal(1), Exit, CallHelper(12), Exit], true).SetArgDisplayNames("tail call in a function");
        yield return new TestCaseData((Instruction[])[CallLocal(1), Exit, Slot(0x28), Exit], true).SetArgDisplayNames("LD_ABS in a function");
        yield return new TestCaseData((Instruction[])[CallLocal(1), Exit, Slot(0x50), Exit], true).SetArgDisplayNames("LD_IND in a function");
        yield return new TestCaseData((Instruction[])[Slot(0x28), CallLocal(1), Exit, .. Wide(0, 0, 1), Exit], false).SetArgDisplayNames("LD_ABS in main");
    }

    [TestCaseSource(nameof(Needs))]
    public void NeedTypes_IsWhatTheKernelDemands(Instruction[] program, bool expected) =>
        Assert.That(LocalFunctions.NeedTypes(program), Is.EqualTo(expected));
}
