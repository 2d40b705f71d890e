using BpfConformance.Abi;
using BpfConformance.Engine.Cases;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine;

/// <summary>Fields of contexts, given to runs and stated of their end.</summary>
[TestFixture]
public sealed class ContextReaderTests
{
    private const string Program = "-- asm\nr0 = 0\nexit\n-- result\n0\n";
    private const string SkBuff = Program + "-- type\nsched_cls\n-- packet\n-\n";

    private static TestCase Read(string text) => VectorReader.Read(text, "hooks/x.vector", "x.vector");

    [TestCase("mark = 5", 8, "05000000")]
    [TestCase("mark=0x12345678", 8, "78563412")]
    [TestCase("mark = -2", 8, "feffffff")]
    [TestCase("mark = 4294967295", 8, "ffffffff")]
    [TestCase("cb[0] = 7", 48, "07000000")]
    [TestCase("cb[ 4 ] = 7 # the last", 64, "07000000")]
    [TestCase("remote_ip6[3] = 1", 112, "01000000")]
    [TestCase("tstamp = 0x1122334455667788", 152, "8877665544332211")]
    [TestCase("tstamp_type = -1", 180, "ff")]
    [TestCase("remote_ip4 = hex 0a000001", 92, "0a000001")]
    [TestCase("cb[1] = hex 0102 0304", 52, "01020304")]
    [TestCase("local_ip6 = hex 20010db8 00000000 00000000 00000001", 116, "20010db8000000000000000000000001")]
    public void Read_Context_HoldsTheFieldInAStructureOfZeros(string field, int offset, string value)
    {
        byte[] expected = new byte[192];
        Convert.FromHexString(value).CopyTo(expected, offset);

        CaseInput input = Read($"{SkBuff}-- context\n{field}\n-- context-after\n{field}\n").Inputs[0];

        Assert.That(Convert.ToHexStringLower(input.Context.Span), Is.EqualTo(Convert.ToHexStringLower(expected)));
        Assert.That(input.ContextAfter.Select(stated => (stated.Offset, Convert.ToHexStringLower(stated.Value.Span))), Is.EqualTo(new[] { (offset, value) }));
        Assert.That(input.ForRun.Context.Length, Is.EqualTo(192));
    }

    [TestCase("sk_lookup\n-- attach\nsk_lookup", "cookie = 1\nremote_port = 80\n", "0100000000000000" + "00000000000000000000000000000000000000000000000000000000" + "5000", 72)]
    [TestCase("raw_tracepoint", "args[11] = 3\n", "", 96)]
    [TestCase("sock_ops", "reply = 1\nargs[1] = 2\nreplylong[3] = 3\n", "00000000010000000200000000000000" + "03000000", 224)]
    [TestCase("perf_event", "regs[1] = 9\naddr = 1\n", "00000000000000000900000000000000", 184)]
    [TestCase("xdp", "data_meta = 0\ndata = 4\ndata_end = 18\n", "040000001200000000000000", 24)]
    [TestCase("syscall", "01 02\n03 # bytes\n", "010203", 3)]
    [TestCase("syscall", "-\n", "", 0)]
    [TestCase("lirc_mode2", "01020304\n", "01020304", 4)]
    [TestCase("tracing\n-- attach\ntrace_fentry", "0100000000000000 02000000 00000000\n", "01000000000000000200000000000000", 16)]
    [TestCase("tracing\n-- attach\ntrace_fexit", "-\n", "", 0)]
    [TestCase("lsm\n-- attach\nlsm_mac", "0100000000000000\n", "0100000000000000", 8)]
    [TestCase("raw_tracepoint_writable", "args[1] = 7\n", "00000000000000000700", 96)]
    [TestCase("flow_dissector", "flags = 3\n", "", 56)]
    [TestCase("netfilter", "hook = 4\npf = 10\n", "040a0000", 48)]
    [TestCase("struct_ops\n-- attach\ncgroup_inet_egress", "a1 = -1\nval = 7\n", "0000000000000000ffffffffffffffff00", 104)]
    public void Read_ContextOfAType_IsInItsLayout(string type, string fields, string start, int length)
    {
        CaseInput input = Read($"{Program}-- type\n{type}\n-- context\n{fields}").Inputs[0];

        Assert.That(Convert.ToHexStringLower(input.Context.Span), Does.StartWith(start));
        Assert.That(input.Context.Length, Is.EqualTo(length));
    }

    [Test]
    public void Read_Steps_GivesTheContextToRunsAndStatesTheLast()
    {
        TestCase test = Read(
            "-- asm\nr0 = 0\nexit\n-- type\nsched_act\n-- maps\nm: array key 4 value 4 entries 1\n-- context\npriority = 2\n-- context-after\nqueue_mapping = 1\n"
            + "-- steps\nrun 00 -> 0\nlookup m 00000000 -> 00000000\nrun 01 -> 0\n");

        Assert.That(test.Inputs.Select(input => input.Context.Length), Is.EqualTo(new[] { 192, 0, 192 }));
        Assert.That(test.Inputs.Select(input => input.ContextAfter.Length), Is.EqualTo(new[] { 0, 0, 1 }));
        Assert.That(test.ContextBytes, Is.EqualTo(192));
    }

    [Test]
    public void Read_Cases_GivesAllOfThemTheContext() =>
        Assert.That(
            Read("-- asm\nexit\n-- type\nxdp\n-- context\nrx_queue_index = 3\n-- cases\n00 -> 0\n01 -> 0\n").Inputs.Select(input => input.Context.Span[16]),
            Is.EqualTo(new[] { 3, 3 }));

    [TestCase("mark\n", 11, "found 'mark', expected FIELD = VALUE, FIELD[INDEX] = VALUE, or hex and bytes instead of the value")]
    [TestCase("mark =\n", 11, "found 'mark =', expected FIELD = VALUE")]
    [TestCase("mark = 1 = 2\n", 11, "found 'mark = 1 = 2', expected FIELD = VALUE")]
    [TestCase("", 10, "'-- context' is empty, expected FIELD = VALUE")]
    [TestCase("marks = 1\n", 11, "there is no field 'marks' in __sk_buff, expected one of: len, pkt_type, mark, ")]
    [TestCase("mark[0] = 1\n", 11, "'mark' is no array, expected FIELD = VALUE")]
    [TestCase("cb = 1\n", 11, "'cb' has 20 bytes, expected its elements, such as cb[0], or hex and bytes")]
    [TestCase("cb[5] = 1\n", 11, "found '[5]', expected [0] to [4] for 'cb'")]
    [TestCase("cb[00] = 1\n", 11, "found '[00]', expected [0] to [4] for 'cb'")]
    [TestCase("cb[ = 1\n", 11, "found '[', expected [0] to [4] for 'cb'")]
    [TestCase("cb = hex 00\n", 11, "found 1 bytes, expected 20 for 'cb'")]
    [TestCase("mark = hex 0102030405\n", 11, "found 5 bytes, expected 4 for 'mark'")]
    [TestCase("mark = hex\n", 11, "found 'hex', expected a 64-bit value such as 0x5, 5 or -5")]
    [TestCase("mark = 0x100000000\n", 11, "found '0x100000000', expected a value of 32 bits for 'mark'")]
    [TestCase("mark = -2147483649\n", 11, "found '-2147483649', expected a value of 32 bits for 'mark'")]
    [TestCase("tstamp_type = 256\n", 11, "found '256', expected a value of 8 bits for 'tstamp_type'")]
    [TestCase("mark = 1\nmark = 1\n", 12, "second value for bytes of 'mark', the first is in line 11")]
    [TestCase("cb[2] = 1\nhash = 1\ncb = hex 0000000000000000000000000000000000000000\n", 13, "second value for bytes of 'cb', the first is in line 11")]
    [TestCase("data = 1\n", 11, "'data' is a pointer, expected a field that is a number")]
    [TestCase("sk = hex 0000000000000000\n", 11, "'sk' is a pointer, expected a field that is a number")]
    public void Read_WrongField_NamesItsLine(string fields, int line, string problem) => Refused($"{SkBuff}-- context\n{fields}", line, problem);

    [TestCase(Program + "-- context\nmark = 1\n", 6, "'-- context' has no place without '-- type'")]
    [TestCase(Program + "-- context-after\nmark = 1\n", 6, "'-- context-after' has no place without '-- type'")]
    [TestCase(Program + "-- type\next\n-- context\nmark = 1\n", 8, "what the context of ext holds is not known")]
    [TestCase(Program + "-- type\nxdp\n-- asm a\nexit\n-- type a\nsched_cls\n-- context\ndata = 1\n", 12, "programs with different contexts, expected the same for all")]
    [TestCase("-- asm\nexit\n-- type\nxdp\n-- context\ndata = 1\n-- rejected\n", 5, "'-- context' has no place when nothing runs")]
    [TestCase("-- asm\nexit\n-- type\nxdp\n-- packet\n00\n-- context\ndata = 1\n-- rejected\n", 7, "'-- context' has no place when nothing runs")]
    [TestCase("-- asm\nexit\n-- type\nxdp\n-- context-after\ndata = 1\n-- cases\n00 -> 0\n", 7, "'-- cases' has no place beside '-- context-after', which is about one run or the last of some steps")]
    [TestCase("-- asm\nexit\n-- type\nxdp\n-- context-after\ndata = 1\n-- faults\n", 7, "'-- faults' has no place beside '-- context-after', which is about one run or the last of some steps")]
    [TestCase("-- asm\nexit\n-- type\nxdp\n-- maps\nm: array key 4 value 4 entries 1\n-- context-after\ndata = 1\n-- steps\nrun 00 -> 0\nfreeze m -> ok\n", 7, "'-- context-after' has no place where the last step is no run")]
    [TestCase(Program + "-- type\nlirc_mode2\n-- context\n0102030405\n", 8, "5 bytes of context, expected at most 4")]
    [TestCase(Program + "-- type\ntracing\n-- attach\ntrace_fentry\n-- context\n01020304\n", 10, "4 bytes of context, expected 8 for each argument")]
    [TestCase(Program + "-- type\nlsm\n-- attach\nlsm_mac\n-- context\n010203040506070809\n", 10, "9 bytes of context, expected 8 for each argument")]
    [TestCase(Program + "-- type\nsyscall\n-- context\n01020304\n-- context-after\n0102030405\n", 11, "5 bytes of context afterwards, expected at most 4, which it has")]
    [TestCase(Program + "-- type\ntracing\n-- attach\ntrace_fexit\n-- context-after\n000000000000000000\n", 11, "9 bytes of context afterwards, expected at most 8, which it has")]
    [TestCase(Program + "-- type\nsyscall\n-- context-after\n-\n", 8, "'-- context-after' is empty, expected bytes")]
    [TestCase(Program + "-- type\nflow_dissector\n-- context\nmark = 1\n", 9, "there is no field 'mark' in bpf_flow_keys, expected one of: nhoff, thoff, ")]
    [TestCase(Program + "-- type\nflow_dissector\n-- context\nipv4_dst = 1\nipv6_src[1] = 1\n", 10, "second value for bytes of 'ipv6_src[1]', the first is in line 9")]
    [TestCase(Program + "-- type\nflow_dissector\n-- context\nflags = 1\nnhoff = 20\n", 10, "only 'flags' can be given to a flow_dissector")]
    [TestCase(Program + "-- type\nnetfilter\n-- context\nhook = 0\n", 9, "expected both 'hook' and 'pf'")]
    [TestCase(Program + "-- type\nnetfilter\n-- context\npf = 2\n", 9, "expected both 'hook' and 'pf'")]
    [TestCase(Program + "-- type\nnetfilter\n-- context\nhook = 255\npf = 255\n", 10, "pf = 255, expected 2 (IPv4) or 10 (IPv6)")]
    [TestCase(Program + "-- type\nnetfilter\n-- context\nin = 1\n", 9, "'in' is a pointer, expected a field that is a number")]
    [TestCase(Program + "-- type\nstruct_ops\n-- context\ncb = 1\n", 9, "'cb' is a pointer, expected a field that is a number")]
    [TestCase(Program + "-- type\nraw_tracepoint_writable\n-- context\nargs[0] = 1\n", 9, "'args[0]' is a pointer, expected a field that is a number")]
    public void Read_WrongSection_NamesItsLine(string text, int line, string problem) => Refused(text, line, problem);

    [Test]
    public void Read_MoreThanAllRunsHaveRoomFor_IsRefused() => Refused(
        "-- asm\nexit\n-- type\ntracepoint\n-- cases\n" + string.Concat(Enumerable.Repeat("- -> 0\n", 8193)),
        3,
        "8192 bytes of context, 8193 times, expected at most 64 MiB in a file");

    [Test]
    public void Read_MorePacketsThatGrowThanThereIsRoomFor_IsRefused() => Refused(
        "-- asm\nr2 = 100\nr3 = 0\ncall 38\nexit\n-- type\nsched_cls\n-- cases\n" + string.Concat(Enumerable.Repeat("- -> 0\n", 4162)),
        6,
        "16128 bytes of a packet that helpers make longer, 4162 times, expected at most 64 MiB in a file");

    [Test]
    public void Read_APacketThatIsTooLongForADissector_NamesItsLine()
    {
        string Text(string type, int bytes) => $"-- asm\nr0 = 0\nexit\n-- type\n{type}\n-- cases\n00 -> 0\n{new string('0', 2 * bytes)} -> 0\n";

        Assert.That(Read(Text("flow_dissector", 4096)).Inputs, Has.Length.EqualTo(2));
        Assert.That(Read(Text("sched_cls", 4097)).Inputs, Has.Length.EqualTo(2));
        Refused(Text("flow_dissector", 4097), 8, "a packet of 4097 bytes, expected at most 4096 for a flow_dissector");
    }

    [Test]
    public void Read_KeysOfAFlowAfterwards_MayBeAllOfThem() =>
        Assert.That(
            Read($"{Program}-- type\nflow_dissector\n-- context-after\nnhoff = 1\nn_proto = hex 0800\nipv6_src[1] = 2\nflow_label = 3\n").Inputs[0].ContextAfter.Select(stated => stated.Offset),
            Is.EqualTo(new[] { 0, 10, 20, 52 }));

    private static void Refused(string text, int line, string problem)
    {
        BpfFormatException? error = Assert.Throws<BpfFormatException>(() => Read(text));

        Assert.That(error!.Problem, Does.StartWith(problem));
        Assert.That(error.Line, Is.EqualTo(line));
    }
}
