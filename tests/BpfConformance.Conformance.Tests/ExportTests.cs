using System.Collections.Immutable;
using System.Text.Json;
using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;
using BpfConformance.Reporting.Export;
using BpfConformance.Targets.InProcess;
using BpfConformance.Tests;
using BpfConformance.Tests.Reporting;
using NUnit.Framework;

namespace BpfConformance.Conformance.Tests;

/// <summary>Whoever reads the JSON has the same cases as who reads the files.</summary>
internal sealed class ExportTests
{
    private readonly ReferenceTarget _reference = new();
    private ExperimentRunner? _runner;
    private SchemaCheck? _schema;

    private static IEnumerable<TestCaseData> Files => Suite.Own.Concat(Suite.Older)
        .GroupBy(test => test.File)
        .Select(file => new TestCaseData(file.ToImmutableArray()).SetArgDisplayNames(file.First().FileName));

    [OneTimeSetUp]
    public void Open()
    {
        _runner = new ExperimentRunner([_reference]);
        using JsonDocument schema = JsonDocument.Parse(File.ReadAllText(Repository.PathOf("conformance", "schemas", "case.schema.json")));
        _schema = new SchemaCheck(schema.RootElement.Clone());
    }

    [OneTimeTearDown]
    public void Close() => _reference.Dispose();

    [TestCaseSource(nameof(Files))]
    public void File_ExportedAndReadBack_HasTheSameCases(ImmutableArray<TestCase> cases)
    {
        using var stream = new MemoryStream();
        new CaseExport(Results).Write(cases, stream);
        using JsonDocument json = JsonDocument.Parse(stream.ToArray());

        Assert.That(_schema!.Violations(json.RootElement), Is.Empty);
        Assert.That(json.RootElement.GetProperty("name").GetString(), Is.EqualTo(cases[0].FileName));
        ExportedFacts[] read = [.. json.RootElement.GetProperty("cases").EnumerateArray().Select(each => new ExportedFacts(each))];
        Assert.That(read, Has.Length.EqualTo(cases.Length));
        Assert.Multiple(() =>
        {
            foreach ((TestCase test, ExportedFacts facts) in cases.Zip(read)) AssertSame(test, facts);
        });
    }

    [Test]
    public void Case_WithAContext_HasItsFieldsByName()
    {
        TestCase test = VectorReader.Read(
            "-- asm\nr0 = 0\nexit\n-- type\nsched_cls\n-- attach\ntcx_egress\n-- license\nMIT\n-- flags\nstrict_alignment any_alignment\n-- asm other\nr0 = 1\nexit\n"
            + "-- context\nmark = 5\n-- result\n0\n-- context-after\ncb[1] = 7\ncb[0] = 1\ntstamp_type = 1\nremote_ip6 = hex 000102030405060708090a0b0c0d0e0f\n",
            "x.vector",
            "x.vector");

        File_ExportedAndReadBack_HasTheSameCases([test]);
        using var stream = new MemoryStream();
        new CaseExport(Results).Write([test], stream);
        using JsonDocument json = JsonDocument.Parse(stream.ToArray());
        JsonElement input = json.RootElement.GetProperty("cases")[0].GetProperty("inputs")[0];
        Assert.That(
            input.GetProperty("contextAfter").EnumerateArray().Select(field => field.GetProperty("name").GetString()),
            Is.EqualTo(new[] { "cb[1]", "cb[0]", "tstamp_type", null }));
    }

    private static void AssertSame(TestCase test, ExportedFacts facts)
    {
        Expectation expected = test.Expectation;
        Assert.That(facts.Name, Is.EqualTo(test.Name));
        Assert.That(facts.Note, Is.EqualTo(test.Note));
        Assert.That(facts.Groups, Is.EqualTo(test.Groups));
        Assert.That(facts.Cpu, Is.EqualTo(test.Cpu));
        Assert.That(facts.Program with { Others = [.. facts.Others] }, Is.EqualTo(test.Program));
        Assert.That(facts.Runs, Is.EqualTo(test.Inputs.Select(input => test.Program[input.Program].Name)));
        Assert.That(facts.DisassembledInstructions, Is.GreaterThan(0).Or.EqualTo(test.Program.Instructions.Length));
        Assert.That(facts.Maps.Select(map => map with { Fields = [] }), Is.EqualTo(test.Maps.Select(map => map with { Contents = [], Fields = [] })));
        Assert.That(facts.Maps.Select(map => map.Fields), Is.EqualTo(test.Maps.Select(map => map.Fields))); // lists are the same when what is in them is
        Assert.That(facts.Contents, Is.EqualTo(test.Maps.Select(map => Text(map.Contents))));
        Assert.That(facts.IsSequence, Is.EqualTo(test.IsSequence));
        Assert.That(facts.Steps, Is.EqualTo(test.Inputs.Select(input => (Text(input.Step, test), Text(input.MapsAfter, test.Maps)))));
        Assert.That(facts.Contexts, Is.EqualTo(test.Inputs.Select(input => (Hex(input.Context), Text(input.ContextAfter)))));
        Assert.That(facts.Reasons, Is.EqualTo(expected.Reasons));
        RunExpectation run = expected.Load == LoadExpectation.Rejected ? RunExpectation.Unstated : expected.Run;
        Assert.That(facts.Expectation, Is.EqualTo((expected.Load, expected.IsMalformed, run, expected.Fault, expected.FaultPc)));
        Assert.That(facts.Contention, Is.EqualTo(test.Contention));
        if (test.NeedsSignature)
        {
            Assert.That(facts.Inputs.Select(input => input.Data), Is.EqualTo(test.Inputs.Select(input => Hex(input.Data))));
            Assert.That(facts.Signature, Is.EqualTo(test.Signature));
        }
        else
        {
            Assert.That(
                facts.Inputs,
                Is.EqualTo(test.Inputs.Select(input => (Hex(input.Data), input.Result, input.DataAfter is { } after ? Hex(after) : null))));
        }
    }

    private static string Text(IEnumerable<MapEntry> entries) =>
        string.Join(", ", entries.Select(entry => $"{Hex(entry.Key)}={Hex(entry.Value)}"));

    private static string Text(IEnumerable<StatedField> fields) => string.Join(", ", fields.Select(field => $"{field.Offset}: {Hex(field.Value)}"));

    private static string Text(UserStep? step, TestCase test) => step switch
    {
        MapStep map => $"{map.Command.ToString().ToLowerInvariant()} {map.Map} {Hex(map.Key)} {Hex(map.Value)} 0x{map.Flags:x}",
        BatchStep batch => $"{batch.Command.ToString().ToLowerInvariant()}batch {batch.Map} {Hex(batch.Keys)} {Hex(batch.Values)} 0x{batch.Flags:x} {batch.Count} {batch.GoesOn}",
        RingStep ring => $"{ring.Command.ToString().ToLowerInvariant()} {ring.Map}  {Convert.ToHexStringLower(ring.Record.Span)} 0x0",
        AttachStep attach => $"{(attach.IsDetached ? "detach" : "attach")} {test.Program[attach.Program].Name} {Vocabulary.Places[attach.Place]}",
        ArriveStep arrive => $"arrive {Vocabulary.Places[arrive.Device]} {Convert.ToHexStringLower(arrive.Frame.Span)}",
        SendStep send => $"send {send.Address >> 24}.{send.Address >> 16 & 0xff}.{send.Address >> 8 & 0xff}.{send.Address & 0xff}:{send.Port} {Convert.ToHexStringLower(send.Payload.Span)}",
        MapAttachStep attach => $"{(attach.IsDetached ? "detach" : "attach")} {test.Program[attach.Program].Name} {test.Maps[attach.Map].Name}",
        ConnectStep => "connect client ",
        WriteStep write => $"write {Vocabulary.Places[write.Socket]} {Convert.ToHexStringLower(write.Payload.Span)}",
        PinStep pin => $"{pin.Command.ToString().ToLowerInvariant()} {pin.Path} {(pin.Command == PinCommand.Pin ? Named(pin.Subject, test) : string.Empty)}",
        _ => string.Empty,
    };

    private static string Named(int subject, TestCase test) =>
        ((string[])[.. test.Maps.Select(map => map.Name), .. Enumerable.Range(0, test.Program.Count).Select(index => test.Program[index].Name)])[subject];

    private static string Text(IEnumerable<StatedMap> stated, ImmutableArray<MapDefinition> maps) =>
        string.Join("; ", stated.Select(map => $"{map.Map}: {Text(MapImage.Entries(maps[map.Map], map.Part))}"));

    private ImmutableArray<CaseInput> Results(TestCase test)
    {
        ObservationBatch seen = _runner!.Run(test).Runs[0].Observations!; // a signed case loads
        return [.. test.Inputs.Select((input, i) => input with { Result = seen[i].R0, DataAfter = seen.Data(i)[..seen[i].DataLength].ToArray() })];
    }

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(bytes.Span);
}
