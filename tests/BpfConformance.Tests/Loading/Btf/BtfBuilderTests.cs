using BpfConformance.Loading.Btf;
using NUnit.Framework;

namespace BpfConformance.Tests.Loading.Btf;

[TestFixture]
public sealed class BtfBuilderTests
{
    [Test]
    public void ToBytes_NoTypes_IsHeaderAndEmptyName() =>
        Assert.That(Hex(new BtfBuilder()), Is.EqualTo("9feb0100 18000000 00000000 00000000 00000000 01000000 00"));

    [Test]
    public void ToBytes_FunctionOfAStruct_IsAsTheHeaderSays()
    {
        // struct s { int a; int b : 3; }; static int f(struct s *s);
        var types = new BtfBuilder();
        uint number = types.AddInt("int", 4, BtfIntEncoding.Signed);
        uint s = types.AddStruct("s", 8, new BtfMember("a", number, 0), new BtfMember("b", number, 32, 3));
        uint prototype = types.AddPrototype(number, new BtfParameter("s", types.AddPointer(s)));
        uint function = types.AddFunction("f", prototype);

        Assert.That((number, s, prototype, function), Is.EqualTo((1u, 2u, 4u, 5u)));
        Assert.That(Hex(types), Is.EqualTo(
            "9feb0100 18000000 00000000 60000000 60000000 0d000000 "
            + "01000000 00000001 04000000 20000001 "
            + "05000000 02000084 08000000 07000000 01000000 00000000 09000000 01000000 20000003 "
            + "00000000 00000002 02000000 "
            + "00000000 0100000d 01000000 05000000 03000000 "
            + "0b000000 0000000c 04000000 "
            + "00696e74 00730061 00620066 00"));
    }

    [Test]
    public void ToBytes_NameWithNul_Throws()
    {
        var types = new BtfBuilder();
        types.AddInt("a\0b", 4);

        Assert.That(types.ToBytes, Throws.ArgumentException);
    }

    [Test]
    public void ToBytes_TooManyMembers_Throws()
    {
        var types = new BtfBuilder();
        types.AddStruct("s", 4, [.. Enumerable.Repeat(new BtfMember("", 1, 0), 0x1_0000)]);

        Assert.That(types.ToBytes, Throws.ArgumentException.With.Message.StartWith("65536 elements of a type; 65535 fit"));
    }

    [Test]
    public void ToBytes_FarBitField_Throws()
    {
        var types = new BtfBuilder();
        types.AddStruct("s", 1 << 22, new BtfMember("", 1, 1 << 24, 1));

        Assert.That(types.ToBytes, Throws.ArgumentException.With.Message.StartWith("a member at bit 16777216 of a type with bit fields"));
    }

    private static string Hex(BtfBuilder types)
    {
        string digits = Convert.ToHexStringLower(types.ToBytes());
        return string.Join(' ', digits.Chunk(8).Select(word => new string(word)));
    }
}
