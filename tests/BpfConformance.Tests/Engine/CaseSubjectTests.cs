using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine;

[TestFixture]
public sealed class CaseSubjectTests
{
    private const string Base32 = "-- asm\nw0 = 5\nexit\n-- result\n5\n";
    private const string Base64 = "-- asm\nr0 = 5\nexit\n-- result\n5\n";
    private const string Division32 = "-- asm\nr0 = 5\nw0 /= 1\nexit\n-- result\n5\n";
    private const string Division64 = "-- asm\nw0 = 5\nr0 /= 1\nexit\n-- result\n5\n";

    [TestCase("suite/divmul64/x.vector", Base64, ConformanceGroup.Divmul64)]
    [TestCase("suite/acquire-release/x.vector", Base64, ConformanceGroup.AcquireRelease)]
    [TestCase("suite/base32/x.vector", Division64, ConformanceGroup.Base32)]
    [TestCase("base32/more/x.vector", Base64, ConformanceGroup.Base64)]
    [TestCase("suite/calls/x.vector", Base64, ConformanceGroup.Base32)]
    public void Subject_InAFolderOfAGroup_IsThatGroup(string file, string text, ConformanceGroup subject) =>
        Assert.That(VectorReader.Read(text, file, "x").Subject, Is.EqualTo(subject));

    [Test]
    public void Subject_OfLinux_IsNoGroup()
    {
        TestCase test = VectorReader.Read(Base64, "suite/maps/x.vector", "x");

        Assert.That((test.Subject, test.SubjectName), Is.EqualTo((default(ConformanceGroup?), "maps")));
    }

    [TestCase(Base32, ConformanceGroup.Base32)]
    [TestCase(Base64, ConformanceGroup.Base64)]
    [TestCase(Division32, ConformanceGroup.Divmul32)]
    [TestCase(Division64, ConformanceGroup.Divmul64)]
    [TestCase("-- asm\nr0 = 5\ncallx r0\nexit\n-- result\n5\n", ConformanceGroup.CallX)]
    [TestCase("-- raw\n\n-- rejected\n", ConformanceGroup.Base32)]
    public void Subject_ElseWhere_IsTheLastGroupThatItNeeds(string text, ConformanceGroup subject) =>
        Assert.That(VectorReader.Read(text, "programs/x.vector", "x").Subject, Is.EqualTo(subject));

    [TestCase("b700000000000000 a420000005000000 9500000000000000", ConformanceGroup.Base32, TestName = "Subject_Malformed_SrcOfXor32")]
    [TestCase("b400000000000000 0720000005000000 9500000000000000", ConformanceGroup.Base64, TestName = "Subject_Malformed_SrcOfAdd64")]
    [TestCase("b700000000000000 c30af8ff30000000 9500000000000000", ConformanceGroup.Atomic32, TestName = "Subject_Malformed_AtomicOperation")]
    [TestCase("b700000000000000 0500ff7f00000000 9500000000000000", ConformanceGroup.Base32, TestName = "Subject_Malformed_JumpPastTheEnd")]
    [TestCase("b700000000000000 9f00000000000000", ConformanceGroup.Divmul64, TestName = "Subject_Malformed_FallsOffTheEnd")]
    [TestCase("b700000000000000 6000000000000000 9500000000000000", ConformanceGroup.Base32, TestName = "Subject_Malformed_UnknownOpcode")]
    [TestCase("", ConformanceGroup.Base32, TestName = "Subject_Malformed_Empty")]
    [TestCase("b400000000000000 1800000005000000", ConformanceGroup.Base64, TestName = "Subject_Malformed_NoSecondSlot")]
    [TestCase("1800000005000000 b400000000000000 9500000000000000", ConformanceGroup.Base64, TestName = "Subject_Malformed_SecondSlotWithAnOpcode")]
    [TestCase("5500ff7f00000000 a420000005000000 0720000005000000", ConformanceGroup.Base32, TestName = "Subject_Malformed_FieldsBeforeTargets")]
    [TestCase("0700000000000000 5500ff7f00000000 0500ff7f00000000", ConformanceGroup.Base64, TestName = "Subject_Malformed_FirstTarget")]
    [TestCase("0500010000000000 3700000001000000 1500fdff00000000", ConformanceGroup.Base64, TestName = "Subject_Malformed_FallsOffBeforeUnreachable")]
    [TestCase("3700000001000000 0500010000000000 b400000001000000 9500000000000000", ConformanceGroup.Base32, TestName = "Subject_Malformed_Unreachable")]
    [TestCase("9700000005000000 9500000000000000", ConformanceGroup.Divmul64, TestName = "Subject_Malformed_NothingIsWrongWithIt")]
    [TestCase("b700000000000000 d400000007000000 9500000000000000", ConformanceGroup.Base32, TestName = "Subject_Malformed_OldestRowOfTwoGroups")]
    public void Subject_Malformed_IsTheGroupOfTheBrokenInstruction(string raw, ConformanceGroup subject) =>
        Assert.That(VectorReader.Read($"-- raw\n{raw}\n-- malformed\n", "malformed/x.vector", "x").Subject, Is.EqualTo(subject));
}
