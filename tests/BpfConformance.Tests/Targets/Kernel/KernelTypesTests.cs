using System.Buffers.Binary;
using System.Text;
using BpfConformance.Loading.Btf;
using BpfConformance.Targets.Kernel;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>Types are found by kind and name among others, as long as it is known where these end.</summary>
[TestFixture]
internal sealed class KernelTypesTests
{
    private const string Name = "wanted";

    [TestCase(1u, 4, 2u, Description = "BTF_KIND_INT")]
    [TestCase(3u, 12, 2u, Description = "BTF_KIND_ARRAY")]
    [TestCase(19u, 0, 2u, Description = "BTF_KIND_ENUM64")]
    [TestCase(20u, 0, 0u, Description = "none that there is yet")]
    [TestCase(31u, 0, 0u, Description = "none that there is yet")]
    public void Find_BehindATypeOfAKind_IsItsIdIfTheKindIsKnown(uint kind, int bytesBehind, uint expected)
    {
        byte[] types = [.. Type(0, kind), .. new byte[bytesBehind], .. Type(1, 4)];

        Assert.That(KernelTypes.Find(Blob(types), new(BtfKind.Struct, Name)), Is.EqualTo(expected));
    }

    [Test]
    public void Find_ANameThatNoTypeHas_IsNothing() => Assert.That(KernelTypes.Find(Blob(Type(1, 4)), new(BtfKind.Struct, "other")), Is.Zero);

    [TestCase(BtfKind.Struct, 1u)]
    [TestCase(BtfKind.Typedef, 2u)]
    [TestCase(BtfKind.Function, 0u)]
    public void Find_OneOfSeveralKinds_IsThatOfTheKind(BtfKind kind, uint expected) =>
        Assert.That(KernelTypes.Find(Blob([.. Type(1, 4), .. Type(1, 8)]), new(kind, Name)), Is.EqualTo(expected));

    private static byte[] Type(uint name, uint kind) => Words(name, kind << 24, 0);

    private static byte[] Blob(byte[] types)
    {
        byte[] strings = Encoding.ASCII.GetBytes($"\0{Name}\0");
        return [.. Words(0x1eb9f, 24, 0, (uint)types.Length, (uint)types.Length, (uint)strings.Length), .. types, .. strings];
    }

    private static byte[] Words(params ReadOnlySpan<uint> words)
    {
        var bytes = new byte[words.Length * sizeof(uint)];
        for (int i = 0; i < words.Length; i++) BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * sizeof(uint)), words[i]);
        return bytes;
    }
}
