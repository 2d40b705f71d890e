using System.Globalization;
using System.Text.Json;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;

namespace BpfConformance.Conformance.Tests;

/// <summary>An exported case, read back as a reader of another project would: from the JSON alone.</summary>
internal sealed class ExportedFacts(JsonElement json)
{
    private const ulong FnvOffsetBasis = 0xcbf29ce484222325;
    private const ulong FnvPrime = 0x100000001b3;

    public string Name => Text(json, "name");

    public string Note => Text(json, "note");

    public IEnumerable<ConformanceGroup> Groups => Items(json, "groups").Select(word => Enum.Parse<ConformanceGroup>(Joined(word.GetString()!), ignoreCase: true));

    public CpuVersion Cpu => Enum.Parse<CpuVersion>(Text(json, "cpu"), ignoreCase: true);

    public BpfProgram Program => BpfProgram.FromBytes(
        Convert.FromHexString(Text(json, "program")), type: Enum.Parse<ProgramType>(Joined(Text(json, "type")), ignoreCase: true)) with
    {
        AttachType = Attach(json),
        License = Text(json, "license"),
        Flags = Items(json, "flags").Aggregate(ProgramFlags.None, (flags, word) => flags | Enum.Parse<ProgramFlags>(Joined(word.GetString()!), ignoreCase: true)),
    };

    public int DisassembledInstructions => Items(json, "disassembly").Count();

    public IEnumerable<MapDefinition> Maps => Items(json, "maps").Select(map => new MapDefinition(
        Text(map, "name"),
        Enum.Parse<MapType>(Joined(Text(map, "kind")), ignoreCase: true),
        map.GetProperty("keyBytes").GetInt32(),
        map.GetProperty("valueBytes").GetInt32(),
        map.GetProperty("entries").GetInt32(),
        (MapFlags)Number(map, "flags")!.Value)
    {
        InnerMap = OrNull(map, "inner") is { } inner ? MapNamed(inner.GetString()!) : null,
        Extra = Number(map, "extra")!.Value,
        Pin = OrNull(map, "pin")?.GetString()!.Split('/') is [_, { } folder, { } pinned] ? new MapPin(folder == "object" ? PinNamespace.Object : PinNamespace.Global, pinned) : null,
        Fields = [.. Items(map, "fields").Select(each => new ValueField(
            Enum.Parse<ValueFieldKind>(Joined(Text(each, "kind")), ignoreCase: true), each.GetProperty("offset").GetInt32()))],
    });

    /// <summary>What is in each map before the first run, as text.</summary>
    public IEnumerable<string> Contents => Items(json, "maps").Select(map => Entries(map, "contents"));

    public bool IsSequence => json.GetProperty("sequence").GetBoolean();

    /// <summary>The steps of user space, and what is in maps afterwards, as text; of runs only the latter.</summary>
    public IEnumerable<(string Step, string MapsAfter)> Steps => Items(json, "inputs").Select(input => (
        OrNull(input, "step") is not { } step ? string.Empty
            : OrNull(step, "target") is { } target ? $"{Text(step, "command")} {target.GetString()} {Text(step, "value")}"
            : OrNull(step, "place") is { } place ? $"{Text(step, "command")} {OrNull(step, "object") ?? place} {(OrNull(step, "object") is null ? Text(step, "value") : place.GetString())}"
            : OrNull(step, "path") is { } path ? $"{Joined(Text(step, "command"))} {path} {OrNull(step, "object")}"
            : $"{Joined(Text(step, "command"))} {MapNamed(Text(step, "object"))} {Text(step, "key")} {Text(step, "value")} {Text(step, "flags")}"
                + (step.GetProperty("count").ValueKind == JsonValueKind.Null ? string.Empty : $" {step.GetProperty("count").GetInt32()} {step.GetProperty("goesOn").GetBoolean()}"),
        string.Join("; ", Items(input, "mapsAfter").Select(map => $"{MapNamed(Text(map, "map"))}: {Entries(map, "entries")}"))));

    public IEnumerable<ReasonClass> Reasons => Items(Expected, "reasons").Select(word => Enum.Parse<ReasonClass>(word.GetString()!));

    /// <summary>All of the expectation but its reasons.</summary>
    public (LoadExpectation Load, bool IsMalformed, RunExpectation Run, FaultKind Fault, int? Pc) Expectation => (
        Enum.Parse<LoadExpectation>(Joined(Text(Expected, "load")), ignoreCase: true),
        Expected.GetProperty("malformed").GetBoolean(),
        Enum.Parse<RunExpectation>(Joined(Text(Expected, "run")), ignoreCase: true),
        OrNull(Expected, "fault") is { } fault ? Enum.Parse<FaultKind>(fault.GetString()!) : FaultKind.None,
        OrNull(Expected, "pc")?.GetInt32());

    public Contention? Contention => OrNull(json, "contention") is { } contention
        ? new Contention(
            Maps.Select(map => map.Name).ToList().IndexOf(Text(contention, "map")),
            contention.GetProperty("records").GetInt32(),
            Number(contention, "ends"))
        : null;

    /// <summary>The programs beside the main one.</summary>
    public IEnumerable<ProgramPart> Others => Items(json, "others").Select(program => new ProgramPart(
        Text(program, "name"), program.GetProperty("start").GetInt32(), Enum.Parse<ProgramType>(Joined(Text(program, "type")), ignoreCase: true), Attach(program)));

    /// <summary>The names of the programs that are run.</summary>
    public IEnumerable<string> Runs => Items(json, "inputs").Select(input => Text(input, "program"));

    /// <summary>Data, r0 and data afterwards, as text.</summary>
    public IEnumerable<(string Data, ulong? Result, string? After)> Inputs => Items(json, "inputs")
        .Select(input => (Text(input, "data"), Number(input, "result"), OrNull(input, "dataAfter")?.GetString()));

    /// <summary>What is given of contexts, and stated of them afterwards, as text.</summary>
    public IEnumerable<(string Context, string After)> Contexts => Items(json, "inputs").Select(input => (
        Text(input, "context"),
        string.Join(", ", Items(input, "contextAfter").Select(stated => $"{stated.GetProperty("offset").GetInt32()}: {Text(stated, "value")}"))));

    /// <summary>FNV-1a over r0 and memory afterwards of all runs, as the README says.</summary>
    public ulong Signature => Inputs
        .SelectMany(input => (byte[])[.. BitConverter.GetBytes(input.Result!.Value), .. Convert.FromHexString(input.After!)])
        .Aggregate(FnvOffsetBasis, (value, each) => unchecked((value ^ each) * FnvPrime));

    private JsonElement Expected => json.GetProperty("expectation");

    private static AttachType Attach(JsonElement program) =>
        OrNull(program, "attach") is { } word ? Enum.Parse<AttachType>(Joined(word.GetString()!), ignoreCase: true) : default;

    private int MapNamed(string name) => Items(json, "maps").Select(map => Text(map, "name")).ToList().IndexOf(name);

    private static string Entries(JsonElement map, string member) =>
        string.Join(", ", Items(map, member).Select(entry => $"{Text(entry, "key")}={Text(entry, "value")}"));

    private static string Text(JsonElement element, string member) => element.GetProperty(member).GetString()!;

    private static JsonElement.ArrayEnumerator Items(JsonElement element, string member) => element.GetProperty(member).EnumerateArray();

    private static JsonElement? OrNull(JsonElement element, string member) =>
        element.GetProperty(member) is { ValueKind: not JsonValueKind.Null } value ? value : null;

    private static ulong? Number(JsonElement element, string member) => OrNull(element, member)?.GetString() is { } text
        ? ulong.Parse(text.AsSpan("0x".Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
        : null;

    /// <summary>Words of several pieces as the names of enums have them.</summary>
    private static string Joined(string word) => word.Replace("-", string.Empty, StringComparison.Ordinal).Replace("_", string.Empty, StringComparison.Ordinal);
}
