using BpfConformance.Abi;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Findings;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Reporting.Reproducers;

/// <summary>What came of a finding that was looked for again.</summary>
public enum ReplayState
{
    Gone,
    StillThere,

    /// <summary>Somebody has put it aside for now.</summary>
    Quarantined,

    /// <summary>Its target is not among those that are asked, or what should come of it could not be stated.</summary>
    NotAsked,

    /// <summary>It took too long, or cannot be read: nothing follows, but somebody should look.</summary>
    Broken,
}

/// <summary>The same, and why.</summary>
/// <param name="Folder">Where it is kept.</param>
/// <param name="State">What came of it.</param>
/// <param name="Detail">For a person; empty: there is nothing to say.</param>
public sealed record ReplayResult(string Folder, ReplayState State, string Detail);

/// <summary>Looks whether findings are still there. Each has its time, and one that breaks does not keep the others from being looked for.</summary>
/// <param name="create">Makes targets of their names, of those that may be asked; <c>null</c>: that is none of them.</param>
/// <param name="limit">For one finding.</param>
public sealed class FindingReplay(Func<string, IExecutionTarget?> create, TimeSpan limit)
{
    public const string ReferenceName = "reference";

    /// <param name="folder">Of a finding.</param>
    /// <param name="today">The day, for what is put aside.</param>
    public ReplayResult Run(string folder, DateOnly today)
    {
        try
        {
            var finding = FiledFinding.Open(folder);
            if (finding.QuarantineOn(today) is { } reason) return new ReplayResult(folder, ReplayState.Quarantined, reason);
            if (!File.Exists(finding.Vector)) return new ReplayResult(folder, ReplayState.NotAsked, "it has no vector");
            TestCase test = ProgramFile.Read(finding.Vector, data: null, []);

            // The targets of one that does not end are left to it.
            var task = Task.Run(() => Run(finding, test));
            return task.Wait(limit) ? task.Result : new ReplayResult(folder, ReplayState.Broken, $"it takes more than {limit.TotalSeconds} s");
        }
        catch (BpfFormatException unreadable)
        {
            return new ReplayResult(folder, ReplayState.Broken, unreadable.Message);
        }
        catch (AggregateException trouble)
        {
            return new ReplayResult(folder, ReplayState.Broken, trouble.GetBaseException().Message);
        }
    }

    private ReplayResult Run(FiledFinding folder, TestCase test)
    {
        using IExecutionTarget? target = create(folder.Signature.Target);
        using IExecutionTarget? reference = create(ReferenceName);
        if (target is null || reference is null) return new ReplayResult(folder.Path, ReplayState.NotAsked, $"{folder.Signature.Target} is not asked");
        var inspector = new FindingInspector(reference, target, OracleSet.ForGeneratedOn([reference, target]));
        return inspector.Find(test, folder.Signature) is { } finding
            ? new ReplayResult(folder.Path, ReplayState.StillThere, $"expected {finding.Expected}, got {finding.Got}")
            : new ReplayResult(folder.Path, ReplayState.Gone, string.Empty);
    }
}
