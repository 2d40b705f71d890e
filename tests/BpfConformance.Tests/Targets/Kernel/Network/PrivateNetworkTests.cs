using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel;
using BpfConformance.Targets.Kernel.Network;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel.Network;

[TestFixture]
internal sealed class PrivateNetworkTests
{
    /// <summary>UDP from the neighbor of "left" to a port of this host, with five bytes of payload and no checksum.</summary>
    private const string ToReceiver = "020000000007020000000107080045000021000000004011"
        + "66ca0a0000020a00000100090007000d000068656c6c6f";

    [SetUp]
    public void NeedKernel()
    {
        if (KernelTarget.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    [Test]
    public void ArrivedFrame_ForAPortThatNobodyHas_GetsNoAnswer()
    {
        using var network = PrivateNetwork.Create();
        network.Do(() =>
        {
            TapDevice left = network.Devices[0];
            Assert.That(left.Read().Length, Is.Zero, "nothing is sent by itself");
            Assert.That(left.Write(Convert.FromHexString(ToReceiver)), Is.Zero);
            Assert.That(left.Read().Length, Is.Zero);
        });
    }

    [Test]
    public void Frame_ShorterThanItsHeader_IsRefused()
    {
        using var network = PrivateNetwork.Create();
        network.Do(() => Assert.That(network.Devices[1].Write(new byte[13]), Is.EqualTo(22), "EINVAL"));
    }

    [Test]
    public void Group_WhenTheNetworkEnds_IsGone()
    {
        string[] groups;
        using (var network = PrivateNetwork.Create())
        {
            groups = network.Do(() =>
            {
                Assert.That(network.Group.Folder.IsInvalid, Is.False);
                return GroupsOfThread();
            });
            Assert.That(groups, Has.One.Contains("/bpfconf-"));
        }

        string name = groups.Single(line => line.Contains("/bpfconf-", StringComparison.Ordinal))[3..];
        Assert.That(Directory.GetDirectories("/sys/fs/cgroup", Path.GetFileName(name), SearchOption.AllDirectories), Is.Empty);
    }

    [Test]
    public void Do_WhatThrows_ThrowsHere()
    {
        using var network = PrivateNetwork.Create();
        Assert.That(() => network.Do(() => throw new TargetException("here")), Throws.TypeOf<TargetException>().With.Message.EqualTo("here"));
    }

    private static string[] GroupsOfThread() => File.ReadAllLines("/proc/thread-self/cgroup");
}
