using BpfConformance.Abi.Programs;
using BpfConformance.Interpreter;
using BpfConformance.Runtime.Memory;
using NUnit.Framework;

namespace BpfConformance.Tests.Interpreter;

/// <summary>What becomes of a call whose arguments are not what the helper takes, and what a sanitised run knows of its results.</summary>
[TestFixture]
public sealed class HelperArgumentTests
{
    /// <summary>The arguments of strtol: eight bytes of memory, and the next eight for the number; r9 holds the time.</summary>
    private const string Arguments = "r6 = r1\ncall ktime_get_ns\nr9 = r0\nr1 = r6\nr2 = 8\nr3 = 0\nr4 = r6\nr4 += 8";

    private static readonly HandlerTable[] s_tables = [HandlerTable.Checked, HandlerTable.Sanitized];

    [TestCase("r1 += 57", FaultKind.OutOfBoundsLoad, Description = "one byte too far")]
    [TestCase("r1 += -1", FaultKind.OutOfBoundsLoad, true)]
    [TestCase("r1 = 0", FaultKind.OutOfBoundsLoad, true)]
    [TestCase("r2 = 65", FaultKind.OutOfBoundsLoad)]
    [TestCase("r2 = -1", FaultKind.OutOfBoundsLoad)]
    [TestCase("r2 = 0x100000008 ll", FaultKind.OutOfBoundsLoad)]
    [TestCase("r4 += 49", FaultKind.OutOfBoundsStore)]
    [TestCase("r4 += -9", FaultKind.OutOfBoundsStore, true)]
    [TestCase("r4 = 0", FaultKind.OutOfBoundsStore, true)]
    [TestCase("r4 = r10", FaultKind.OutOfBoundsStore)]
    public void Memory_OutsideOfItsRegion_FaultsAndIsLeftAsItWas(string change, FaultKind fault, bool isNoPointer = false)
    {
        foreach (HandlerTable table in s_tables)
        {
            using TestMachine machine = Run(change, table);
            Assert.That(machine.End.Fault, Is.EqualTo(isNoPointer && table.IsSanitized ? FaultKind.InvalidPointer : fault));
            Assert.That(machine.Data, Is.EqualTo(new byte[64]));
        }
    }

    [TestCase("r1 = r5", FaultKind.UninitializedRegister)]
    [TestCase("r1 = r10\nr1 += -8", FaultKind.UninitializedStack)]
    [TestCase("*(u32 *)(r10 - 8) = 0\nr1 = r10\nr1 += -8", FaultKind.UninitializedStack, Description = "half of it was written")]
    public void Argument_NeverWritten_Faults(string change, FaultKind fault)
    {
        using TestMachine machine = Run(change, HandlerTable.Sanitized);
        Assert.That(machine.End.Fault, Is.EqualTo(fault));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(4)]
    public void Argument_ThatIsMissing_Faults(int register)
    {
        string[] arguments = ["r1 = r6", "r2 = 8", "r3 = 0", "r4 = r6"];
        string given = string.Join('\n', arguments.Where((_, index) => index != register - 1));
        using TestMachine machine = TestMachine.RunSanitized($"r6 = r1\ncall get_smp_processor_id\n{given}\ncall strtol\nexit");
        Assert.That(machine.End, Is.EqualTo(RunEnd.Faulted(FaultKind.UninitializedRegister, 5)));
    }

    [TestCase("")]
    [TestCase("r4 = r10\nr4 += -8")]
    [TestCase("*(u64 *)(r10 - 8) = 0x37\nr1 = r10\nr1 += -8")]
    public void Result_OfNumbers_IsANumber(string change)
    {
        using TestMachine machine = Run(change, HandlerTable.Sanitized);
        Assert.That((machine.End, machine.VolatileFlowPc, machine.Provenance(0)), Is.EqualTo((RunEnd.Returned, -1, Provenance.Scalar)));
        Assert.That(machine.DataShadow, Is.All.EqualTo(ByteShadow.Scalar));
        for (int register = 1; register <= 5; register++) Assert.That(machine.Provenance(register), Is.EqualTo(Provenance.Uninitialized));
    }

    [TestCase("r3 = r9", Description = "time")]
    [TestCase("r3 = r1", Description = "an address")]
    [TestCase("*(u64 *)(r1 + 0) = r9", Description = "time as text")]
    [TestCase("*(u64 *)(r1 + 0) = r6", Description = "an address as text")]
    public void Result_OfWhatIsAMachinesOwn_IsItsOwn(string change)
    {
        using TestMachine machine = Run(change, HandlerTable.Sanitized);
        Assert.That((machine.End, machine.VolatileFlowPc, machine.Provenance(0)), Is.EqualTo((RunEnd.Returned, -1, Provenance.Volatile)));
        Assert.That(machine.DataShadow[8..16], Is.All.EqualTo(ByteShadow.Volatile));
    }

    [TestCase("r9 &= 7\nr2 = r9")]
    [TestCase("r9 &= 7\nr1 += r9")]
    [TestCase("r9 &= 8\nr4 += r9")]
    [TestCase("r4 += 4", Description = "misaligned")]
    public void Place_ThatIsAMachinesOwn_MakesTheRunInconclusive(string change)
    {
        using TestMachine machine = Run(change, HandlerTable.Sanitized);
        Assert.That(machine.End, Is.EqualTo(RunEnd.Returned));
        Assert.That(machine.VolatileFlowPc, Is.EqualTo(8 + change.Split('\n').Length));
    }

    private static TestMachine Run(string change, HandlerTable table)
    {
        var machine = new TestMachine($"{Arguments}\n{change}\ncall strtol\nexit", table);
        machine.Run();
        return machine;
    }
}
