using BpfConformance.Abi.Instructions;
using NUnit.Framework;

namespace BpfConformance.Tests.Abi.Instructions;

[TestFixture]
public sealed class FieldRuleTests
{
    private static readonly int[] s_values = [int.MinValue, -1, 0, 1, 2, 9, 10, 11, 15, int.MaxValue];

    [Test]
    public void Zero_AllowsZeroAlone() => Assert.That(Allowed(FieldRule.Zero), Is.EqualTo(new[] { 0 }));

    [Test]
    public void Any_AllowsEverything() => Assert.That(Allowed(FieldRule.Any), Is.EqualTo(s_values));

    [Test]
    public void AnyRegister_AllowsR0ToR10() =>
        Assert.That(Allowed(FieldRule.AnyRegister), Is.EqualTo(new[] { 0, 1, 2, 9, 10 }));

    [Test]
    public void WritableRegister_AllowsR0ToR9() =>
        Assert.That(Allowed(FieldRule.WritableRegister), Is.EqualTo(new[] { 0, 1, 2, 9 }));

    [Test]
    public void Exactly_AllowsItsValueAlone() => Assert.That(Allowed(FieldRule.Exactly(-1)), Is.EqualTo(new[] { -1 }));

    [Test]
    public void NamesRegister_IsTrueOfTheRegisterRulesAlone()
    {
        FieldRule[] rules =
            [FieldRule.Zero, FieldRule.Any, FieldRule.AnyRegister, FieldRule.WritableRegister, FieldRule.Exactly(1)];
        Assert.That(
            rules.Where(rule => rule.NamesRegister),
            Is.EqualTo(new[] { FieldRule.AnyRegister, FieldRule.WritableRegister }));
    }

    private static IEnumerable<int> Allowed(FieldRule rule) => s_values.Where(rule.Allows);
}
