using System.Diagnostics;
using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Programs;
using BpfConformance.Targets.Kernel;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>
/// Holds the table of helpers against the kernel, in all program types that can be loaded here, by loads of three instructions. Not
/// asked: LIRC_MODE2 (not in this kernel), EXT and LSM (trampolines are refused here), STRUCT_OPS (its loads name a structure),
/// TRACING of functions (trampolines); of TRACING a raw tracepoint and two iterators are asked.
/// </summary>
[TestFixture]
internal sealed class HelperTableKernelTests
{
    private static readonly ProgramType[] s_notLoadable = [ProgramType.LircMode2, ProgramType.Ext, ProgramType.Lsm, ProgramType.StructOps];

    private static readonly Lazy<HelperProbe> s_probe = new(() => new HelperProbe());

    private static HelperProbe Probe => s_probe.Value;

    [SetUp]
    public void AskForTheKernel()
    {
        if (HelperProbe.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    [Test]
    public void Points_OfThisKernel_AreOfAllTypesButThoseThatCannotBeLoaded()
    {
        IEnumerable<ProgramType> missing = Enum.GetValues<ProgramType>().Except(Probe.Points.Select(point => point.Type));

        Assert.That(missing, Is.SubsetOf(s_notLoadable.Append(ProgramType.Unspecified)));
    }

    [Test]
    public void MayCall_EveryHelperInEveryType_IsWhatTheKernelAllows()
    {
        var time = Stopwatch.StartNew();
        var differences = new List<string>();

        // Which iterator it is decides too, and is beyond the table: one of several that may is enough.
        foreach (AttachPoint[] points in Probe.Points.GroupBy(point => (point.Type, point.AttachType), (_, points) => points.ToArray()))
        {
            AttachPoint first = points[0];
            foreach (int helper in HelperTable.All.Where(IsAsked))
            {
                bool mayCall = Array.Exists(points, point => Probe.MayCall(helper, point));
                bool expected = HelperTable.MayCall(helper, first.Type, first.AttachType);
                if (mayCall != expected) differences.Add($"{Name(helper, first)}: the kernel says {mayCall}");
            }
        }

        TestContext.Out.WriteLine($"{Probe.Points.Count} ways to load × {HelperTable.Count} helpers, {time.ElapsedMilliseconds} ms");
        Assert.That(differences, Is.Empty, string.Join(Environment.NewLine, differences));
    }

    [Test]
    public void IsGplOnly_EveryHelperWhereItIsAllowed_IsWhatTheKernelRefusesToOtherLicenses()
    {
        var differences = new List<string>();
        int asked = 0;
        foreach (AttachPoint point in Probe.Points)
        {
            foreach (int helper in HelperTable.All.Where(IsAsked))
            {
                if (!HelperTable.MayCall(helper, point.Type, point.AttachType)) continue;
                asked++;
                bool needsGpl = Probe.NeedsGpl(helper, point);
                bool expected = HelperTable.PrototypeOf(helper, point.Type)!.IsGplOnly;
                if (needsGpl != expected) differences.Add($"{Name(helper, point)}: the kernel says {needsGpl}");
            }
        }

        TestContext.Out.WriteLine($"{asked} loads under another license");
        Assert.That(differences, Is.Empty, string.Join(Environment.NewLine, differences));
    }

    private static bool IsAsked(int helper) => !HelperProbe.Optional.Contains(HelperTable.NameOf(helper));

    private static string Name(int helper, AttachPoint point) =>
        $"{HelperTable.NameOf(helper)} in {point.Type} at {point.AttachType}";
}
