using BpfConformance.Abi.Programs;
using BpfConformance.Targets.Kernel;
using BpfConformance.Targets.Kernel.Probes;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>Holds the tables of contexts against what this kernel's verifier accepts and refuses.</summary>
[TestFixture]
internal sealed class ContextKernelTests : KernelFixture
{
    // Offsets asked about before and after a context, and on either side of the middle of a long one.
    private const int Margin = 16;
    private const int LongContextBytes = 512;

    private readonly ProgramLoader _loader = new();

    [OneTimeTearDown]
    public void DisposeOfLoader() => _loader.Dispose();

    [TestCaseSource(typeof(LoadedHooks), nameof(LoadedHooks.All))]
    public void Context_EveryOffsetAndWidth_IsAccessedAsTheTableSays(ProgramHook hook, AttachType attachType)
    {
        Compare(Probe(hook, attachType), hook.Context!.Value, Offsets(hook));
    }

    [TestCase(ProgramType.CgroupSockopt, AttachType.CgroupGetsockopt, ContextValue.Socket)]
    [TestCase(ProgramType.SockOps, AttachType.CgroupSockOps, ContextValue.SocketOrNull)]
    [TestCase(ProgramType.SocketFilter, AttachType.CgroupInetIngress, ContextValue.SocketCommonOrNull)]
    [TestCase(ProgramType.Netfilter, AttachType.Netfilter, ContextValue.HookState)]
    public void PointedTo_EveryOffsetAndWidth_IsAccessedAsTheTableSays(ProgramType type, AttachType attachType, ContextValue value)
    {
        ProgramHook hook = ProgramTypeTable.Find(type, attachType)!;
        ContextField field = hook.Context!.Value.Layout.Fields.Single(row => row.Value == value);
        ContextView view = ContextTables.PointedToBy(value)!.Value;
        var probe = new ContextProbe(_loader, hook, attachType, through: field);

        Compare(probe, view, Enumerable.Range(-Margin, view.Layout.SizeBytes + (2 * Margin)));
    }

    [Test]
    public void FlowKeys_EveryOffsetAndWidth_AreAccessedWhereTheyStayInside()
    {
        ProgramHook hook = ProgramTypeTable.Find(ProgramType.FlowDissector, AttachType.FlowDissector)!;
        var probe = new ContextProbe(_loader, hook, AttachType.FlowDissector, through: ContextTables.SkBuff.Field("flow_keys"));
        int bytes = hook.Given!.Value.Layout.SizeBytes;
        var differences = new List<string>();
        foreach (int offset in Enumerable.Range(-Margin, bytes + (2 * Margin)))
        {
            foreach ((ContextAccess access, int widthBytes, string form, bool isAccepted) in probe.AccessesAt(offset))
            {
                bool isForm = access != ContextAccess.SignedLoad || widthBytes < sizeof(ulong);
                bool isExpected = isForm && offset >= 0 && offset + widthBytes <= bytes;
                if (isAccepted != isExpected) differences.Add($"{form} of {widthBytes} at {offset}: {isAccepted}");
            }
        }

        Assert.That(differences, Is.Empty, string.Join('\n', differences));
    }

    [TestCaseSource(typeof(LoadedHooks), nameof(LoadedHooks.All))]
    public void Context_EveryFieldThatIsRead_GivesTheValueOfTheTable(ProgramHook hook, AttachType attachType)
    {
        ContextProbe probe = Probe(hook, attachType);
        ContextView view = hook.Context!.Value;

        Assert.Multiple(() =>
        {
            foreach (ContextField field in view.Layout.Fields)
            {
                int widthBytes = new[] { 8, 4, 2, 1 }.FirstOrDefault(width => field.Takes(field.Offset, width, ContextAccess.Load));
                if (widthBytes == 0 || view.PermissionOf(field) == FieldPermission.None) continue;
                Assert.That(probe.KindOf(field, widthBytes), Does.Match($"^{Word(field.Value)}$"), field.Name);
            }
        });
    }

    /// <summary>
    /// sched_switch has four arguments (include/trace/events/sched.h, 6.18): bool, two pointers, unsigned int; task_prctl_unknown five numbers
    /// (include/trace/events/task.h).
    /// </summary>
    [TestCase("sched_switch", new[] { 0, 24 }, new[] { 8, 16 })]
    [TestCase(UnknownOption.Tracepoint, new[] { 0, 8, 16, 24, 32 }, new int[0])]
    public void BtfArguments_OfATracepoint_AreReadFromTheirFirstByteAndPointersWhole(string tracepoint, int[] numbers, int[] pointers)
    {
        uint id = KernelBtf.OrIgnore().Typedef("btf_trace_" + tracepoint);
        var probe = new ContextProbe(_loader, ProgramTypeTable.Find(ProgramType.Tracing, AttachType.TraceRawTp)!, AttachType.TraceRawTp, id);
        ContextView arguments = ContextTables.BtfArguments["btf"];
        var differences = new List<string>();
        for (int offset = -Margin; offset < arguments.Layout.SizeBytes + Margin; offset++)
        {
            bool isNumber = numbers.Contains(offset);
            bool isPointer = pointers.Contains(offset);
            foreach ((ContextAccess access, int widthBytes, string form, bool isAccepted) in probe.AccessesAt(offset))
            {
                bool isWhole = access == ContextAccess.Load && widthBytes == 8;
                bool isExpected = (isNumber || (isPointer && isWhole)) && arguments.Find(offset, widthBytes, access) is not null;
                if (isAccepted != isExpected) differences.Add($"{form} of {widthBytes} at {offset}: {isAccepted}");
            }
        }

        Assert.That(differences, Is.Empty, string.Join('\n', differences));
    }

    [TestCaseSource(typeof(LoadedHooks), nameof(LoadedHooks.All))]
    public void Context_Atomics_AreRefused(ProgramHook hook, AttachType attachType)
    {
        ContextProbe probe = Probe(hook, attachType);

        Assert.That(
            hook.Context!.Value.Layout.Fields.Where(field => probe.TakesAtomic(field.Offset, 4) || probe.TakesAtomic(field.Offset, 8)),
            Is.Empty);
    }

    /// <summary>
    /// kernel/trace/bpf_trace.c compares the signed offset with sizeof(void *), which is unsigned, and lets every negative one pass (6.18).
    /// The table has only what a program can want; a kernel that refuses the others makes this test superfluous, and it says so.
    /// </summary>
    [TestCase(-8)]
    [TestCase(-32768)]
    public void TracepointRecord_BytesBeforeIt_AreReadByPrograms(int offset)
    {
        ProgramHook hook = ProgramTypeTable.Find(ProgramType.Tracepoint, default)!;

        bool isAccepted = new ContextProbe(_loader, hook, default).AccessesAt(offset).First(row => row.WidthBytes == 8).Loads;

        Assert.That(hook.Context!.Value.Find(offset, 8, ContextAccess.Load), Is.Null);
        if (!isAccepted) Assert.Warn("this kernel refuses them: the exception in Offsets can go");
    }

    private ContextProbe Probe(ProgramHook hook, AttachType attachType) => new(_loader, hook, attachType);

    private static void Compare(ContextProbe probe, ContextView view, IEnumerable<int> offsets)
    {
        var differences = new List<string>();
        int loads = 0;
        foreach (int offset in offsets)
        {
            foreach ((ContextAccess access, int widthBytes, string form, bool isAccepted) in probe.AccessesAt(offset))
            {
                loads++;
                ContextField? field = view.Find(offset, widthBytes, access);
                if (isAccepted == field is not null) continue;
                string kernel = isAccepted ? "accepts" : "refuses";
                differences.Add($"{form} of {widthBytes} at {offset}: the kernel {kernel} it, the table says {field?.Name ?? "no"}");
            }
        }

        TestContext.Out.WriteLine($"{loads} loads");
        string summary = $"{view.Layout.Name} as {view.Name}, {differences.Count} of {loads} differ:";
        Assert.That(differences, Is.Empty, string.Join('\n', [summary, .. differences]));
    }

    /// <summary>The word, as a pattern, that kernel/bpf/log.c, 6.18, has for a value.</summary>
    private static string Word(ContextValue value) => value switch
    {
        ContextValue.Number => "scalar",
        ContextValue.PacketData => "pkt",
        ContextValue.PacketEnd => "pkt_end",
        ContextValue.PacketMeta => "pkt_meta",
        ContextValue.Socket => "sock",
        ContextValue.SocketOrNull => "sock_or_null",
        ContextValue.SocketCommonOrNull => "sock_common_or_null",
        ContextValue.FlowKeys => "flow_keys",
        ContextValue.TracepointBuffer => "tp_buffer",
        ContextValue.DummyState => "trusted_ptr_bpf_dummy_ops_state",
        ContextValue.DummyStateOrNull => "trusted_ptr_or_null_bpf_dummy_ops_state",
        ContextValue.HookState => "trusted_ptr_nf_hook_state",
        ContextValue.KernelObject => "trusted_ptr_\\w+",
        ContextValue.ByBtf => "none: what each is, is known of a function or tracepoint alone",
    };

    private static IEnumerable<int> Offsets(ProgramHook hook)
    {
        // Before a tracepoint's record the kernel lets everything pass: TracepointRecord_BytesBeforeIt_AreReadByPrograms.
        int first = hook.Type == ProgramType.Tracepoint ? 0 : -Margin;
        int bytes = hook.Context!.Value.Layout.SizeBytes;
        int last = Math.Min(bytes + Margin, short.MaxValue);
        return bytes <= LongContextBytes
            ? Enumerable.Range(first, last - first + 1)
            : [.. Enumerable.Range(first, Margin * 2), .. Enumerable.Range(last - (Margin * 3), (Margin * 3) + 1)];
    }
}
