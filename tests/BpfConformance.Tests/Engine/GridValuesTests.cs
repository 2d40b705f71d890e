using BpfConformance.Abi;
using BpfConformance.Engine.Cases.Grids;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine;

internal sealed class GridValuesTests
{
    private const string Program = "\n-- asm\nr0 = {n} ll\nexit\n";

    [TestCase("n = 0x7fffffffffffffff", 1)]
    [TestCase("n = 0x7ffffffffffffffe..0x7fffffffffffffff", 2)]
    [TestCase("n = 0 2..1", 1)]
    [TestCase("n = -1..1 5", 4)]
    public void Axis_WithValues_HasAMemberForEach(string axis, int members) =>
        Assert.That(GridReader.ReadUnsigned($"-- axes\n{axis}{Program}", "values.grid", "values"), Has.Length.EqualTo(members));

    [TestCase("n = -0x8000000000000000..0x7fffffffffffffff")]
    [TestCase("n = 0..0x100000")]
    [TestCase("n = 5 0..0xfffff")]
    public void Axis_WithMoreThanAMillionValues_IsRefused(string axis) =>
        Assert.That(
            () => GridReader.ReadUnsigned($"-- axes\n{axis}{Program}", "values.grid", "values"),
            Throws.TypeOf<BpfFormatException>().With.Message.Contains("more than 1048576 values"));
}
