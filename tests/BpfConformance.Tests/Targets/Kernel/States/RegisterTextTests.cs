using System.Text;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.States;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel.States;

[TestFixture]
internal sealed class RegisterTextTests
{
    private static BelievedRegister Read(string value, string rest = "")
    {
        var text = new LogText(Encoding.ASCII.GetBytes(value + rest));
        BelievedRegister register = RegisterText.Read(ref text);
        Assert.That(Encoding.ASCII.GetString(text.Rest), Is.EqualTo(rest));
        return register;
    }

    private static BelievedScalar Number(string value)
    {
        BelievedRegister register = Read(value, " R2=0");
        Assert.That(register.Kind, Is.EqualTo(BelievedKind.Number), value);
        return register.Number;
    }

    [TestCase("7", 7ul)]
    [TestCase("P7", 7ul)]
    [TestCase("-1", ulong.MaxValue)]
    [TestCase("0x12345678", 0x12345678ul)]
    [TestCase("0xffffffff80000000", 0xffffffff80000000ul)]
    public void Read_Constant_IsThatNumberOnly(string text, ulong value) =>
        Assert.That(Number(text), Is.EqualTo(new BelievedScalar(
            value, 0, (long)value, (long)value, value, value, (int)value, (int)value, (uint)value, (uint)value)));

    [TestCase("scalar()")]
    [TestCase("Pscalar(id=3)")]
    [TestCase("scalar(id=3+16)")]
    [TestCase("scalar(later=5)")]
    public void Read_ScalarWithoutBounds_IsAny(string text) =>
        Assert.That(Number(text), Is.EqualTo(new BelievedScalar(
            0, ulong.MaxValue, long.MinValue, long.MaxValue, 0, ulong.MaxValue, int.MinValue, int.MaxValue, 0, uint.MaxValue)));

    [Test]
    public void Read_Bounds_AreThoseThatAreNamed() =>
        Assert.That(
            Number("scalar(id=2,smin=umin=101,smax=umax=0x7fffffff8,smax32=0x7ffffff8,umax32=0xfffffff8,var_off=(0x0; 0x7fffffff8))"),
            Is.EqualTo(new BelievedScalar(0, 0x7fffffff8, 101, 0x7fffffff8, 101, 0x7fffffff8, int.MinValue, 0x7ffffff8, 0, 0xfffffff8)));

    [Test]
    public void Read_NegativeHalf_HasItsThirtyTwoBits() =>
        Assert.That(
            Number("scalar(smin=-70000,smax=0,smin32=0xfffeee90,smax32=-5,var_off=(0x1; 0xfffffffffffffffe))"),
            Is.EqualTo(new BelievedScalar(1, 0xfffffffffffffffe, -70000, 0, 0, ulong.MaxValue, -70000, -5, 0, uint.MaxValue)));

    [Test]
    public void Read_NamesWithOneValue_AllHaveIt() =>
        Assert.That(
            Number("scalar(smin=smin32=0,smax=umax=smax32=umax32=255,var_off=(0x0; 0xff))"),
            Is.EqualTo(new BelievedScalar(0, 0xff, 0, 255, 0, 255, 0, 255, 0, 255)));

    [TestCase("fp0")]
    [TestCase("fp-8")]
    [TestCase("fp[1]-8")]
    [TestCase("ctx()")]
    [TestCase("ctx(off=4)")]
    [TestCase("map_value(map=bytes,ks=4,vs=8,off=4,smin=0,smax=3,var_off=(0x0; 0x3))")]
    [TestCase("pkt(off=14,r=14)")]
    public void Read_PointerToWhatIsThere_IsNeverNull(string text) =>
        Assert.That(Read(text, " R3=1").Kind, Is.EqualTo(BelievedKind.Pointer));

    [TestCase("map_value_or_null(id=1,map=bytes,ks=4,vs=8)")]
    [TestCase("rdonly_untrusted_mem(sz=0)")]
    [TestCase("rcu_ptr_or_null_task_struct(id=2)")]
    [TestCase("scalar(smin=x)")]
    [TestCase("scalar(smin")]
    [TestCase("scalar(smin=1")]
    [TestCase("scalar(var_off=(0x0;")]
    [TestCase("scalar(smin=99999999999999999999999)")]
    [TestCase("0x")]
    [TestCase("0x11111111111111111")]
    [TestCase("5x")]
    [TestCase("P")]
    [TestCase("")]
    public void Read_WhatSaysNothing_IsUnknown(string text) => Assert.That(Read(text).Kind, Is.EqualTo(BelievedKind.Unknown));
}
