using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BpfConformance.Engine.Campaigns;

/// <summary>What a worker tells its campaign: one line of JSON each.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "is")]
[JsonDerivedType(typeof(WorkerReady), "ready")]
[JsonDerivedType(typeof(CaseFound), "found")]
[JsonDerivedType(typeof(RangePart), "part")]
[JsonDerivedType(typeof(RangeDone), "done")]
public abstract record WorkerMessage
{
    /// <summary>Who says more at once is no worker.</summary>
    public const int MaxLength = 1 << 22;

    public string ToLine() => JsonSerializer.Serialize(this, CampaignJson.Default.WorkerMessage);

    /// <summary><c>null</c>: it is none.</summary>
    public static WorkerMessage? TryRead(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, CampaignJson.Default.WorkerMessage);
        }
        catch (Exception wrong) when (wrong is JsonException or NotSupportedException)
        {
            return null;
        }
    }
}

/// <summary>It takes ranges now.</summary>
/// <param name="Targets">What it runs them on, the reference first, with their versions.</param>
public sealed record WorkerReady(ImmutableArray<TargetVersion> Targets) : WorkerMessage;

/// <summary>A target, and which one of its kind.</summary>
public sealed record TargetVersion(string Name, string Version);

/// <summary>The first finding of its kind that this worker has seen; how often, the counts of ranges say.</summary>
public sealed record CaseFound(FoundCase Case) : WorkerMessage;

/// <summary>A range takes long, or is left where it is.</summary>
/// <param name="Number">Which.</param>
/// <param name="Next">The index before which it is done.</param>
/// <param name="Counts">What came of the cases that were not told before, but for those that were skipped.</param>
public sealed record RangePart(long Number, long Next, CaseCounts Counts) : WorkerMessage
{
    /// <summary>Whether the worker has been asked to end, and does no more of this range and of any other.</summary>
    public bool IsLast { get; init; }
}

/// <summary>A range is done.</summary>
/// <param name="Number">Which.</param>
/// <param name="Counts">What came of the cases that were not told before, but for those that were skipped.</param>
public sealed record RangeDone(long Number, CaseCounts Counts) : WorkerMessage;

/// <summary>The lines between a campaign and its workers.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(WorkerMessage))]
[JsonSerializable(typeof(CaseRange))]
public sealed partial class CampaignJson : JsonSerializerContext;
