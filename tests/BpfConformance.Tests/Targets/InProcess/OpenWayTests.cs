using System.Collections.Immutable;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.InProcess;

/// <summary>What becomes of bytes and datagrams is left open where it is not modeled, and nothing else happens: the kernel, whose gate this is, is not asked.</summary>
[TestFixture("reference")]
[TestFixture("il")]
[TestFixture("x64")]
internal sealed class OpenWayTests(string target)
{
    private const string Datagram = "arrive left 02000000000702000000010708004500002100000000401166ca0a0000020a00000100090007000da7ef68656c6c6f -> nothing\n";

    /// <summary>Puts in so many bytes before all others.</summary>
    private const string Push = "r6 = r1\nr2 = 0\nr3 = {0}\nr4 = 0\ncall 90\nr1 = r6\n";

    /// <summary>Sends the packet r6 back in at a device, too.</summary>
    private const string Copy = "r1 = r6\nr2 = 8\nr3 = 1\ncall 13\n";

    private const string Put = "-- steps\nattach main s -> ok\nupdate s 00000000 client -> ok\n";

    [Test]
    public void Write_ToAProgramThatAlwaysPutsInWhatItDecidesOn_EndsAsOpen() =>
        Assert.That(Last(Message(Push.Replace("{0}", "1", StringComparison.Ordinal) + "r2 = 1\ncall 61\n") + Put + "write client 41 -> nothing\n"), Does.EndWith("asked about more than 256 times"));

    [Test]
    public void Write_AfterSoManyBytesThatAMachineHasNoRoomForBoth_IsOpen()
    {
        string text = Message(Push.Replace("{0}", "16000", StringComparison.Ordinal) + "r2 = 16002\ncall 62\n") + Put + $"write client 41 -> nothing\nwrite client {new string('4', 8192)} -> nothing\n";

        Assert.That(Last(text), Does.EndWith("more than 16128 bytes at once"));
    }

    [TestCase("sk_skb_verdict")]
    [TestCase("sk_skb_stream_verdict")]
    public void Arrive_AtASocketWithAVerdict_IsOpen(string attach)
    {
        string text = $"-- type\nsk_skb\n-- attach\n{attach}\n-- maps\ns: sockmap key 4 value 8 entries 1\n-- asm\nr0 = 0\nexit\n-- steps\nattach main s -> ok\n";

        Assert.That(Last(text + "update s 00000000 receiver -> ok\n" + Datagram), Does.Contain("a program that decides on what it receives"));
    }

    [TestCase("0x700", false)]
    [TestCase("0x900", true)]
    public void Update_WithASocketThatWasFoundByAPort_IsOpenWhereTwoShareIt(string port, bool isOpen)
    {
        string text = $"-- type\nsched_cls\n-- attach\ntcx_ingress\n-- maps\ns: sockmap key 4 value 8 entries 1\n-- asm\n*(u64 *)(r10 - 16) = 0\n*(u16 *)(r10 - 8) = 0\n*(u16 *)(r10 - 6) = {port}\nr2 = r10\nr2 += -16\n"
            + "r3 = 12\nr4 = -1\nr5 = 0\ncall 85\nif r0 == 0 goto out\nr6 = r0\n*(u32 *)(r10 - 4) = 0\nr2 = r10\nr2 += -4\n"
            + "r1 = map_by_fd(s) ll\nr3 = r6\nr4 = 0\ncall 2\nr1 = r6\ncall 86\nout:\nr0 = 0\nexit\n-- steps\nattach main left -> ok\n";

        Assert.That(Last(text + Datagram), isOpen ? Is.Not.Null : Is.Null);
    }

    [TestCase(Copy, true)]
    [TestCase("", false)]
    public void Run_ThatSendsACopyWhereProgramsMayBeAttached_IsOpen(string copy, bool isOpen)
    {
        string text = $"-- type\nsched_cls\n-- asm\nr6 = r1\n{copy}r0 = 2\nexit\n-- type other\nsched_cls\n-- attach other\ntcx_ingress\n-- asm other\nr0 = 2\nexit\n-- steps\nattach other left -> ok\n";

        Assert.That(Last(text + $"run main {new string('0', 28)} -> 2\n"), isOpen ? Is.Not.Null : Is.Null);
    }

    [TestCase(8, false)]
    [TestCase(9, true)]
    public void Run_ThatSendsMoreCopiesThanAQueueNeedTake_IsOpen(int copies, bool isOpen) =>
        Assert.That(Last($"-- type\nsched_cls\n{Copies(copies)}-- packet\n{new string('0', 28)}\n-- result\n2\n"), isOpen ? Is.Not.Null : Is.Null);

    [TestCase(8, false)]
    [TestCase(9, true)]
    public void Arrive_WhereSoManyCopiesAreSent_IsOpen(int copies, bool isOpen)
    {
        string text = $"-- type\nsched_cls\n-- attach\ntcx_ingress\n{Copies(copies)}-- type other\nsched_cls\n-- attach other\ntcx_ingress\n-- asm other\nr0 = 2\nexit\n-- steps\nattach main left -> ok\nattach other right -> ok\n";

        Assert.That(Last(text + Datagram), isOpen ? Is.Not.Null : Is.Null);
    }

    [TestCase("0x0200000a", false)]
    [TestCase("0x0300000a", true)]
    [TestCase("0x0201000a", true)]
    public void Send_PastAProgramThatWritesForWhomItIs_IsOpenWhereThatIsAnother(string address, bool isOpen)
    {
        string text = $"-- type\nlwt_xmit\n-- asm\n*(u32 *)(r10 - 4) = {address}\nr2 = 16\nr3 = r10\nr3 += -4\nr4 = 4\nr5 = 0\ncall 9\nr0 = 0\nexit\n-- steps\nattach main left -> ok\nsend 10.0.0.2:9 00 -> nothing\n";

        Assert.That(Last(text), isOpen ? Does.Contain("another neighbor") : Is.Null);
    }

    private static string Copies(int count) => $"-- asm\nr6 = r1\n{string.Concat(Enumerable.Repeat(Copy, count))}r0 = 2\nexit\n";

    private static string Message(string body) => $"-- type\nsk_msg\n-- attach\nsk_msg_verdict\n-- maps\ns: sockmap key 4 value 8 entries 1\n-- asm\n{body}r0 = 1\nexit\n";

    /// <summary>Why the last step did not come to an end; <c>null</c>: it did.</summary>
    private string? Last(string text)
    {
        TargetEntry entry = TargetRegistry.All.Single(entry => entry.Name == target);
        if (entry.WhyUnavailable() is { } reason) Assert.Ignore(reason);
        using IExecutionTarget machine = entry.Create();
        TestCase test = VectorReader.Read(text, "open.vector", "open");
        LoadRequest request = test.ToRequest();
        using ILoadedProgram program = machine.Load(request).Program!;
        ImmutableArray<RunInput> inputs = [.. test.Inputs.Select(input => input.ForRun)];
        var seen = new ObservationBatch();
        seen.Reset(inputs.Length, request.ObservedBytes, test.MapBytes, test.ContextBytes);
        program.Run(inputs.AsSpan(), seen);
        ref Observation last = ref seen[inputs.Length - 1];
        return last.Status == ExecutionStatus.Returned ? null : seen.Reason(inputs.Length - 1);
    }
}
