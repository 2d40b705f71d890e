using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Loading.Assembly;

namespace BpfConformance.SeededBugs.Bugs;

/// <summary>A bug that some machine once had: a line of <c>bugs.tsv</c>.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Project">Who had it.</param>
/// <param name="Source">The commit that mended it, or the CVE.</param>
/// <param name="Text">What was wrong.</param>
/// <param name="Trigger">A small program that shows it.</param>
/// <param name="Sound">What becomes of that on a sound machine.</param>
/// <param name="Buggy">What becomes of it on machines with the bug.</param>
internal sealed partial record SeededBug(string Id, string Project, string Source, string Text, TestCase Trigger, string Sound, string Buggy)
{
    /// <summary>All of them.</summary>
    public static ImmutableArray<SeededBug> All { get; } = [.. Lines().Skip(1).Select(Read)];

    public static SeededBug Named(string id) => All.Single(bug => bug.Id == id);

    /// <summary>What a machine with the bug makes of the trigger; some say <c>engine=outcome</c> for one of them.</summary>
    public string BuggyOn(string engine)
    {
        string[] outcomes = Buggy.Split(", ");
        string? own = outcomes.FirstOrDefault(outcome => outcome.StartsWith(engine + "=", StringComparison.Ordinal));
        return own is null ? outcomes[^1] : own[(engine.Length + 1)..];
    }

    public override string ToString() => Id;

    private static IEnumerable<string> Lines()
    {
        using Stream stream = typeof(SeededBug).Assembly.GetManifestResourceStream("bugs.tsv")!; // the project embeds it
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line) yield return line;
    }

    private static SeededBug Read(string line)
    {
        if (line.Split('\t') is not [var id, var project, var source, var text, var memory, var program, var sound, var buggy]) throw new FormatException($"bugs.tsv: '{line}' has not eight columns");
        return new SeededBug(id, project, source, text, TriggerOf(id, memory, program), sound, buggy);
    }

    private static TestCase TriggerOf(string id, string memory, string program)
    {
        ImmutableArray<Instruction> slots = program.StartsWith("slots ", StringComparison.Ordinal)
            ? [.. program.Split(' ').Skip(1).Select(slot => Instruction.Read(Convert.FromHexString(slot), ByteOrder.LittleEndian))]
            : Assembler.Assemble(string.Join('\n', program.Split("; ").Select(Repeated))).Instructions;
        ProgramNeeds needs = ProgramNeeds.Of(slots.AsSpan());
        return new TestCase
        {
            Name = id,
            File = "bugs.tsv",
            Program = new BpfProgram(slots),
            Lines = [.. slots.Select(_ => 0)],
            Maps = memory == "map" ? [new MapDefinition("constants", MapType.Array, KeyBytes: 4, ValueBytes: 8, MaxEntries: 1, MapFlags.ReadOnlyForPrograms)] : [],
            Inputs = [new CaseInput(0, memory == "map" ? default : BytesOf(memory), null, null)],
            Expectation = Expectation.None,
            Groups = needs.Groups,
            Cpu = needs.Cpu,
        };
    }

    /// <summary>A statement, or <c>statement *n</c>: that so often.</summary>
    private static string Repeated(string statement) => Repetition().Match(statement) is { Success: true } match
        ? string.Join('\n', Enumerable.Repeat(match.Groups["text"].Value, Number(match.Groups["count"])))
        : statement;

    /// <summary>Bytes in hexadecimal, or <c>byte*n</c>: that so often.</summary>
    private static byte[] BytesOf(string memory) => [.. memory.Split(' ').SelectMany(part => Repeat().Match(part) is { Success: true } match
        ? Enumerable.Repeat(Convert.FromHexString(match.Groups["text"].Value)[0], Number(match.Groups["count"]))
        : Convert.FromHexString(part))];

    private static int Number(Group group) => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<text>.*) \*(?<count>\d+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Repetition();

    [GeneratedRegex(@"^(?<text>..)\*(?<count>\d+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Repeat();
}
