using BpfConformance.Abi.Network;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Network;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel.Network;

[TestFixture]
internal sealed class NetworkRunTests : KernelFixture
{
    private const string Datagram = "020000000007020000000107080045000021000000004011" + "66ca0a0000020a00000100090007000d000068656c6c6f";

    [Test]
    public void Step_AfterSomethingElseHasSent_ShowsItsOwnPacketsAlone()
    {
        LoadRequest request = VectorReader.Read($"-- type\nxdp\n-- asm\nr0 = 2\nexit\n-- steps\narrive left {Datagram} -> nothing\n", "network/x.vector", "x.vector").ToRequest();
        byte[] frame = Convert.FromHexString(Datagram);
        using var network = PrivateNetwork.Create();
        network.Do(() =>
        {
            using var run = new NetworkRun(network, request.Program, isConnected: true);
            Assert.That(network.DeviceAt(NetworkPlace.Left).Write(frame), Is.Zero);
            var fate = new PacketFate(new byte[1000], new byte[1000], programs: 0);

            Assert.That(run.Take(new ArriveStep(NetworkPlace.Left, frame), [], maps: null!, ref fate), Is.Zero);

            Assert.That(fate.Length, Is.EqualTo(PacketFate.HeaderBytes + 5), "one packet of five bytes");
        });
    }
}
