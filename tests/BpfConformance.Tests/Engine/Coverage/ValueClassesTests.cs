using System.Numerics;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Coverage;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Coverage;

/// <summary>Which values are taken for alike, and which rows have fields of them.</summary>
[TestFixture]
public sealed class ValueClassesTests
{
    [TestCase(0, "0")]
    [TestCase(7, "1…7")]
    [TestCase(-1, "−1…−7")]
    [TestCase(127, "127…129")]
    [TestCase(-128, "−127…−129")]
    [TestCase(4095, "4095…4097")]
    [TestCase(32766, "4098…32766")]
    [TestCase(32767, "32767")]
    [TestCase(-32768, "−32767…−32768")]
    public void Offsets_OfAValue_AreInTheClass(long value, string expected) =>
        Assert.That(ClassOf(ValueClasses.Offsets, value), Is.EqualTo(expected));

    [TestCase(0, "0")]
    [TestCase(-1, "−1")]
    [TestCase(-2, "−2…−7")]
    [TestCase(63, "8…63")]
    [TestCase(1000, "1000…32766")]
    [TestCase(32768, "≥ 32768")]
    [TestCase(-40000, "≤ −32769")]
    public void LongDistances_OfAValue_AreInTheClass(long value, string expected) =>
        Assert.That(ClassOf(ValueClasses.LongDistances, value), Is.EqualTo(expected));

    [TestCase(2, null)]
    [TestCase(-1, "−1")]
    [TestCase(-128, "−128…−129")]
    [TestCase(65536, "65535…65536")]
    [TestCase(int.MinValue, "−2147483648")]
    public void Immediates_OfAValue_AreInTheClassOrInNone(long value, string? expected) =>
        Assert.That(ClassOf(ValueClasses.Immediates, value), Is.EqualTo(expected));

    [Test]
    public void Offsets_OfSixteenBits_AreEachInOneClass()
    {
        for (int value = short.MinValue; value <= short.MaxValue; value++)
        {
            Assert.That(ValueClasses.Offsets.All.Count(each => value >= each.Low && value <= each.High), Is.EqualTo(1), $"{value}");
            Assert.That(ValueClasses.Distances.All.Count(each => value >= each.Low && value <= each.High), Is.EqualTo(1), $"{value}");
        }
    }

    [TestCase("add64-imm", 0, 0, 11)]
    [TestCase("add64-reg", 0, 0, 0)]
    [TestCase("le16", 0, 0, 0)]
    [TestCase("ldx8", 15, 0, 0)]
    [TestCase("st8", 15, 0, 11)]
    [TestCase("atomic-add32", 15, 0, 0)]
    [TestCase("jeq64-imm", 0, 11, 11)]
    [TestCase("may-goto", 0, 0, 0)]
    [TestCase("ja", 0, 12, 0)]
    [TestCase("ja32", 0, 14, 0)]
    [TestCase("call-local", 0, 14, 0)]
    [TestCase("call-helper", 0, 0, 0)]
    [TestCase("lddw-imm", 0, 0, 0)]
    [TestCase("ldabs8", 0, 0, 11)]
    [TestCase("exit", 0, 0, 0)]
    public void RowClasses_OfARow_AreThoseOfItsFields(string name, int offsets, int distances, int immediates)
    {
        InstructionDef row = InstructionTable.Named(name);

        Assert.That(RowClasses.Offsets(row)?.All.Length ?? 0, Is.EqualTo(offsets));
        Assert.That(RowClasses.Distances(row)?.All.Length ?? 0, Is.EqualTo(distances));
        Assert.That(RowClasses.Immediates(row)?.All.Length ?? 0, Is.EqualTo(immediates));
    }

    private static string? ClassOf(ValueClasses classes, long value)
    {
        uint bit = classes.BitOf(value);
        return bit == 0 ? null : classes.All[BitOperations.TrailingZeroCount(bit)].ToString();
    }
}
