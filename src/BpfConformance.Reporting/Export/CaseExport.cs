using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;
using BpfConformance.Loading.Assembly;

namespace BpfConformance.Reporting.Export;

/// <summary>Writes case files as JSON, as <c>conformance/schemas/case.schema.json</c> describes it.</summary>
/// <param name="results">Gives the inputs of a case that only has a signature, with results and memory afterwards.</param>
public sealed class CaseExport(Func<TestCase, ImmutableArray<CaseInput>> results)
{
    /// <summary>Operators in listings stay readable; the file is never embedded in HTML as it is.</summary>
    private static readonly ExportJsonContext s_context = new(
        new JsonSerializerOptions(ExportJsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <param name="cases">Of one file.</param>
    /// <param name="stream">Takes the JSON.</param>
    public void Write(IReadOnlyList<TestCase> cases, Stream stream) =>
        JsonSerializer.Serialize(stream, new ExportedFile(cases[0].FileName, [.. cases.Select(CaseOf)]), s_context.ExportedFile);

    private ExportedCase CaseOf(TestCase test) => new(
        test.Name,
        [.. test.Groups.Select(group => Vocabulary.Groups[group])],
        Vocabulary.CpuVersions[test.Cpu],
        Vocabulary.ProgramTypes[test.Program.Type],
        AttachOf(test.Program[0]),
        test.Program.License,
        [.. Enum.GetValues<ProgramFlags>().Where(flag => flag != ProgramFlags.None && test.Program.Flags.HasFlag(flag)).Select(flag => Vocabulary.ProgramFlags[flag])],
        Hex(test.Program.ToBytes()),
        [.. test.Program.Others.Select(part => new ExportedProgram(part.Name, Vocabulary.ProgramTypes[part.Type], AttachOf(part), part.Start))],
        [.. Disassembler.Listing(test.Program.Instructions.AsSpan()).Split('\n', StringSplitOptions.RemoveEmptyEntries)],
        [.. test.Maps.Select(map => MapOf(map, test.Maps))],
        ExpectationOf(test.Expectation),
        test.IsSequence,
        test.Contention is { } contention
            ? new ExportedContention(test.Maps[contention.Map].Name, contention.Records, Number(contention.End))
            : null,
        [.. (test.NeedsSignature ? results(test) : test.Inputs).Select((input, index) => InputOf(input, index, test))],
        test.Note);

    private static string? AttachOf(ProgramPart part) => part.AttachType == default ? null : Vocabulary.AttachTypes[part.AttachType];

    private static ExportedMap MapOf(MapDefinition map, ImmutableArray<MapDefinition> maps) => new(
        map.Name,
        Vocabulary.MapTypes[map.Type],
        map.KeyBytes,
        map.ValueBytes,
        map.MaxEntries,
        $"0x{(uint)map.Flags:x}",
        map.InnerMap is { } inner ? maps[inner].Name : null,
        $"0x{map.Extra:x}",
        map.Pin?.Path,
        [.. map.Fields.Select(field => new ExportedValueField(Vocabulary.ValueFields[field.Kind], field.Offset))],
        [.. map.Contents.Select(EntryOf)]);

    private static ExportedEntry EntryOf(MapEntry entry) => new(Hex(entry.Key.Span), Hex(entry.Value.Span));

    private static ExportedExpectation ExpectationOf(Expectation expectation) => new(
        Word(expectation.Load),
        [.. expectation.Reasons.Select(reason => Vocabulary.Reasons[reason])],
        expectation.IsMalformed,
        Word(expectation.Load == LoadExpectation.Rejected ? RunExpectation.Unstated : expectation.Run), // nothing runs
        expectation.Fault == FaultKind.None ? null : Vocabulary.Faults[expectation.Fault],
        expectation.FaultPc);

    private static ExportedInput InputOf(CaseInput input, int index, TestCase test) => new(
        test.Program[input.Program].Name,
        Hex(input.Data.Span),
        Hex(input.Context.Span),
        Number(input.Result),
        input.DataAfter is { } after ? Hex(after.Span) : null,
        input.Step is { } step ? StepOf(step, test) : null,
        [.. input.MapsAfter.Select(stated => new ExportedMapAfter(
            test.Maps[stated.Map].Name, [.. MapImage.Entries(test.Maps[stated.Map], stated.Part).Select(EntryOf)]))],
        [.. input.ContextAfter.Select(field => FieldOf(field, test.ContextOf(index)?.Layout))]);

    private static ExportedField FieldOf(StatedField field, ContextLayout? layout)
    {
        ContextPlace place = ContextPlace.At(layout, field.Offset);
        bool isPlace = place.IsNamed && (place.Offset, place.SizeBytes) == (field.Offset, field.Value.Length);
        return new ExportedField(isPlace ? place.Name : null, field.Offset, Hex(field.Value.Span));
    }

    private static ExportedStep StepOf(UserStep step, TestCase test) => step switch
    {
        MapStep map => new(Word(map.Command), test.Maps[map.Map].Name, Hex(map.Key.Span), Hex(map.Value.Span), $"0x{map.Flags:x}"),
        BatchStep batch => new(
            Word(batch.Command) + "-batch", test.Maps[batch.Map].Name, Hex(batch.Keys.Span), Hex(batch.Values.Span), $"0x{batch.Flags:x}")
        { Count = batch.Count, GoesOn = batch.GoesOn },
        RingStep ring => new(Word(ring.Command), test.Maps[ring.Map].Name, string.Empty, Hex(ring.Record.Span), "0x0"),
        PinStep pin => new(
            Word(pin.Command), pin.Command == PinCommand.Pin ? NameOf(pin.Subject, test) : null, string.Empty, string.Empty, "0x0")
        { Path = pin.Path },
        AttachStep attach => InNetwork(attach.IsDetached ? "detach" : "attach", attach.Place) with { Object = test.Program[attach.Program].Name },
        ArriveStep arrive => InNetwork("arrive", arrive.Device) with { Value = Hex(arrive.Frame.Span) },
        SendStep send => InNetwork("send", null) with { Value = Hex(send.Payload.Span), Target = $"{new IPAddress(BinaryPrimitives.ReverseEndianness(send.Address))}:{send.Port}" },
        MapAttachStep attach => InNetwork(attach.IsDetached ? "detach" : "attach", null) with { Object = test.Program[attach.Program].Name, Place = test.Maps[attach.Map].Name },
        ConnectStep => InNetwork("connect", NetworkPlace.Client),
        WriteStep write => InNetwork("write", write.Socket) with { Value = Hex(write.Payload.Span) },
        _ => throw new UnreachableException("there is no other step"),
    };

    private static ExportedStep InNetwork(string command, NetworkPlace? place) =>
        new(command, null, string.Empty, string.Empty, "0x0") { Place = place is { } known ? Vocabulary.Places[known] : null };

    /// <summary>Of a map or a program.</summary>
    private static string NameOf(int subject, TestCase test) =>
        subject < test.Maps.Length ? test.Maps[subject].Name : test.Program[subject - test.Maps.Length].Name;

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    private static string? Number(ulong? value) => value is { } number ? $"0x{number:x}" : null;

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}

[JsonSourceGenerationOptions(WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ExportedFile))]
internal sealed partial class ExportJsonContext : JsonSerializerContext;
