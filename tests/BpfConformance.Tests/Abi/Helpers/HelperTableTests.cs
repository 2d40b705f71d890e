using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Programs;
using NUnit.Framework;

namespace BpfConformance.Tests.Abi.Helpers;

/// <summary>Spot checks against include/uapi/linux/bpf.h of Linux 6.18.</summary>
[TestFixture]
public sealed class HelperTableTests
{
    [TestCase(1, "map_lookup_elem")]
    [TestCase(2, "map_update_elem")]
    [TestCase(5, "ktime_get_ns")]
    [TestCase(6, "trace_printk")]
    [TestCase(7, "get_prandom_u32")]
    [TestCase(8, "get_smp_processor_id")]
    [TestCase(12, "tail_call")]
    [TestCase(14, "get_current_pid_tgid")]
    [TestCase(25, "perf_event_output")]
    [TestCase(28, "csum_diff")]
    [TestCase(44, "xdp_adjust_head")]
    [TestCase(51, "redirect_map")]
    [TestCase(65, "xdp_adjust_tail")]
    [TestCase(69, "fib_lookup")]
    [TestCase(84, "sk_lookup_tcp")]
    [TestCase(93, "spin_lock")]
    [TestCase(109, "send_signal")]
    [TestCase(118, "jiffies64")]
    [TestCase(130, "ringbuf_output")]
    [TestCase(164, "for_each_map_elem")]
    [TestCase(181, "loop")]
    [TestCase(182, "strncmp")]
    [TestCase(194, "kptr_xchg")]
    [TestCase(197, "dynptr_from_mem")]
    [TestCase(208, "ktime_get_tai_ns")]
    [TestCase(209, "user_ringbuf_drain")]
    [TestCase(211, "cgrp_storage_delete")]
    public void Helper_ByNumberAndName_IsTheKernels(int number, string name)
    {
        Assert.That(HelperTable.NameOf(number), Is.EqualTo(name));
        Assert.That(HelperTable.NumberOf(name), Is.EqualTo(number));
        Assert.That(HelperTable.NumberOf("bpf_" + name), Is.EqualTo(number));
    }

    [TestCase(0)]
    [TestCase(212)]
    [TestCase(-1)]
    [TestCase(int.MinValue)]
    public void NameOf_ANumberOutside_IsNull(int number) => Assert.That(HelperTable.NameOf(number), Is.Null);

    [TestCase("")]
    [TestCase("bpf_")]
    [TestCase("bpf_bpf_loop")]
    [TestCase("LOOP")]
    [TestCase("unspec")]
    public void NumberOf_NoName_IsNull(string name) => Assert.That(HelperTable.NumberOf(name), Is.Null);

    [Test]
    public void Names_Are211AndDistinct()
    {
        Assert.That(HelperTable.Count, Is.EqualTo(211));
        Assert.That(Enumerable.Range(1, 211).Select(HelperTable.NameOf), Is.Unique.And.All.Match("^[a-z][a-z0-9_]+$"));
    }

    [TestCase("map_lookup_elem", "3.19")]
    [TestCase("tail_call", "4.2")]
    [TestCase("skb_store_bytes", "4.1")]
    [TestCase("csum_diff", "4.6")]
    [TestCase("xdp_adjust_head", "4.10")]
    [TestCase("sk_lookup_tcp", "4.20")]
    [TestCase("spin_lock", "5.1")]
    [TestCase("strtol", "5.2")]
    [TestCase("probe_read_kernel", "5.5")]
    [TestCase("ringbuf_output", "5.8")]
    [TestCase("d_path", "5.10")]
    [TestCase("for_each_map_elem", "5.13")]
    [TestCase("timer_init", "5.15")]
    [TestCase("loop", "5.17")]
    [TestCase("dynptr_from_mem", "5.19")]
    [TestCase("user_ringbuf_drain", "6.1")]
    [TestCase("cgrp_storage_get", "6.2")]
    public void Since_OfAHelper_IsTheKernelThatBroughtIt(string name, string since) =>
        Assert.That(HelperTable.PrototypeOf(HelperTable.NumberOf(name)!.Value).Since, Is.EqualTo(since));

    [Test]
    public void Since_ByNumber_NeverDecreases() =>
        Assert.That(HelperTable.All.Select(number => Version.Parse(HelperTable.PrototypeOf(number).Since)), Is.Ordered);

    [Test]
    public void PrototypesOf_EveryHelper_HaveItsNumberAndNameAndShareNoType()
    {
        foreach (int number in HelperTable.All)
        {
            ProgramTypes seen = ProgramTypes.None;
            foreach (HelperPrototype row in HelperTable.PrototypesOf(number))
            {
                Assert.That((row.Number, row.Name), Is.EqualTo((number, HelperTable.NameOf(number))));
                Assert.That(row.Types, Is.Not.EqualTo(ProgramTypes.None));
                Assert.That(row.Types & seen, Is.EqualTo(ProgramTypes.None), row.Name);
                seen |= row.Types;
            }
        }
    }

    [Test]
    public void PrototypeOf_ByProgramType_IsThatOfTheType()
    {
        int assign = HelperTable.NumberOf("sk_assign")!.Value;

        Assert.That(HelperTable.PrototypeOf(assign, ProgramType.SchedCls)!.Arguments[1].Kind, Is.EqualTo(ArgumentKind.SocketObject));
        Assert.That(
            HelperTable.PrototypeOf(assign, ProgramType.SkLookup)!.Arguments[1],
            Is.EqualTo(new HelperArgument(ArgumentKind.Socket, ArgumentFlags.Nullable)));
        Assert.That(HelperTable.PrototypeOf(assign, ProgramType.Xdp), Is.Null);
    }

    [Test]
    public void Arguments_OfSkbLoadBytes_AreTheKernels() =>
        Assert.That(HelperTable.PrototypeOf(26).Arguments, Is.EqualTo(new HelperArgument[]
        {
            new(ArgumentKind.Context), new(ArgumentKind.Anything),
            new(ArgumentKind.Memory, ArgumentFlags.Written | ArgumentFlags.Uninitialized), new(ArgumentKind.Size),
        }));

    [Test]
    public void Arguments_OfCgrpStorageGet_AreTheKernels() =>
        Assert.That(HelperTable.PrototypeOf(210).Arguments, Is.EqualTo(new HelperArgument[]
        {
            new(ArgumentKind.Map), new(ArgumentKind.KernelObject, ArgumentFlags.Nullable, Type: "cgroup"),
            new(ArgumentKind.MapValue, ArgumentFlags.Read | ArgumentFlags.Nullable), new(ArgumentKind.Anything),
        }));

    [Test]
    public void Arguments_OfStrtol_EndInEightAlignedBytes() =>
        Assert.That(HelperTable.PrototypeOf(105).Arguments[3], Is.EqualTo(new HelperArgument(
            ArgumentKind.Memory, ArgumentFlags.Written | ArgumentFlags.Uninitialized | ArgumentFlags.Aligned, Bytes: 8)));

    [TestCase("ktime_get_ns", false)]
    [TestCase("get_prandom_u32", false)]
    [TestCase("get_smp_processor_id", false)]
    [TestCase("get_current_task_btf", false)]
    [TestCase("strtol", true)]
    [TestCase("map_lookup_elem", true)]
    [TestCase("csum_diff", true)]
    public void IsDeterministic_OfAHelper_IsWhetherItsInputDecides(string name, bool expected) =>
        Assert.That(HelperTable.PrototypeOf(HelperTable.NumberOf(name)!.Value).IsDeterministic, Is.EqualTo(expected));

    [TestCase("skb_store_bytes", true)]
    [TestCase("skb_pull_data", true)]
    [TestCase("xdp_adjust_meta", true)]
    [TestCase("xdp_store_bytes", false)]
    [TestCase("skb_load_bytes", false)]
    [TestCase("skb_change_type", false)]
    public void ChangesPacket_OfAHelper_IsWhetherPointersAreForgotten(string name, bool expected) =>
        Assert.That(HelperTable.PrototypeOf(HelperTable.NumberOf(name)!.Value).ChangesPacket, Is.EqualTo(expected));

    [TestCase("bind", ProgramType.CgroupSockAddr, AttachType.CgroupInet4Connect, true)]
    [TestCase("bind", ProgramType.CgroupSockAddr, AttachType.CgroupInet4Bind, false)]
    [TestCase("bind", ProgramType.Xdp, AttachType.Xdp, false)]
    [TestCase("set_retval", ProgramType.CgroupSockAddr, AttachType.CgroupInet4Connect, true)]
    [TestCase("set_retval", ProgramType.CgroupSockAddr, AttachType.CgroupUdp4Recvmsg, false)]
    [TestCase("set_retval", ProgramType.Lsm, AttachType.LsmMac, false)]
    [TestCase("set_retval", ProgramType.Lsm, AttachType.LsmCgroup, true)]
    [TestCase("get_func_ret", ProgramType.Tracing, AttachType.TraceFentry, true)]
    [TestCase("get_func_ret", ProgramType.Tracing, AttachType.TraceRawTp, false)]
    [TestCase("get_func_arg", ProgramType.Lsm, AttachType.LsmMac, true)]
    [TestCase("get_func_arg_cnt", ProgramType.Lsm, AttachType.LsmCgroup, false)]
    [TestCase("get_attach_cookie", ProgramType.Lsm, AttachType.LsmCgroup, false)]
    public void MayCall_WhereItDependsOnTheAttachType_IsDecidedByIt(string name, ProgramType type, AttachType attachType, bool expected) =>
        Assert.That(HelperTable.MayCall(HelperTable.NumberOf(name)!.Value, type, attachType), Is.EqualTo(expected));
}
