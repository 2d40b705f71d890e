using BpfConformance.Abi.Instructions;
using BpfConformance.Loading.Btf;
using NUnit.Framework;
using static BpfConformance.Tests.Targets.Kernel.Slots;

namespace BpfConformance.Tests.Loading.Btf;

[TestFixture]
internal sealed class LocalFunctionsTests
{
    [Test]
    public void Starts_OfAProgramWithoutFunctions_IsMain() =>
        Assert.That(LocalFunctions.Starts([Move(0, 0), Exit]), Is.EqualTo((int[])[0]));

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
        yield return Row("nothing", false, Move(0, 0), Exit);
        yield return Row("plain function", false, CallLocal(1), Exit, Move(0, 0), Exit);
        yield return Row("code address", true, [.. Wide(2, 4, 1), Exit, Exit]);
        yield return Row("tail call in main", false, CallHelper(12), CallLocal(1), Exit, Exit);
        yield return Row("tail call in a function", true, CallLocal(1), Exit, CallHelper(12), Exit);
        yield return Row("LD_ABS in a function", true, CallLocal(1), Exit, Slot(0x28), Exit);
        yield return Row("LD_IND in a function", true, CallLocal(1), Exit, Slot(0x50), Exit);
        yield return Row("LD_ABS in main", false, [Slot(0x28), CallLocal(1), Exit, .. Wide(0, 0, 1), Exit]);
    }

    [TestCaseSource(nameof(Needs))]
    public void NeedTypes_IsWhatTheKernelDemands(Instruction[] program, bool expected) =>
        Assert.That(LocalFunctions.NeedTypes(program), Is.EqualTo(expected));

    private static TestCaseData Row(string name, bool expected, params Instruction[] program) =>
        new TestCaseData(program, expected).SetArgDisplayNames(name);
}
