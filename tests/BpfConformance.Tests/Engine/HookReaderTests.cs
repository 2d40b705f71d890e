using BpfConformance.Abi;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine;

/// <summary>What loads say beside slots: type and attach type of each program, and license and flags of all.</summary>
[TestFixture]
public sealed class HookReaderTests
{
    private const string Program = "-- asm\nr0 = 0\nexit\n-- result\n0\n";

    private static TestCase Read(string text) => VectorReader.Read(Program + text, "hooks/x.vector", "x.vector");

    [TestCase("cgroup_skb", "cgroup_inet_egress", AttachType.CgroupInetEgress)]
    [TestCase("cgroup_sock_addr", "cgroup_inet4_bind", AttachType.CgroupInet4Bind)]
    [TestCase("sk_lookup", "sk_lookup", AttachType.SkLookup)]
    [TestCase("xdp", "xdp_devmap", AttachType.XdpDevmap)]
    [TestCase("sched_cls", "tcx_ingress", AttachType.TcxIngress)]
    [TestCase("tracing", "trace_raw_tp", AttachType.TraceRawTp)]
    [TestCase("socket_filter", "lirc_mode2", AttachType.LircMode2, Description = "the kernel does not look")]
    [TestCase("ext", "sk_skb_stream_parser", AttachType.SkSkbStreamParser, Description = "not in the table")]
    public void Read_Attach_IsOfTheProgram(string type, string word, AttachType attach)
    {
        TestCase test = Read($"-- type\n{type}\n-- attach\n{word} # where\n");

        Assert.That(test.Program.AttachType, Is.EqualTo(attach));
        Assert.That(test.SubjectName, Is.EqualTo($"hooks {type}"));
        Assert.That(test.Subject, Is.Null);
    }

    [Test]
    public void AttachTypes_AllOfThem_AreSpelledLikeTheKernels() =>
        Assert.That(
            Vocabulary.AttachTypes.ToString(),
            Does.StartWith("cgroup_inet_ingress, cgroup_inet_egress, cgroup_inet_sock_create, cgroup_sock_ops, sk_skb_stream_parser, sk_skb_stream_verdict, cgroup_device, sk_msg_verdict, cgroup_inet4_bind, ")
                .And.Contain(", cgroup_udp6_sendmsg, lirc_mode2, ").And.Contain(", sk_reuseport_select_or_migrate, perf_event, trace_kprobe_multi, lsm_cgroup, ")
                .And.EndWith(", netkit_primary, netkit_peer, trace_kprobe_session, trace_uprobe_session"));

    [Test]
    public void Read_OtherPrograms_HaveTheirOwnOrThatOfTheFile()
    {
        TestCase test = Read(
            "-- type\nxdp\n-- attach\nxdp_cpumap\n-- asm a\nexit\n-- asm b\nexit\n-- attach b\nxdp_devmap\n-- asm c\nexit\n-- type c\nsk_lookup\n-- attach c\nsk_lookup\n-- asm d\nexit\n-- type d\nxdp\n");

        Assert.That(
            test.Program.Others.Select(part => (part.Type, part.AttachType)),
            Is.EqualTo(new[]
            {
                (ProgramType.Xdp, AttachType.XdpCpumap), (ProgramType.Xdp, AttachType.XdpDevmap),
                (ProgramType.SkLookup, AttachType.SkLookup), (ProgramType.Xdp, default),
            }));
    }

    [Test]
    public void Read_LicenseAndFlags_AreOfAllPrograms()
    {
        TestCase test = Read("-- license\nDual BSD/GPL # as modules have it\n-- flags\nstrict_alignment test_rnd_hi32\nxdp_has_frags test_reg_invariants\n");

        Assert.That(test.Program.License, Is.EqualTo("Dual BSD/GPL"));
        Assert.That(
            test.Program.Flags,
            Is.EqualTo(ProgramFlags.StrictAlignment | ProgramFlags.TestRndHi32 | ProgramFlags.XdpHasFrags | ProgramFlags.TestRegInvariants));
    }

    [Test]
    public void Read_WithoutASection_IsGplWithoutFlags() =>
        Assert.That((Read(string.Empty).Program.License, Read(string.Empty).Program.Flags), Is.EqualTo(("GPL", ProgramFlags.None)));

    [TestCase("-- attach\nxdp\n", 6, "'-- attach' has no place without '-- type'")]
    [TestCase("-- type\nunspecified\n-- attach\nxdp\n", 8, "'-- attach' has no place without '-- type'")]
    [TestCase("-- type\nsk_lookup\n-- attach\nxdp\n", 9, "programs of type sk_lookup are not attached to xdp, expected one of: sk_lookup")]
    [TestCase("-- type\ncgroup_skb\n-- attach\ntcx_ingress\n", 9, "programs of type cgroup_skb are not attached to tcx_ingress, expected one of: cgroup_inet_ingress, cgroup_inet_egress")]
    [TestCase("-- type\nstruct_ops\n-- attach\nxdp\n", 9, "programs of type struct_ops are not attached to xdp, expected one of: cgroup_inet_ingress, cgroup_inet_egress, cgroup_inet_sock_create")]
    [TestCase("-- type\ntracing\n-- attach\ncgroup_inet_ingress\n", 9, "programs of type tracing are not attached to cgroup_inet_ingress, expected one of: trace_raw_tp, trace_fentry, ")]
    [TestCase("-- type\nlsm\n-- attach\ncgroup_inet_ingress\n", 9, "programs of type lsm are not attached to cgroup_inet_ingress, expected one of: lsm_mac, lsm_cgroup")]
    [TestCase("-- type\nxdp\n-- attach\ningress\n", 9, "found 'ingress', expected one of: cgroup_inet_ingress, ")]
    [TestCase("-- type\nxdp\n-- attach a\nxdp\n", 8, "there is no program 'a'")]
    [TestCase("-- type\nxdp\n-- asm a\nexit\n-- type a\ncgroup_sockopt\n-- attach a\nxdp\n", 13, "programs of type cgroup_sockopt are not attached to xdp, expected one of: cgroup_getsockopt, cgroup_setsockopt")]
    [TestCase("-- license a\nGPL\n", 6, "unknown section '-- license a'")]
    [TestCase("-- license\n\n", 6, "'-- license' is empty, expected the license as one line of printable ASCII")]
    [TestCase("-- license\nGPL\nMIT\n", 8, "found 'MIT', expected only one line in '-- license'")]
    [TestCase("-- license\nfür alle\n", 7, "found 'für alle', expected the license as one line of printable ASCII, at most 127 characters")]
    [TestCase("-- flags\n", 6, "'-- flags' is empty, expected some of: strict_alignment, any_alignment, test_rnd_hi32, test_state_freq, sleepable, xdp_has_frags, xdp_dev_bound_only, test_reg_invariants")]
    [TestCase("-- flags\nsleepable loud\n", 7, "unknown flag 'loud', expected some of: strict_alignment, ")]
    [TestCase("-- flags\nsleepable\nsleepable\n", 8, "'sleepable' is there twice")]
    public void Read_WhatIsWrong_NamesItsLine(string text, int line, string problem)
    {
        BpfFormatException? error = Assert.Throws<BpfFormatException>(() => Read(text));

        Assert.That((error!.Line, error.Problem), Is.EqualTo((line, error.Problem)));
        Assert.That(error.Problem, Does.StartWith(problem));
    }

    [TestCase(127, true)]
    [TestCase(128, false)]
    public void Read_License_HasALimit(int length, bool isRight) =>
        Assert.That(() => Read($"-- license\n{new string('x', length)}\n"), isRight ? Throws.Nothing : Throws.TypeOf<BpfFormatException>());
}
