using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Cases;

/// <summary>Reads <c>.vector</c> files; <c>conformance/README.md</c> describes them.</summary>
public sealed class VectorReader
{
    private static readonly ImmutableArray<string> s_names =
    [
        "asm", "raw", "maps", "memory", "packet", "context", "cases", "result", "memory-after", "maps-after", "context-after", "steps", "contention",
        "rejected", "faults", "malformed", "cpu", HookReader.Type, HookReader.Attach, HookReader.License, HookReader.Flags, "spec", "note",
    ];

    private readonly string _file;
    private readonly Dictionary<string, Section> _sections;

    private readonly ProgramSetReader _programs;

    private VectorReader(string file, Dictionary<string, Section> sections) =>
        (_file, _sections, _programs) = (file, sections, new ProgramSetReader(file, sections));

    /// <param name="text">The whole file.</param>
    /// <param name="file">As the user can open it, for messages.</param>
    /// <param name="name">What <c>--filter</c> matches.</param>
    /// <exception cref="BpfFormatException">Anything wrong with the text, with file and line.</exception>
    public static TestCase Read(string text, string file, string name) =>
        new VectorReader(file, SectionReader.Read(FileLines.Checked(text, file), file, s_names, ProgramSetReader.PerProgram)).Build(name);

    private TestCase Build(string name)
    {
        ImmutableArray<MapDefinition> maps = MapReader.Read(Find("maps"), _programs.Names);
        (BpfProgram program, ImmutableArray<int> lines) = _programs.Read(maps);
        ProgramType type = program.Type;
        Contention? contention = Find("contention") is { } together ? ContentionReader.Read(together, maps) : null;
        (Expectation expectation, ImmutableArray<CaseInput> inputs) =
            contention is not null ? ReadContended(contention)
            : Find("steps") is { } steps ? ReadSteps(steps, maps, program)
            : ReadExpectation(type);
        GivenContexts.CheckPackets(_file, program, inputs);
        if (Find("maps-after") is { } after) inputs = WithMapsAfter(Alone(after), maps, inputs);
        var contexts = new ContextSections(program, expectation);
        if (Find("context") is { } context) inputs = contexts.Give(context, inputs);
        if (Find("context-after") is { } contextAfter) inputs = contexts.State(Alone(contextAfter), inputs);
        ProgramNeeds needs = ProgramNeeds.Of(program.Instructions.AsSpan());
        var test = new TestCase
        {
            Name = name,
            File = _file,
            Line = ExpectationLine,
            Program = program,
            Lines = lines,
            Maps = maps,
            MapLines = MapReader.LinesOf(Find("maps")),
            Contention = contention,
            Inputs = inputs,
            IsSequence = Find("steps") is not null,
            Expectation = expectation,
            Groups = needs.Groups,
            Cpu = Find("cpu")?.Word(Vocabulary.CpuVersions) ?? needs.Cpu,
            Note = string.Join('\n', new[] { FreeText("spec"), FreeText("note") }.Where(text => text.Length > 0)),
        };
        InputReader.CheckSize(Find("maps"), MapImage.MaxBytes(maps), inputs.Length, "keys and values in all maps");
        if (test.IsSequence) InputReader.CheckSize(Find("steps"), test.ToRequest().ObservedBytes, inputs.Length, "what steps give");
        InputReader.CheckSize(Find(HookReader.Type), test.ContextBytes, inputs.Length, "context");
        InputReader.CheckSize(Find(HookReader.Type), PacketGrowth.LongestAfter(program, test.DataBytes), inputs.Length, "a packet that helpers make longer");
        return test;
    }

    private (Expectation Expectation, ImmutableArray<CaseInput> Inputs) ReadExpectation(ProgramType type)
    {
        bool isPacket = type != ProgramType.Unspecified;
        if (isPacket) Forbid("in a program with a type: it is given a packet", "memory");
        else Forbid("without '-- type'", "packet");

        if (Find("faults") is { } faults)
        {
            Forbid("when runs fault", "rejected", "malformed");
            Expectation fault = ExpectationReader.ReadFaults(faults);
            if (fault.Run == RunExpectation.FaultedOrReturned && Find("result") is not null) return ReadReturns(isPacket, fault);

            Forbid("when runs fault ('or returns' in '-- faults' allows a result)", "result", "memory-after");
            return (fault, ReadInputs(new InputReader(returns: false, isPacket), faults.Line));
        }

        if (Find("malformed") is { } malformed)
        {
            Forbid("when nothing runs", "rejected", "cases", "result", "memory-after");
            return (ExpectationReader.ReadMalformed(malformed), ReadLoadInputs(isPacket));
        }

        if (Find("rejected") is not { } rejected) return ReadReturns(isPacket, null);

        Expectation expectation = ExpectationReader.ReadRejected(rejected);
        if (expectation.Load == LoadExpectation.AcceptedOrRejected) return ReadReturns(isPacket, expectation);

        Forbid("when nothing runs ('or runs' in '-- rejected' allows it)", "cases", "result", "memory-after");
        return (expectation, ReadLoadInputs(isPacket));
    }

    /// <param name="isPacket">Whether data are packets.</param>
    /// <param name="stated">From <c>-- rejected</c> with <c>or runs</c>, or <c>-- faults</c> with <c>or returns</c>; <c>null</c> when there is neither.</param>
    private (Expectation Expectation, ImmutableArray<CaseInput> Inputs) ReadReturns(bool isPacket, Expectation? stated)
    {
        var reader = new InputReader(returns: true, isPacket);
        if (Find("cases") is not null) return (stated ?? ExpectationReader.Returns, ReadInputs(reader, line: 0));

        if (Find("result") is not { } result)
        {
            throw new BpfFormatException(
                _file, 0, 0, "no expectation, expected '-- result', '-- cases', '-- steps', '-- rejected', '-- faults' or '-- malformed'");
        }

        (Expectation expectation, int line, ulong value) = ReadResult(result);
        if (stated is not null && expectation != ExpectationReader.Returns)
        {
            throw result.Error(line, "'rejected or' beside a section '-- rejected' or '-- faults', expected only one of them");
        }

        return (stated ?? expectation, reader.ReadSingle(line, Data, value, Find("memory-after")));
    }

    private (Expectation Expectation, ImmutableArray<CaseInput> Inputs) ReadContended(Contention contention)
    {
        Forbid(
            "beside '-- contention', which says what is run",
            "type", "memory", "packet", "cases", "memory-after", "rejected", "faults", "malformed");
        Section result = Find("result")
            ?? throw new BpfFormatException(_file, 0, 0, "no '-- result' beside '-- contention', expected what both threads return");
        (Expectation expectation, int line, ulong value) = ReadResult(result);
        return (expectation, contention.Inputs(line, value));
    }

    private (Expectation Expectation, ImmutableArray<CaseInput> Inputs) ReadSteps(Section steps, ImmutableArray<MapDefinition> maps, BpfProgram program)
    {
        Forbid("beside '-- steps', which says what is run", "memory", "packet", "cases", "result", "memory-after", "faults", "malformed");
        Expectation expectation = Find("rejected") is { } rejected ? ExpectationReader.ReadRejected(rejected) : ExpectationReader.Returns;
        if (expectation.Load == LoadExpectation.Rejected) throw steps.Error("steps of a program that must not load, expected 'or runs' in '-- rejected'");
        var runs = new InputReader(returns: true, isPacket: program.Type != ProgramType.Unspecified);
        ImmutableArray<CaseInput> inputs = new StepReader(steps, maps, program, NamesOf(maps), runs).Read();
        bool sharesSomething = !maps.IsEmpty || inputs.Any(input => input.Step is NetworkStep);
        return sharesSomething ? (expectation, inputs) : throw steps.Error("steps without '-- maps', expected a map that they share");
    }

    /// <summary>After the only run, or after the last step.</summary>
    private ImmutableArray<CaseInput> WithMapsAfter(Section after, ImmutableArray<MapDefinition> maps, ImmutableArray<CaseInput> inputs)
    {
        if (inputs.IsEmpty) throw after.Error("'-- maps-after' has no place when nothing runs");
        return inputs.SetItem(inputs.Length - 1, inputs[^1] with { MapsAfter = MapsAfterReader.Read(after, maps, NamesOf(maps)) });
    }

    /// <summary>A section about the end, where there is only one.</summary>
    private Section Alone(Section after)
    {
        Forbid($"beside '-- {after.Name}', which is about one run or the last of some steps", "cases", "contention", "faults", "malformed");
        return after;
    }

    private static (Expectation Expectation, int Line, ulong Value) ReadResult(Section result)
    {
        Entry entry = result.Single(ValueText.Expected);
        (Expectation expectation, string text) = ExpectationReader.ReadResult(result, entry);
        return (expectation, entry.Line, InputReader.ReadValue(result, entry.Line, text));
    }

    private ImmutableArray<CaseInput> ReadInputs(InputReader reader, int line)
    {
        if (Find("cases") is not { } cases) return reader.ReadSingle(line, Data, result: null, after: null);

        Forbid("beside '-- cases', which states the data of every run", "memory", "packet", "result", "memory-after");
        return reader.ReadCases(cases);
    }

    /// <summary>The memory of a program that must not load: a machine may judge accesses by its size.</summary>
    private ImmutableArray<CaseInput> ReadLoadInputs(bool isPacket) =>
        Data is { } data ? new InputReader(returns: false, isPacket).ReadSingle(data.Line, data, result: null, after: null) : [];

    private int ExpectationLine =>
        (Find("contention") ?? Find("steps") ?? Find("faults") ?? Find("malformed") ?? Find("rejected") ?? Find("cases") ?? Find("result"))?.Line ?? 0;

    private Section? Data => Find("memory") ?? Find("packet");

    private CaseNames NamesOf(ImmutableArray<MapDefinition> maps) => new([.. maps.Select(map => map.Name)], _programs.Names);

    private string FreeText(string section) => Find(section)?.Text.Trim() ?? string.Empty;

    private Section? Find(string name) => _sections.GetValueOrDefault(name);

    private void Forbid(string why, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (Find(name) is { } section) throw section.Error($"'-- {name}' has no place {why}");
        }
    }
}
