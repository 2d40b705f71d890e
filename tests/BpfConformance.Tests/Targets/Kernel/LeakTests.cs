using System.Diagnostics;
using System.Globalization;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.InProcess;
using BpfConformance.Targets.Kernel;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>Loads and runs leave nothing behind: no descriptor, no mount, no control group.</summary>
[TestFixture]
[NonParallelizable]
internal sealed class LeakTests : KernelFixture
{
    /// <summary>BPFCONF_LOADS asks for more.</summary>
    private static readonly int s_cases =
        int.TryParse(Environment.GetEnvironmentVariable("BPFCONF_LOADS"), CultureInfo.InvariantCulture, out int cases) ? cases : 300;

    /// <summary>Those that the runtime starts meanwhile.</summary>
    private const int FewThreads = 50;

    private const string Text = """
        -- type
        socket_filter
        -- maps
        jumps: prog_array key 4 value 4 entries 2
        00000000 = other
        counts: hash key 4 value 8 entries 4
        inner: array key 4 value 8 entries 1
        outer: array_of_maps key 4 value 4 entries 1 inner inner
        -- asm
        r2 = map_by_fd(jumps) ll
        w3 = 0
        call 12
        w0 = 1
        exit
        -- asm other
        w0 = 2
        exit
        -- steps
        run 000000000000000000000000000000000000 -> 2
        mkdir /sys/fs/bpf/tc -> ok
        pin jumps /sys/fs/bpf/tc/jumps -> ok
        pin other /sys/fs/bpf/tc/other -> ok
        get /sys/fs/bpf/tc/other -> other
        update outer 00000000 inner -> ok
        delete jumps 00000000 -> ok
        run 000000000000000000000000000000000000 -> 1
        """;

    private const string Attached = """
        -- type
        cgroup_sock_addr
        -- attach
        cgroup_udp4_recvmsg
        -- context
        user_ip4 = hex 0a000005
        user_port = hex 1f900000
        -- asm
        *(u32 *)(r1 + 24) = 7
        r0 = 1
        exit
        -- result
        1
        """;

    private const string Probe = """
        -- type
        kprobe
        -- context
        di = 5
        -- asm
        r0 = *(u64 *)(r1 + 112)
        exit
        -- result
        5
        """;

    private const string Tracepoint = """
        -- type
        tracepoint
        -- context
        0000000000000000 00000000 00000000 0500000000000000
        -- asm
        r0 = *(u64 *)(r1 + 16)
        exit
        -- result
        5
        """;

    private const string RawTracepoint = """
        -- type
        tracing
        -- attach
        trace_raw_tp
        -- context
        00000000 00000000 0500000000000000 0000000000000000 0000000000000000 0000000000000000
        -- asm
        r0 = *(u64 *)(r1 + 8)
        exit
        -- result
        5
        """;

    private const string Writable = """
        -- type
        raw_tracepoint_writable
        -- packet
        00000000
        -- asm
        r2 = *(u64 *)(r1 + 0)
        *(u32 *)(r2 + 0) = -4
        r0 = 5
        exit
        -- result
        5
        """;

    private const string OnNetwork = """
        -- type
        xdp
        -- maps
        devices: devmap key 4 value 4 entries 1
        00000000 = 08000000
        -- asm
        r1 = map_by_fd(devices) ll
        w2 = 0
        w3 = 0
        call 51
        exit
        -- steps
        attach main left -> ok
        arrive left 0200000000070200000001070800 -> main=4 right 0200000000070200000001070800
        """;

    private const string Refused = "-- maps\nm: hash key 4 value 8 entries 4\n-- asm\nr0 = *(u64 *)(r1 + 0)\nr0 = *(u64 *)(r0 + 0)\nexit\n-- rejected\n-- memory\n0000000000000000\n";

    [Test]
    public void Loads_AndRuns_LeaveNothingBehind() => Check(s_cases, Text, Attached, OnNetwork, Refused);

    /// <summary>The kernel takes its time with each of them.</summary>
    [Test]
    public void Runs_OfProbes_LeaveNothingBehind() => Check(s_cases / 10, Probe, Tracepoint, RawTracepoint, Writable);

    private void Check(int times, params ReadOnlySpan<string> texts)
    {
        var cases = new TestCase[texts.Length];
        for (int i = 0; i < cases.Length; i++) cases[i] = VectorReader.Read(texts[i], $"hooks/{i}.vector", $"{i}.vector");
        IExecutionTarget reference = Keep(new ReferenceTarget());
        KernelTarget kernel = Keep(KernelTarget.Create(reference));
        Ask(kernel, cases); // what is kept for later loads is there now

        (string[] descriptors, string mounts, string groups, int threads) = (Descriptors, Mounts, Groups, Threads);
        var watch = Stopwatch.StartNew();
        for (int i = 0; i < times; i++) Ask(kernel, cases);

        TestContext.Out.WriteLine($"{times} times {cases.Length} cases in {watch.Elapsed.TotalSeconds:f1} s");
        Assert.That(Descriptors, Is.EqualTo(descriptors));
        Assert.That(Mounts, Is.EqualTo(mounts));
        Assert.That(Groups, Is.EqualTo(groups));
        Assert.That(Threads, Is.LessThan(threads + FewThreads), "each network has a thread");
    }

    /// <summary>
    /// What they lead to, without its number, in order; but assemblies, which are loaded when they are needed, pipes, of which each thread that has
    /// unwound its stack keeps one (libunwind, and nothing here makes any), and what is closed by now, as the list of them itself.
    /// </summary>
    private static string[] Descriptors =>
    [
        .. Directory.GetFiles("/proc/self/fd")
            .Select(path => new FileInfo(path).LinkTarget)
            .OfType<string>()
            .Where(target => !target.EndsWith(".dll", StringComparison.Ordinal) && !target.StartsWith("pipe:", StringComparison.Ordinal))
            .Select(target => target.Split(":[")[0])
            .Order(StringComparer.Ordinal),
    ];

    private static string Mounts => File.ReadAllText("/proc/self/mounts");

    private static int Threads => Directory.GetDirectories("/proc/self/task").Length;

    private static string Groups => File.ReadAllText("/proc/self/cgroup");

    private static void Ask(KernelTarget kernel, params ReadOnlySpan<TestCase> cases)
    {
        foreach (TestCase test in cases)
        {
            LoadResult load = kernel.Load(test.ToRequest());
            using ILoadedProgram? program = load.Program;
            Assert.That(program is null, Is.EqualTo(test.Expectation.Load == LoadExpectation.Rejected), load.Verdict.Message);
            if (program is null) continue;
            var seen = new ObservationBatch();
            seen.Reset(test.Inputs.Length, test.ToRequest().ObservedBytes, test.MapBytes);
            program.Run([.. test.Inputs.Select(input => input.ForRun)], seen);
            for (int i = 0; i < seen.Count; i++) Assert.That(seen[i].R0, Is.EqualTo(test.Inputs[i].Result), seen.Reason(i));
        }
    }
}
