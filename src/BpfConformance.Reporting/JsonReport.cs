using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Claims;
using BpfConformance.Engine.Comparison;
using BpfConformance.Reporting.Bench;

namespace BpfConformance.Reporting;

/// <summary>Writes reports as JSON, as the schemas under <c>conformance/schemas/</c> describe them.</summary>
public static class JsonReport
{
    /// <summary>Operators in listings stay readable; the file is never embedded in HTML as it is.</summary>
    private static readonly ReportJsonContext s_context = new(
        new JsonSerializerOptions(ReportJsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static void Write(RunReport report, Stream stream) =>
        JsonSerializer.Serialize(stream, report, s_context.RunReport);

    public static void Write(ClaimReport report, Stream stream) =>
        JsonSerializer.Serialize(stream, report, s_context.ClaimReport);

    public static void Write(BenchReport report, Stream stream) =>
        JsonSerializer.Serialize(stream, report, s_context.BenchReport);
}

internal sealed class CaseStatusConverter() : JsonStringEnumConverter<CaseStatus>(JsonNamingPolicy.KebabCaseLower);

internal sealed class ClaimStatusConverter() : JsonStringEnumConverter<ClaimStatus>(JsonNamingPolicy.KebabCaseLower);

internal sealed class FacetsConverter() : JsonStringEnumConverter<Facets>(JsonNamingPolicy.KebabCaseLower);

internal sealed class ReasonClassConverter() : JsonStringEnumConverter<ReasonClass>(namingPolicy: null);

internal sealed class CpuVersionConverter() : JsonStringEnumConverter<CpuVersion>(JsonNamingPolicy.KebabCaseLower);

[JsonSourceGenerationOptions(
    WriteIndented = true,
    NewLine = "\n",
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters =
    [
        typeof(CaseStatusConverter),
        typeof(ClaimStatusConverter),
        typeof(FacetsConverter),
        typeof(CpuVersionConverter),
        typeof(ReasonClassConverter),
    ])]
[JsonSerializable(typeof(RunReport))]
[JsonSerializable(typeof(ClaimReport))]
[JsonSerializable(typeof(BenchReport))]
internal sealed partial class ReportJsonContext : JsonSerializerContext;
