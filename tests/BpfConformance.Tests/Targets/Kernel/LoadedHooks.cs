using BpfConformance.Abi.Programs;
using BpfConformance.Targets.Kernel;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>The hooks of the table whose programs this kernel can be asked to load, as arguments of tests.</summary>
internal static class LoadedHooks
{
    private static readonly Lazy<bool> s_hasReceivers = new(() =>
    {
        using var loader = new ProgramLoader();
        return KernelTarget.WhyUnavailable() is null
            && new ContextProbe(loader, ProgramTypeTable.Find(ProgramType.LircMode2, AttachType.LircMode2)!, AttachType.LircMode2).Returns(0);
    });

    /// <summary>Each of them with something to attach it to.</summary>
    public static IEnumerable<TestCaseData> All() =>
        from hook in ProgramTypeTable.Rows
        where IsLoaded(hook.Type)
        from attachType in hook.AttachTypes.IsEmpty ? [default] : hook.AttachTypes.AsEnumerable()
        select new TestCaseData(hook, attachType) { TestName = $"{{m}}({hook.Type}, {(int)attachType})" };

    /// <summary>Their types.</summary>
    public static IEnumerable<ProgramType> Types() => Enum.GetValues<ProgramType>().Where(IsLoaded);

    /// <summary>
    /// Whether programs of a type are loaded here. Not those that trace: the table has as many arguments as there can be, and what a load names has fewer
    /// (trace_raw_tp and iterators have tests of their own, fentry and fexit are refused where these tests are written). Not those whose loads name a function
    /// or another program; and of infrared receivers, which few kernels are built with (CONFIG_BPF_LIRC_MODE2), only where this one is.
    /// </summary>
    private static bool IsLoaded(ProgramType type) => type switch
    {
        ProgramType.Unspecified or ProgramType.Tracing or ProgramType.Ext => false,
        ProgramType.LircMode2 => s_hasReceivers.Value,
        _ => !AttachPoints.Of(type).NamesFunction,
    };
}
