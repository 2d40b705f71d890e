using BpfConformance.Abi.Programs;
using BpfConformance.Interpreter;
using NUnit.Framework;

namespace BpfConformance.Tests.Interpreter;

/// <summary>LD_ABS and LD_IND of a socket filter, which sees the packet from byte 14 (net/core/filter.c, 6.18).</summary>
[TestFixture]
public sealed class LegacyPacketTests
{
    /// <summary>Bytes 0x00–0x0d are the Ethernet header, 0x8e–0x9d the 16 bytes that the program sees.</summary>
    private static readonly byte[] s_packet =
        [.. Enumerable.Range(0, 14).Select(n => (byte)n), .. Enumerable.Range(0x8e, 16).Select(n => (byte)n)];

    private static readonly HandlerTable[] s_tables = [HandlerTable.Checked, HandlerTable.Sanitized];

    [TestCase("r0 = *(u8 *)skb[0]", 0x8eul)]
    [TestCase("r0 = *(u16 *)skb[0]", 0x8e8ful, Description = "big endian")]
    [TestCase("r0 = *(u32 *)skb[0]", 0x8e8f9091ul, Description = "not sign-extended")]
    [TestCase("r0 = *(u8 *)skb[15]", 0x9dul)]
    [TestCase("r0 = *(u16 *)skb[14]", 0x9c9dul)]
    [TestCase("r0 = *(u32 *)skb[12]", 0x9a9b9c9dul)]
    [TestCase("r0 = *(u16 *)skb[1]", 0x8f90ul, Description = "unaligned")]
    [TestCase("r0 = *(u8 *)skb[-1048576]", 0x8eul, Description = "SKF_NET_OFF + 0: the network header")]
    [TestCase("r0 = *(u32 *)skb[-1048564]", 0x9a9b9c9dul, Description = "SKF_NET_OFF + 12")]
    [TestCase("r0 = *(u8 *)skb[-2097152]", 0x00ul, Description = "SKF_LL_OFF + 0: the link-layer header")]
    [TestCase("r0 = *(u16 *)skb[-2097140]", 0x0c0dul, Description = "SKF_LL_OFF + 12: the EtherType")]
    [TestCase("r0 = *(u16 *)skb[-2097139]", 0x0d8eul, Description = "across both")]
    [TestCase("r7 = 2\nr0 = *(u8 *)skb[r7 + 3]", 0x93ul)]
    [TestCase("r7 = -2\nr0 = *(u16 *)skb[r7 + 3]", 0x8f90ul)]
    [TestCase("r7 = 0x500000002 ll\nr0 = *(u8 *)skb[r7 + 0]", 0x90ul, Description = "32 bits of the sum count")]
    [TestCase("r7 = -2097152\nr0 = *(u32 *)skb[r7 + 1]", 0x01020304ul)]
    public void PacketLoad_Inside_IsBigEndianFromByte14(string load, ulong expected)
    {
        foreach (HandlerTable table in s_tables)
        {
            using TestMachine machine = Filter($"r6 = r1\nr8 = 1\n{load}\nr0 += r8\nexit", table);
            Assert.That(machine.Run(s_packet), Is.EqualTo(RunEnd.Returned));
            Assert.That(machine.R0, Is.EqualTo(expected + 1));
        }
    }

    [TestCase("r7 = r10", 2)]
    [TestCase("r7 = 2", -1)]
    public void PacketLoad_AtAnAddress_IsEachMachinesOwn(string index, int volatileFlowPc)
    {
        using TestMachine machine = Filter($"r6 = r1\n{index}\nr0 = *(u8 *)skb[r7 + 0]\nr0 = 0\nexit", HandlerTable.Sanitized);

        Assert.That(machine.Run(s_packet), Is.EqualTo(RunEnd.Returned));
        Assert.That(machine.VolatileFlowPc, Is.EqualTo(volatileFlowPc));
    }

    [TestCase("r0 = *(u8 *)skb[16]")]
    [TestCase("r0 = *(u16 *)skb[15]")]
    [TestCase("r0 = *(u32 *)skb[13]")]
    [TestCase("r0 = *(u8 *)skb[2147483647]")]
    [TestCase("r0 = *(u8 *)skb[-1]", Description = "SKF_NET_OFF + 1048575")]
    [TestCase("r0 = *(u8 *)skb[-1048577]", Description = "SKF_LL_OFF + 1048575")]
    [TestCase("r0 = *(u8 *)skb[-2097122]", Description = "SKF_LL_OFF + 30: the packet's length")]
    [TestCase("r0 = *(u8 *)skb[-2097153]", Description = "below SKF_LL_OFF")]
    [TestCase("r0 = *(u8 *)skb[-2147483648]")]
    [TestCase("r7 = 16\nr0 = *(u8 *)skb[r7 + 0]")]
    [TestCase("r7 = -1\nr0 = *(u8 *)skb[r7 + 0]")]
    public void PacketLoad_Outside_EndsTheProgramWithZero(string load)
    {
        foreach (HandlerTable table in s_tables)
        {
            using TestMachine machine = Filter($"r6 = r1\nr0 = 7\n{load}\nr0 = 5\nr0 = 6\nexit", table);
            Assert.That(machine.Run(s_packet), Is.EqualTo(RunEnd.Returned));
            int before = load.Contains('\n', StringComparison.Ordinal) ? 3 : 2;
            Assert.That((machine.R0, machine.Executed), Is.EqualTo((0ul, before + 1L)));
        }
    }

    [Test]
    public void PacketLoad_OutsideInAFunction_ReturnsZeroToTheCaller()
    {
        foreach (HandlerTable table in s_tables)
        {
            using TestMachine machine = Filter("r7 = 3\ncall f\nr0 += r7\nexit\nf:\nr6 = r1\nr7 = 9\nr0 = *(u8 *)skb[99]\nr0 = 5\nexit", table);
            Assert.That(machine.Run(s_packet), Is.EqualTo(RunEnd.Returned));
            Assert.That((machine.R0, machine.Executed), Is.EqualTo((3ul, 7L)));
        }
    }

    [Test]
    public void PacketLoad_ShortPacket_IsOutside()
    {
        using TestMachine machine = Filter("r6 = r1\nr0 = *(u8 *)skb[0]\nexit", HandlerTable.Checked);
        Assert.That(machine.Run(s_packet.AsSpan(0, 14)), Is.EqualTo(RunEnd.Returned));
        Assert.That(machine.R0, Is.Zero);
        Assert.That(machine.Run(s_packet.AsSpan(0, 15)), Is.EqualTo(RunEnd.Returned));
        Assert.That(machine.R0, Is.EqualTo(0x8e));
    }

    [Test]
    public void PacketLoad_WithoutTheContextInR6_Faults()
    {
        foreach (HandlerTable table in s_tables)
        {
            using TestMachine machine = Filter("r6 = 0\nr0 = *(u8 *)skb[0]\nexit", table);
            Assert.That(machine.Run(s_packet), Is.EqualTo(RunEnd.Faulted(FaultKind.InvalidPointer, 1)));
        }
    }

    [TestCase("r0 = *(u8 *)skb[0]\nexit", FaultKind.UninitializedRegister, 0, Description = "r6")]
    [TestCase("r6 = r1\nr0 = *(u8 *)skb[r7 + 0]\nexit", FaultKind.UninitializedRegister, 1)]
    [TestCase("r6 = r1\nr0 = *(u8 *)skb[0]\nr0 = r1\nexit", FaultKind.UninitializedRegister, 2, Description = "r1 is gone")]
    public void PacketLoad_Sanitized_FaultsOnWhatNothingWrote(string text, FaultKind fault, int pc)
    {
        using TestMachine machine = Filter(text, HandlerTable.Sanitized);
        Assert.That(machine.Run(s_packet), Is.EqualTo(RunEnd.Faulted(fault, pc)));
    }

    [Test]
    public void PacketLoad_OfAClassifier_CountsFromTheLinkHeader()
    {
        foreach (HandlerTable table in s_tables)
        {
            using var machine = new TestMachine("r6 = r1\nr0 = *(u8 *)skb[15]\nexit", table, s_packet.Length, ProgramType.SchedCls);
            Assert.That(machine.Run(s_packet), Is.EqualTo(RunEnd.Returned));
            Assert.That(machine.R0, Is.EqualTo((ulong)s_packet[15]));
        }
    }

    private static TestMachine Filter(string text, HandlerTable table) =>
        new(text, table, s_packet.Length, ProgramType.SocketFilter);
}
