using BpfConformance.Abi.Programs;
using BpfConformance.Targets.Kernel;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>Holds the tables of return values and of what programs are attached to against what this kernel's verifier accepts and refuses.</summary>
[TestFixture]
internal sealed class ReturnKernelTests : KernelFixture
{
    private static readonly long[] s_results =
    [
        long.MinValue, int.MinValue, -4096, -4095, -2, -1, 0, 1, 2, 3, 4, 5, 7, 8, 9, 127, 128, 129, 255, 256,
        0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x1_0000_0000, 0x1_0000_0001, long.MaxValue,
    ];

    private readonly ProgramLoader _loader = new();

    [OneTimeTearDown]
    public void DisposeOfLoader() => _loader.Dispose();

    [TestCase(AttachType.TraceRawTp)]
    [TestCase(AttachType.TraceIter)]
    public void Return_OfTracing_IsAcceptedAsTheTableSays(AttachType attachType)
    {
        var btf = KernelBtf.OrIgnore();
        uint id = attachType == AttachType.TraceIter ? btf.Function("bpf_iter_task") : btf.Typedef("btf_trace_sched_switch");
        ProgramHook hook = ProgramTypeTable.Find(ProgramType.Tracing, attachType)!;
        var probe = new ContextProbe(_loader, hook, attachType, id);

        Assert.That(s_results.Where(probe.Returns), Is.EqualTo(s_results.Where(hook.Return.Range.Contains)));
    }

    [TestCaseSource(typeof(LoadedHooks), nameof(LoadedHooks.All))]
    public void Return_ValuesAroundEveryEdge_AreAcceptedAsTheTableSays(ProgramHook hook, AttachType attachType)
    {
        var probe = new ContextProbe(_loader, hook, attachType);

        Assert.That(s_results.Where(probe.Returns), Is.EqualTo(s_results.Where(hook.Return.Range.Contains)));
    }

    [TestCaseSource(typeof(LoadedHooks), nameof(LoadedHooks.Types))]
    public void AttachType_EveryNumber_IsTakenAsTheTableSays(ProgramType type)
    {
        ProgramHook some = ProgramTypeTable.Rows.First(row => row.Type == type);
        var accepted = new List<int>();
        var expected = new List<int>();
        int named = Enum.GetValues<AttachType>().Length;
        for (int number = 0; number <= named; number++) // and one that has no name
        {
            ProgramHook? hook = ProgramTypeTable.Find(type, (AttachType)number);
            if (hook is not null) expected.Add(number);
            if (new ContextProbe(_loader, hook ?? some, (AttachType)number).Returns(1)) accepted.Add(number);
        }

        Assert.That(accepted, Is.EqualTo(expected));
    }
}
