using System.Buffers.Binary;
using BpfConformance.Abi;
using BpfConformance.Loading.Btf;
using FsCheck;
using NUnit.Framework;
using PropertyAttribute = FsCheck.NUnit.PropertyAttribute;

namespace BpfConformance.Tests.Loading.Btf;

/// <summary>What holds of all BTF, and of all bytes.</summary>
[TestFixture]
public sealed class BtfPropertyTests
{
    [Property(MaxTest = 500, Arbitrary = [typeof(BtfArbitraries)])]
    public void Parse_OfWhatWasEncoded_GivesItBack(AnyBtf any)
    {
        byte[] bytes = any.Encode();
        var read = BtfBlob.Parse(bytes);

        Assert.Multiple(() =>
        {
            Assert.That(Encode(read), Is.EqualTo(bytes));
            Assert.That(read.Types.Skip(1).Select(Plain), Is.EqualTo(any.Types.Select(Plain)));
            Assert.That(read.Types.Skip(1).Select((_, i) => read.BytesOf((uint)i + 1)), Is.EqualTo(any.Bytes));
        });
    }

    [Property(MaxTest = 3000, Arbitrary = [typeof(BtfArbitraries)])]
    public void Parse_OfDamagedBlob_SucceedsOrComplains(AnyBtf any, int seed)
    {
        var random = new System.Random(seed);
        byte[] bytes = any.Encode();
        for (int i = random.Next(1, 6); i > 0; i--) Damage(bytes, random);
        if (random.Next(4) == 0) bytes = bytes[..random.Next(bytes.Length)];

        TryParse(bytes);
    }

    [Property(MaxTest = 2000)]
    public void Parse_OfAnyBytes_SucceedsOrComplains(byte[] bytes) => TryParse(bytes);

    [Property(MaxTest = 2000)]
    public void Parse_OfAnyTypeSection_SucceedsOrComplains(uint[] words)
    {
        byte[] bytes = new BtfBuilder().ToBytes();
        byte[] section = [.. words.SelectMany(word => BitConverter.GetBytes(word % 7 == 0 ? word : word & 0x9300_0003))];
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), section.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), section.Length);

        TryParse([.. bytes[..24], .. section, .. bytes[24..]]);
    }

    private static void TryParse(byte[] bytes)
    {
        try
        {
            var read = BtfBlob.Parse(bytes, "fuzzed");
            Assert.That(Encode(BtfBlob.Parse(Encode(read))), Is.EqualTo(Encode(read)));
        }
        catch (BpfFormatException exception)
        {
            Assert.That(exception.Message, Does.StartWith("fuzzed: BTF: "));
        }
    }

    private static void Damage(byte[] bytes, System.Random random)
    {
        int place = random.Next(bytes.Length);
        bytes[place] = random.Next(3) switch
        {
            0 => (byte)(bytes[place] ^ (1 << random.Next(8))),
            1 => (byte)(bytes[place] + 1),
            _ => (byte)random.Next(256),
        };
    }

    private static byte[] Encode(BtfBlob blob)
    {
        var builder = new BtfBuilder();
        foreach (BtfType type in blob.Types.Skip(1)) builder.Add(type);
        return builder.ToBytes();
    }

    /// <summary>All that a type says; records compare their arrays by identity.</summary>
    private static string Plain(BtfType type) => type switch
    {
        BtfComposite composite => $"{composite} {string.Join(", ", composite.Members)}",
        BtfEnum e => $"{e} {string.Join(", ", e.Values)}",
        BtfPrototype prototype => $"{prototype} {string.Join(", ", prototype.Parameters)}",
        BtfDataSection section => $"{section} {string.Join(", ", section.Entries)}",
        _ => $"{type}",
    };
}
