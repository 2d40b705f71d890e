using BpfConformance.Abi.Network;
using BpfConformance.Engine.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine;

[TestFixture]
public sealed class PacketFateTests
{
    [TestCase(-1, true)]
    [TestCase(18, true, Description = "identification")]
    [TestCase(19, true)]
    [TestCase(24, true, Description = "checksum of the IP header")]
    [TestCase(25, true)]
    [TestCase(17, false)]
    [TestCase(26, false)]
    [TestCase(43, false, Description = "payload")]
    public void IsSeen_OfADatagramOnAWire_AllowsWhatASenderChooses(int masked, bool isSeen) =>
        Assert.That(IsSeen(NetworkPlace.Right, masked, resultMask: ulong.MaxValue), Is.EqualTo(isSeen));

    [Test]
    public void IsSeen_OfAPayload_AllowsNothing() => Assert.That(IsSeen(NetworkPlace.Receiver, 18, ulong.MaxValue), Is.False);

    [Test]
    public void IsSeen_OfAResultThatIsNot_IsFalse() => Assert.That(IsSeen(NetworkPlace.Left, -1, resultMask: uint.MaxValue), Is.False);

    [Test]
    public void TryAddPacket_ThatHasNoRoom_SaysSo()
    {
        byte[] data = new byte[PacketFate.MaxBytes(1, 2)];
        var fate = new PacketFate(data, new byte[data.Length], 1);

        Assert.That(fate.TryAddPacket(NetworkPlace.Left, new byte[data.Length]), Is.False);
    }

    private static bool IsSeen(NetworkPlace place, int masked, ulong resultMask)
    {
        byte[] data = new byte[PacketFate.MaxBytes(1, 44)];
        byte[] mask = new byte[data.Length];
        mask.AsSpan().Fill(byte.MaxValue);
        var fate = new PacketFate(data, mask, 1);
        fate.AddResult(0, 2, resultMask);
        byte[] ofPacket = new byte[44];
        ofPacket.AsSpan().Fill(byte.MaxValue);
        if (masked >= 0) ofPacket[masked] = 0;
        Assert.That(fate.TryAddPacket(place, new byte[44], ofPacket));
        return PacketFate.IsSeen(data.AsSpan(0, fate.Length), mask, 1);
    }
}
