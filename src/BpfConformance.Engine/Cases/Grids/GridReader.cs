using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Loading.Assembly;

namespace BpfConformance.Engine.Cases.Grids;

/// <summary>Reads <c>.grid</c> files, each of which stands for many cases; <c>conformance/README.md</c> describes them.</summary>
public sealed class GridReader
{
    private static readonly ImmutableArray<string> s_names =
        ["axes", "asm", "type", "maps", "items", "rejected", "faults", "malformed", "spec", "note"];

    private readonly string _file;
    private readonly Dictionary<string, Section> _sections;
    private readonly StatementCache _statements = new();

    private GridReader(string file, Dictionary<string, Section> sections) => (_file, _sections) = (file, sections);

    /// <summary>All members, with their signatures where the grid states results.</summary>
    /// <param name="text">The whole file.</param>
    /// <param name="file">As the user can open it; its signature file lies beside it.</param>
    /// <param name="name">What <c>--filter</c> matches, followed by <c>/</c> and the member's name.</param>
    /// <exception cref="BpfFormatException">Anything wrong with the text or with the signatures.</exception>
    public static ImmutableArray<TestCase> Read(string text, string file, string name)
    {
        ImmutableArray<TestCase> members = ReadUnsigned(text, file, name);
        if (!members[0].NeedsSignature) return members;

        ImmutableArray<ulong> signatures = GridSignatures.Read(GridSignatures.PathFor(file), [.. members.Select(member => member.Member)]);
        return [.. members.Zip(signatures, (member, signature) => member with { Signature = signature })];
    }

    /// <summary>The same without results, which <c>bpfconf grid sign</c> is about to find.</summary>
    /// <exception cref="BpfFormatException">Anything wrong with the text.</exception>
    public static ImmutableArray<TestCase> ReadUnsigned(string text, string file, string name) =>
        new GridReader(file, SectionReader.Read(FileLines.Checked(text, file), file, s_names)).Build(name);

    private ImmutableArray<TestCase> Build(string name)
    {
        Section axes = Find("axes") ?? throw Missing("axes");
        GridTemplate program = GridTemplate.Parse(Find("asm") ?? throw Missing("asm"));
        ProgramType type = ProgramReader.ReadType(Find("type"));
        ImmutableArray<MapDefinition> maps = MapReader.Read(Find("maps"), [BpfProgram.MainName]);
        Expectation expectation = ReadExpectation();
        ImmutableArray<CaseInput> inputs = Find("items") is { } items ? GridItems.Read(items) : [new CaseInput(axes.Line, default, null, null)];
        string note = string.Join('\n', new[] { Find("spec"), Find("note") }.OfType<Section>().Select(section => section.Text.Trim()));
        ImmutableArray<TestCase> members = [.. GridAxes.Parse(axes).Members().Select(member => Build(name, member.Name, program.Fill(member.Scope)))];
        if (Find("type") is { } hook)
        {
            (int dataBytes, int runs) = (members[0].DataBytes, members[0].Inputs.Length);
            InputReader.CheckSize(hook, members[0].ContextBytes, runs, "context");
            InputReader.CheckSize(hook, members.Max(member => PacketGrowth.LongestAfter(member.Program, dataBytes)), runs, "a packet that helpers make longer");
        }

        return members[0] is { HasPackets: true, NeedsSignature: true }
            ? throw Find("type")!.Error("'-- type' has no place when runs return: not all machines show a packet in full, which a signature covers") // it has packets
            : members;

        TestCase Build(string grid, string member, IReadOnlyList<FilledLine> lines)
        {
            AssembledProgram assembled = Assemble(member, lines, maps);
            ProgramNeeds needs = ProgramNeeds.Of(assembled.Instructions.AsSpan());
            return new TestCase
            {
                Name = $"{grid}/{member}",
                File = _file,
                Line = Find("asm")!.Line, // it was found above
                Member = member,
                Program = new BpfProgram(assembled.Instructions, type),
                Lines = assembled.Lines,
                Maps = maps,
                Inputs = expectation.Load == LoadExpectation.Rejected && Find("items") is null ? [] : inputs,
                Expectation = expectation,
                Groups = needs.Groups,
                Cpu = needs.Cpu,
                Note = note,
            };
        }
    }

    private AssembledProgram Assemble(string member, IReadOnlyList<FilledLine> lines, ImmutableArray<MapDefinition> maps)
    {
        try
        {
            return Assembler.Assemble(
                lines.Select(line => (line.Line, line.Text)), _file, [.. maps.Select(map => map.Name)], _statements);
        }
        catch (BpfFormatException bad)
        {
            throw new BpfFormatException(_file, bad.Line, 0, $"{bad.Problem} (member {member})");
        }
    }

    private Expectation ReadExpectation()
    {
        Section[] stated = [.. new[] { Find("rejected"), Find("faults"), Find("malformed") }.OfType<Section>()];
        return stated switch
        {
            [] => ExpectationReader.Returns,
            [{ Name: "rejected" } rejected] => ExpectationReader.ReadRejected(rejected),
            [{ Name: "faults" } faults] => ExpectationReader.ReadFaults(faults),
            [{ } malformed] => ExpectationReader.ReadMalformed(malformed),
            [_, { } second, ..] => throw second.Error("a second expectation, expected only one of rejected, faults and malformed"),
        };
    }

    private Section? Find(string name) => _sections.GetValueOrDefault(name);

    private BpfFormatException Missing(string section) => new(_file, 0, 0, $"no section '-- {section}'");
}
