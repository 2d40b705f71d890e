using BpfConformance.Abi.Maps;
using BpfConformance.Loading.Btf;
using NUnit.Framework;

namespace BpfConformance.Tests.Loading.Btf;

[TestFixture]
public sealed class MapBtfTests
{
    [TestCase(0, 0)]
    [TestCase(0, 16)]
    [TestCase(4, 8)]
    [TestCase(24, 1 << 20)]
    [TestCase(1, int.MaxValue)]
    public void Of_AnySizes_HasTypesOfThem(int keyBytes, int valueBytes)
    {
        var made = MapBtf.Of(keyBytes, valueBytes);
        var read = BtfBlob.Parse(made.Blob.AsSpan());

        Assert.Multiple(() =>
        {
            Assert.That(read.BytesOf(made.KeyTypeId) ?? 0, Is.EqualTo(keyBytes));
            Assert.That(read.BytesOf(made.ValueTypeId), Is.EqualTo(valueBytes));
            Assert.That(read.Types[(int)made.KeyTypeId].Kind, Is.EqualTo(
                keyBytes == 0 ? BtfKind.Unknown : keyBytes == 4 ? BtfKind.Int : BtfKind.Struct));
        });
    }

    [Test]
    public void Of_Fields_StandWhereTheyWereAskedFor()
    {
        var made = MapBtf.Of(4, 40, new ValueField(ValueFieldKind.SpinLock, 4), new ValueField(ValueFieldKind.Timer, 8));
        var read = BtfBlob.Parse(made.Blob.AsSpan());
        var value = (BtfComposite)read.Types[(int)made.ValueTypeId];

        Assert.That(
            value.Members.Select(member => (read.Types[(int)member.TypeId].Name, member.OffsetBits, read.BytesOf(member.TypeId))),
            Is.EqualTo((object[])[("", 0u, 4u), ("bpf_spin_lock", 32u, 4u), ("bpf_timer", 64u, 16u), ("", 192u, 16u)]));
    }

    [TestCase(4)]
    [TestCase(6)]
    public void Of_FieldsOverEachOther_AreTheKernelsToJudge(int second)
    {
        var made = MapBtf.Of(4, 12, new ValueField(ValueFieldKind.SpinLock, 4), new ValueField(ValueFieldKind.SpinLock, second));
        var value = (BtfComposite)BtfBlob.Parse(made.Blob.AsSpan()).Types[(int)made.ValueTypeId];

        Assert.That(value.Members.Select(member => member.OffsetBits / 8).Skip(1).Take(2), Is.EqualTo((uint[])[4, (uint)second]));
    }

    [TestCase(-4)]
    [TestCase(1 << 28)]
    public void Of_FieldThatNoTypeTells_Throws(int offset) =>
        Assert.That(() => MapBtf.Of(4, 16, new ValueField(ValueFieldKind.SpinLock, offset)), Throws.ArgumentException);
}
