using BpfConformance.Abi.Programs;
using BpfConformance.Interpreter;
using BpfConformance.Runtime.Memory;
using NUnit.Framework;

namespace BpfConformance.Tests.Interpreter;

/// <summary>What a sanitised run knows of what packet helpers read and write.</summary>
[TestFixture]
public sealed class PacketHelperTests
{
    private const string Time = "r6 = r1\ncall ktime_get_ns\nr9 = r0\n";

    [TestCase("r2 = 4\nr3 = r10\nr3 += -8\nr4 = 8\ncall skb_load_bytes", ProgramType.SchedCls, Provenance.Scalar, Description = "of a packet")]
    [TestCase("r2 = 60\nr3 = r10\nr3 += -8\nr4 = 8\ncall skb_load_bytes", ProgramType.SchedCls, Provenance.Scalar, Description = "zeros")]
    [TestCase("r2 = 4\nr3 = r10\nr3 += -8\nr4 = 8\ncall xdp_load_bytes", ProgramType.Xdp, Provenance.Scalar, Description = "of a packet")]
    [TestCase("r2 = 60\nr3 = r10\nr3 += -8\nr4 = 8\ncall xdp_load_bytes", ProgramType.Xdp, Provenance.Volatile, Description = "what lay there")]
    public void LoadBytes_IntoWhatNothingWrote_SaysWhatIsThere(string call, ProgramType type, uint expected)
    {
        using TestMachine machine = Run($"r6 = r1\nr1 = r6\n{call}\nr7 = *(u64 *)(r10 - 8)\nexit", type);
        Assert.That((machine.End, machine.VolatileFlowPc, machine.Provenance(0)), Is.EqualTo((RunEnd.Returned, -1, Provenance.Scalar)));
        Assert.That(machine.Provenance(7), Is.EqualTo(expected));
    }

    [TestCase("r5 = 0\ncall skb_store_bytes", ProgramType.SchedCls)]
    [TestCase("call xdp_store_bytes", ProgramType.Xdp)]
    public void StoreBytes_OfTheTime_MasksTheBytesAlone(string call, ProgramType type)
    {
        using TestMachine machine = Run($"{Time}*(u64 *)(r10 - 8) = r9\nr1 = r6\nr2 = 4\nr3 = r10\nr3 += -8\nr4 = 8\n{call}\nexit", type);
        Assert.That((machine.End, machine.VolatileFlowPc, machine.Provenance(0)), Is.EqualTo((RunEnd.Returned, -1, Provenance.Scalar)));
        Assert.That(machine.DataShadow[4..12], Is.All.EqualTo(ByteShadow.Volatile));
        Assert.That((machine.DataShadow[3], machine.DataShadow[12]), Is.EqualTo((ByteShadow.Scalar, ByteShadow.Scalar)));
    }

    [TestCase("call xdp_adjust_head", ProgramType.Xdp)]
    [TestCase("r3 = 0\ncall skb_change_tail", ProgramType.SchedCls)]
    [TestCase("call set_hash", ProgramType.SchedCls)]
    public void Change_ByTheTime_MakesTheRunInconclusive(string call, ProgramType type)
    {
        using TestMachine machine = Run($"{Time}r9 &= 3\nr1 = r6\nr2 = r9\n{call}\nexit", type);
        Assert.That(machine.End, Is.EqualTo(RunEnd.Returned));
        Assert.That(machine.VolatileFlowPc, Is.EqualTo(6 + call.Split('\n').Length - 1));
    }

    [Test]
    public void VolatileBytes_OfAPacketThatMoves_MoveAlong()
    {
        using TestMachine machine = Run($"{Time}*(u64 *)(r10 - 8) = r9\nr1 = r6\nr2 = 20\nr3 = r10\nr3 += -8\nr4 = 8\ncall xdp_store_bytes\nr1 = r6\nr2 = 16\ncall xdp_adjust_head\nexit", ProgramType.Xdp);
        Assert.That(machine.DataShadow, Has.Length.EqualTo(48));
        Assert.That(machine.DataShadow[4..12], Is.All.EqualTo(ByteShadow.Volatile));
        Assert.That((machine.DataShadow[3], machine.DataShadow[12]), Is.EqualTo((ByteShadow.Scalar, ByteShadow.Scalar)));
    }

    [TestCase("r7 = *(u32 *)(r6 + 0)", "r0 = *(u8 *)(r7 + 0)")]
    [TestCase("r7 = *(u32 *)(r6 + 0)\n*(u64 *)(r10 - 8) = r7", "r7 = *(u64 *)(r10 - 8)\nr0 = *(u8 *)(r7 + 0)")]
    public void Pointer_FromBeforeAChange_LeadsNowhere(string before, string after)
    {
        using TestMachine machine = Run($"r6 = r1\n{before}\nr1 = r6\nr2 = 0\ncall xdp_adjust_head\n{after}\nexit", ProgramType.Xdp);
        Assert.That(machine.End.Fault, Is.EqualTo(FaultKind.InvalidPointer));
    }

    [TestCase("r1 = r10", FaultKind.InvalidPointer)]
    [TestCase("r1 += 4", FaultKind.InvalidPointer)]
    [TestCase("r1 = 0", FaultKind.InvalidPointer)]
    public void Context_ThatIsNone_Faults(string change, FaultKind fault)
    {
        foreach (HandlerTable table in (HandlerTable[])[HandlerTable.Checked, HandlerTable.Sanitized])
        {
            using var machine = new TestMachine($"{change}\ncall xdp_get_buff_len\nexit", table, type: ProgramType.Xdp);
            Assert.That(machine.Run().Fault, Is.EqualTo(fault));
        }
    }

    [Test]
    public void Helper_OfAProgramWithoutAPacket_Faults()
    {
        using var machine = new TestMachine("call xdp_get_buff_len\nexit", HandlerTable.Checked);
        Assert.That(machine.Run(), Is.EqualTo(RunEnd.Faulted(FaultKind.InvalidPointer, 0)));
    }

    private static TestMachine Run(string text, ProgramType type)
    {
        var machine = new TestMachine(text, HandlerTable.Sanitized, type: type);
        machine.Run();
        return machine;
    }
}
