using BpfConformance.Abi.Programs;
using NUnit.Framework;

namespace BpfConformance.Tests.Abi.Programs;

[TestFixture]
internal sealed class ProgramTypeTableTests
{
    private static IEnumerable<TestCaseData> Rows() =>
        ProgramTypeTable.Rows.Select((row, index) => new TestCaseData(row) { TestName = $"{{m}}({index}, {row.Type})" });

    [Test]
    public void ProgramTypeTable_TypesWithoutARow_AreThoseThatTakeAnotherPrograms() =>
        Assert.That(
            Enum.GetValues<ProgramType>().Except(ProgramTypeTable.Rows.Select(row => row.Type)),
            Is.EqualTo([ProgramType.Ext]));

    [Test]
    public void ProgramTypeTable_NamedAttachTypes_HaveOneRowEach() =>
        Assert.That(ProgramTypeTable.Rows.SelectMany(row => row.AttachTypes.Select(attachType => (row.Type, attachType))), Is.Unique);

    [Test]
    public void ProgramTypeTable_RowsOfAnyAttachType_AreTheLastOfTheirType() =>
        Assert.That(
            ProgramTypeTable.Rows.GroupBy(row => row.Type).Where(rows => rows.SkipLast(1).Any(row => row.AttachTypes.IsEmpty)),
            Is.Empty);

    [TestCaseSource(nameof(Rows))]
    public void ReturnTable_Values_AreAcceptedAndDistinctAndCoverWhatHasNoOtherMeaning(ProgramHook hook)
    {
        ReturnTable table = hook.Return;
        long[] values = [.. table.Values.Select(value => value.Value)];

        Assert.Multiple(() =>
        {
            Assert.That(values, Is.Unique.And.Ordered);
            Assert.That(values.Where(value => !table.Range.Contains(value)), Is.Empty);
            Assert.That(table.Values.Select(value => value.Meaning), Is.All.Not.Empty);
            Assert.That(table.Bits, Is.EqualTo(0).Or.EqualTo(32).Or.EqualTo(64));
        });
        if (table.Otherwise.Length == 0) Assert.That(values, Has.Length.EqualTo(table.Range.Maximum - table.Range.Minimum + 1));
    }

    // include/uapi/linux/pkt_cls.h and if_link.h, whose numbers no BTF has or not every kernel's.
    [TestCase("TC_ACT_UNSPEC", -1)]
    [TestCase("TC_ACT_OK", 0)]
    [TestCase("TC_ACT_RECLASSIFY", 1)]
    [TestCase("TC_ACT_SHOT", 2)]
    [TestCase("TC_ACT_PIPE", 3)]
    [TestCase("TC_ACT_STOLEN", 4)]
    [TestCase("TC_ACT_REDIRECT", 7)]
    [TestCase("TC_ACT_TRAP", 8)]
    [TestCase("NETKIT_NEXT", -1)]
    [TestCase("NETKIT_PASS", 0)]
    [TestCase("NETKIT_DROP", 2)]
    [TestCase("NETKIT_REDIRECT", 7)]
    [TestCase("NF_DROP", 0)]
    [TestCase("NF_ACCEPT", 1)]
    public void ReturnValue_ByName_IsTheKernels(string name, long value) =>
        Assert.That(
            ProgramTypeTable.Rows.SelectMany(row => row.Return.Values).Where(row => row.Name == name).Select(row => row.Value),
            Is.Not.Empty.And.All.EqualTo(value));

    [TestCase(ProgramType.CgroupSkb, AttachType.CgroupInetIngress, 0, 1)]
    [TestCase(ProgramType.CgroupSkb, AttachType.CgroupInetEgress, 0, 3)]
    [TestCase(ProgramType.CgroupSockAddr, AttachType.CgroupInet4Bind, 0, 3)]
    [TestCase(ProgramType.CgroupSockAddr, AttachType.CgroupUnixGetsockname, 1, 1)]
    [TestCase(ProgramType.Kprobe, AttachType.TraceKprobeSession, 0, 1)]
    [TestCase(ProgramType.Kprobe, AttachType.TraceKprobeMulti, long.MinValue, long.MaxValue)]
    [TestCase(ProgramType.Lsm, AttachType.LsmMac, -4095, 0)]
    public void ProgramTypeTable_Find_GivesTheRangeOfTheAttachType(ProgramType type, AttachType attachType, long minimum, long maximum) =>
        Assert.That(ProgramTypeTable.Find(type, attachType)?.Return.Range, Is.EqualTo(new ReturnRange(minimum, maximum)));

    [TestCase(ProgramType.CgroupSkb, AttachType.Xdp)]
    [TestCase(ProgramType.SkLookup, AttachType.CgroupInetIngress)]
    [TestCase(ProgramType.Ext, AttachType.CgroupInetIngress)]
    public void ProgramTypeTable_Find_WhatTheKernelDoesNotTake_IsNull(ProgramType type, AttachType attachType) =>
        Assert.That(ProgramTypeTable.Find(type, attachType), Is.Null);

    [Test]
    public void Unspecified_HasMemoryAndItsResult()
    {
        ProgramHook hook = ProgramTypeTable.Find(ProgramType.Unspecified, default)!;

        Assert.That(hook.Context, Is.Null);
        Assert.That((hook.Return.Range, hook.Return.Bits), Is.EqualTo((ReturnRange.Any, 64)));
    }
}
