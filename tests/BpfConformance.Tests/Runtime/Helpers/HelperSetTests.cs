using BpfConformance.Runtime.Helpers;
using NUnit.Framework;

namespace BpfConformance.Tests.Runtime.Helpers;

[TestFixture]
public sealed unsafe class HelperSetTests
{
    [TestCase(0x1_0000_0005ul)]
    [TestCase(ulong.MaxValue)]
    public void Find_ANumberBeyond32Bits_IsNothing(ulong helper) => Assert.That(HelperSet.Find(helper) == null);
}
