using System.Diagnostics;
using BpfConformance.Abi;
using BpfConformance.Loading.Btf;
using BpfConformance.Tests.Targets.Kernel;
using NUnit.Framework;

namespace BpfConformance.Tests.Loading.Btf;

[TestFixture]
public sealed class BtfBlobTests
{
    private static readonly BtfInt s_int = new("int", 4, BtfIntEncoding.Signed, 0, 32);

    private static IEnumerable<TestCaseData> Malformed()
    {
        yield return Row("type 2: it contains type 2, which contains it", s_int, new BtfReference(BtfKind.Typedef, "t", 2));
        yield return Row("type 2: it contains type 1, which contains it", Struct(4, 2), new BtfArray(1, 3, 1), s_int);
        yield return Row("type 1: it names type 9 of 2", new BtfReference(BtfKind.Pointer, "", 9));
        yield return Row("type 2: an array of 4294967295 times 4 bytes", s_int, new BtfArray(1, 1, uint.MaxValue));
        yield return Row("type 2: an array of type 3, which has no size", s_int, new BtfArray(3, 1, 1), new BtfForward("f", false));
        yield return Row("type 2: a member of 32 bits at bit 0 of 3 bytes", s_int, Struct(3, 1));
        yield return Row("type 1: it may not name type 0", Struct(3, 0));
        yield return Row("type 1: a member at bit 0 after one at bit 8", Struct(8, new BtfMember("", 2, 8), new BtfMember("", 2, 0)));
        yield return Row("type 1: a member of a union at bit 8", new BtfComposite(BtfKind.Union, "u", 8, [new("", 2, 8)]));
        yield return Row("type 2: it may not name type 1", s_int, new BtfFunction("f", 1, BtfLinkage.Static));
        yield return Row(
            "type 2: it may not name type 1", new BtfVariable("v", 3, BtfLinkage.Static), new BtfReference(BtfKind.Pointer, "", 1), s_int);
        yield return Row("type 1: it may not name type 0", new BtfPrototype(0, [new("named", 0)]));
        yield return Row("type 2: a tag of component 1 of 1", Struct(4, 3), new BtfDeclarationTag("tag", 1, 1), s_int);
        yield return Row("type 1: kind Typedef without a name", new BtfReference(BtfKind.Typedef, "", 0));
        yield return Row("type 1: kind Pointer with a name", new BtfReference(BtfKind.Pointer, "p", 0));
        yield return Row("type 1: a flag on kind Pointer", new BtfReference(BtfKind.Pointer, "", 0, IsAttribute: true));
        yield return Row("type 1: bits 1 to 33 of 4 bytes", s_int with { OffsetBits = 1 });
        yield return Row("type 1: an integer described by 0x03000020", s_int with { Encoding = (BtfIntEncoding)3 });
        yield return Row("type 1: a floating point number of 3 bytes", new BtfFloat("float", 3));
        yield return Row("type 1: an enumeration of 3 bytes", new BtfEnum(BtfKind.Enum, "e", 3, true, []));
        yield return Row("type 1: linkage 3", new BtfFunction("f", 2, (BtfLinkage)3), new BtfPrototype(0, []));
        yield return Row("type 1: kind 20", new BtfReference((BtfKind)20, "", 0));
        yield return Row("type 1: kind 0", new BtfReference(BtfKind.Unknown, "", 0));
        yield return Row("type 1: the name at 1 has more than 4096 bytes", s_int with { Name = new string('n', 4097) });
    }

    [TestCaseSource(nameof(Malformed))]
    public void Parse_OfMalformedType_SaysWhich(string problem, BtfType[] types) => Assert.That(
        () => BtfBlob.Parse(Encode(types), "f.o"), Throws.TypeOf<BpfFormatException>().With.Message.EqualTo("f.o: BTF: " + problem));

    [TestCase(0, 0x00, "it begins with 0xeb00, expected 0xeb9f")]
    [TestCase(2, 2, "version 2, expected 1")]
    [TestCase(3, 1, "flags 0x01, expected none")]
    [TestCase(4, 16, "a header of 16 bytes")]
    [TestCase(4, 255, "a header of 255 bytes")]
    [TestCase(4, 28, "a header with unknown fields")]
    [TestCase(8, 1, "types that are not aligned")]
    [TestCase(12, 200, "200 bytes of types at 0 of 21")]
    [TestCase(12, 12, "type 1: the type section ends within it")]
    [TestCase(20, 4, "the strings do not begin and end with a NUL")]
    [TestCase(20, 0, "the strings do not begin and end with a NUL")]
    [TestCase(24, 5, "type 1: a name at 5 of 5 bytes of strings")]
    [TestCase(30, 1, "type 1: reserved bits in info 0x01010000")]
    [TestCase(28, 1, "type 1: 1 elements of kind Int")]
    [TestCase(42, 0xff, "type 1: the name at 1 is not UTF-8")]
    public void Parse_OfOneWrongByte_SaysWhatIsWrong(int position, int value, string problem)
    {
        byte[] bytes = Encode(s_int);
        bytes[position] = (byte)value;

        Assert.That(() => BtfBlob.Parse(bytes), Throws.TypeOf<BpfFormatException>().With.Message.EqualTo("BTF: " + problem));
    }

    [Test]
    public void Parse_BigEndian_SaysSo() => Assert.That(
        () => BtfBlob.Parse([0xeb, 0x9f, .. new byte[30]]),
        Throws.TypeOf<BpfFormatException>().With.Message.EqualTo("BTF: it is big endian"));

    [Test]
    public void Parse_MoreThanTheKernelTakes_SaysSo() => Assert.That(
        () => BtfBlob.Parse(new byte[(16 << 20) + 1]),
        Throws.TypeOf<BpfFormatException>().With.Message.EqualTo("BTF: 16777217 bytes; the kernel takes 16777216"));

    [Test]
    public void Parse_LongChainOfTypes_NeedsNoStack()
    {
        BtfType[] chain = [.. Enumerable.Range(2, 200_000).Select(id => new BtfReference(BtfKind.Const, "", (uint)id)), s_int];

        Assert.That(BtfBlob.Parse(Encode(chain)).BytesOf(1), Is.EqualTo(4));
    }

    [Test]
    public void Parse_NamesThatAreEachOthersEnds_AreBounded()
    {
        // All ends of one string of 4,096 bytes have 8 MiB; here are 64 such strings.
        byte[] bytes = Encode([.. Enumerable.Range(0, 64).Select(i => s_int with { Name = new string('n', 4090) + $"{i:d4}" })]);
        byte[] strings = bytes[(24 + (64 * 16))..];
        byte[] types = [.. Enumerable.Range(1, strings.Length - 2).Where(i => strings[i] != 0).SelectMany(
            i => (byte[])[.. BitConverter.GetBytes(i), 0, 0, 0, 16, 4, 0, 0, 0])];
        byte[] header = [.. bytes[..12], .. BitConverter.GetBytes(types.Length), .. BitConverter.GetBytes(types.Length), .. bytes[20..24]];

        Assert.That(
            () => BtfBlob.Parse([.. header, .. types, .. strings]),
            Throws.TypeOf<BpfFormatException>().With.Message.EndsWith("all names have more than 33554432 bytes"));
    }

    [Test]
    public void Parse_ThisKernel_KnowsItsTypes()
    {
        if (!File.Exists(KernelBtf.Path)) Assert.Ignore($"{KernelBtf.Path} is missing: this kernel is built without BTF");
        byte[] bytes = File.ReadAllBytes(KernelBtf.Path);
        BtfBlob types = Timed("first");
        Timed("again");

        Assert.Multiple(() =>
        {
            Assert.That(types.BytesOf(Find("bpf_spin_lock")), Is.EqualTo(4));
            Assert.That(types.BytesOf(Find("bpf_timer")), Is.EqualTo(16));
            Assert.That(types.BytesOf(Find("__sk_buff")), Is.EqualTo(192));
        });

        BtfBlob Timed(string which)
        {
            long start = Stopwatch.GetTimestamp();
            var read = BtfBlob.Parse(bytes, KernelBtf.Path);
            double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            TestContext.Out.WriteLine($"{which}: {bytes.Length} bytes, {read.Types.Length - 1} types in {milliseconds:f0} ms");
            return read;
        }

        uint Find(string name) =>
            (uint)types.Types.Select((type, id) => (type, id)).First(entry => entry.type is BtfComposite && entry.type.Name == name).id;
    }

    private static BtfComposite Struct(uint bytes, uint member) => Struct(bytes, new BtfMember("m", member, 0));

    private static BtfComposite Struct(uint bytes, params BtfMember[] members) => new(BtfKind.Struct, "s", bytes, [.. members]);

    private static byte[] Encode(params BtfType[] types)
    {
        var builder = new BtfBuilder();
        foreach (BtfType type in types) builder.Add(type);
        return builder.ToBytes();
    }

    private static TestCaseData Row(string problem, params BtfType[] types) =>
        new TestCaseData(problem, types).SetArgDisplayNames($"{types[0].Kind} {problem}");
}
