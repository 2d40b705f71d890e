using System.Diagnostics;
using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Programs;
using BpfConformance.Targets.Kernel;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>
/// Holds the table of helpers against the kernel, in all program types that can be loaded here, by loads of three instructions. Not
/// asked: LIRC_MODE2 (not in this kernel), EXT and LSM (trampolines are refused here),
/// TRACING of functions (trampolines); of TRACING a raw tracepoint and two iterators are asked.
/// </summary>
[TestFixture]
internal sealed class HelperTableKernelTests
{
    private static readonly ProgramType[] s_notLoadable = [ProgramType.LircMode2, ProgramType.Ext, ProgramType.Lsm];

    private HelperProbe _probe = null!; // Set before the first test that is not skipped.

    [OneTimeSetUp]
    public void Open()
    {
        if (HelperProbe.WhyUnavailable() is { } reason) Assert.Ignore(reason);
        _probe = new HelperProbe();
    }

    [OneTimeTearDown]
    public void Close() => _probe?.Dispose();

    [Test]
    public void Points_OfThisKernel_AreOfAllTypesButThoseThatCannotBeLoaded()
    {
        IEnumerable<ProgramType> missing = Enum.GetValues<ProgramType>().Except(_probe.Points.Select(point => point.Type));

        Assert.That(missing, Is.SubsetOf(s_notLoadable.Append(ProgramType.Unspecified)));
    }

    [Test]
    public void MayCall_EveryHelperInEveryType_IsWhatTheKernelAllows()
    {
        var time = Stopwatch.StartNew();
        var differences = new List<string>();

        // Which iterator it is decides too, and is beyond the table: one of several that may is enough.
        foreach (AttachPoint[] points in _probe.Points.GroupBy(point => (point.Type, point.AttachType), (_, points) => points.ToArray()))
        {
            AttachPoint first = points[0];
            foreach (int helper in HelperTable.All.Where(IsAsked))
            {
                bool mayCall = Array.Exists(points, point => _probe.MayCall(helper, point));
                bool expected = HelperTable.MayCall(helper, first.Type, first.AttachType);
                if (mayCall != expected) differences.Add($"{Name(helper, first)}: the kernel says {mayCall}");
            }
        }

        TestContext.Out.WriteLine($"{_probe.Points.Count} ways to load × {HelperTable.Count} helpers, {time.ElapsedMilliseconds} ms");
        Assert.That(differences, Is.Empty, string.Join(Environment.NewLine, differences));
    }

    [Test]
    public void IsGplOnly_EveryHelperWhereItIsAllowed_IsWhatTheKernelRefusesToOtherLicenses()
    {
        var differences = new List<string>();
        int asked = 0;
        foreach (AttachPoint point in _probe.Points)
        {
            foreach (int helper in HelperTable.All.Where(IsAsked))
            {
                if (!HelperTable.MayCall(helper, point.Type, point.AttachType)) continue;
                asked++;
                bool needsGpl = _probe.NeedsGpl(helper, point);
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
