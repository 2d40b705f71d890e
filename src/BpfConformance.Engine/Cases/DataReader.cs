using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using BpfConformance.Abi;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Loading.Assembly;
using BpfConformance.Loading.Bytecode;

namespace BpfConformance.Engine.Cases;

/// <summary>
/// Reads <c>.data</c> files of the older bpf_conformance suite, unchanged. Where its own runner would quietly do
/// something else than the file seems to say, this is an error; where it does no harm, a warning.
/// </summary>
public sealed class DataReader
{
    private static readonly ImmutableArray<string> s_names = ["asm", "raw", "mem", "result", "error", "no register offset", "c"];

    private readonly string _file;
    private readonly Dictionary<string, Section> _sections;
    private readonly ICollection<CaseWarning> _warnings;

    private DataReader(string file, Dictionary<string, Section> sections, ICollection<CaseWarning> warnings) =>
        (_file, _sections, _warnings) = (file, sections, warnings);

    /// <param name="text">The whole file.</param>
    /// <param name="file">As the user can open it, for messages.</param>
    /// <param name="name">What <c>--filter</c> matches.</param>
    /// <param name="warnings">Takes what the author should know.</param>
    /// <exception cref="BpfFormatException">Anything wrong with the text, with file and line.</exception>
    public static TestCase Read(string text, string file, string name, ICollection<CaseWarning> warnings) =>
        new DataReader(file, SectionReader.Read(text, file, s_names), warnings).Build(name);

    private TestCase Build(string name)
    {
        foreach (Section section in _sections.Values) WarnOfHiddenDirectives(section);
        AssembledProgram program = ReadProgram();
        ProgramNeeds needs = ProgramNeeds.Of(program.Instructions.AsSpan());
        (Expectation expectation, CaseInput input) = ReadExpectation(program.Instructions);
        return new TestCase
        {
            Name = name,
            File = _file,
            Line = input.Line,
            Program = new BpfProgram(program.Instructions),
            Lines = program.Lines,
            Inputs = [input],
            Expectation = expectation,
            Groups = needs.Groups,
            Cpu = needs.Cpu,
        };
    }

    private AssembledProgram ReadProgram()
    {
        AssembledProgram? raw = Find("raw") is { } words ? ReadWords(words) : null;
        if (Find("asm") is not { } asm)
        {
            return raw ?? throw new BpfFormatException(_file, 0, 0, "no program, expected '-- asm' or '-- raw'");
        }

        RefuseTextAfterLabels(asm);
        AssembledProgram program = ProgramReader.ReadAssembly(asm, maps: []);
        if (raw is not null && !raw.Instructions.SequenceEqual(program.Instructions))
        {
            int pc = program.Instructions.Zip(raw.Instructions).TakeWhile(pair => pair.First == pair.Second).Count();
            throw Find("raw")!.Error($"'-- raw' and '-- asm' are different programs, first at pc {pc}");
        }

        return program;
    }

    /// <summary>64-bit numbers, a slot each, the opcode in the lowest byte.</summary>
    private static AssembledProgram ReadWords(Section section)
    {
        ImmutableArray<Instruction>.Builder instructions = ImmutableArray.CreateBuilder<Instruction>();
        ImmutableArray<int>.Builder lines = ImmutableArray.CreateBuilder<int>();
        Span<byte> slot = stackalloc byte[Instruction.SizeBytes];
        foreach (Entry entry in section.Entries)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(slot, ReadWord(section, entry));
            instructions.Add(Instruction.Read(slot, ByteOrder.LittleEndian));
            lines.Add(entry.Line);
        }

        return new AssembledProgram(instructions.ToImmutable(), lines.ToImmutable());
    }

    private static ulong ReadWord(Section section, Entry entry)
    {
        ReadOnlySpan<char> text = entry.Text;
        ReadOnlySpan<char> digits = text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text;
        return ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong word)
            ? word
            : throw section.Error(entry.Line, $"found {Section.Quote(entry.Text)}, expected a 64-bit word in hexadecimal");
    }

    private (Expectation Expectation, CaseInput Input) ReadExpectation(ImmutableArray<Instruction> program)
    {
        byte[] memory = Find("mem") is { } mem ? HexText.Parse(mem.Text, mem.File, mem.FirstLine) : [];
        switch (Find("result"), Find("error"))
        {
            case (null, null):
                throw new BpfFormatException(_file, 0, 0, "no expectation, expected '-- result' or '-- error'");
            case ({ } result, { } error):
                throw (result.Line > error.Line ? result : error).Error("a second expectation, expected either '-- result' or '-- error'");
            case (null, { } error):
                return (ExpectationReader.Returns with { Run = RunExpectation.Faulted }, new CaseInput(error.Line, memory, null, null));
            case ({ } result, null):
                Entry entry = ReadLast(result);
                ulong value = InputReader.ReadValue(result, entry.Line, entry.Text);
                return (LegalRejections.Of(program), new CaseInput(entry.Line, memory, value, null));
        }
    }

    /// <summary>The original runner takes the last line of a result for it.</summary>
    private Entry ReadLast(Section section)
    {
        Entry[] entries = [.. section.Entries];
        if (entries is []) throw section.Error($"'-- result' is empty, expected {ValueText.Expected}");
        Entry last = entries[^1];
        if (entries is [{ } ignored, .., _])
        {
            string others = entries.Length > 2 ? $" (and {entries.Length - 2} more) do" : " does";
            Warn(ignored.Line, $"the result {Section.Quote(ignored.Text)}{others} not count: the last line, {Section.Quote(last.Text)}, does");
        }

        return last;
    }

    /// <summary>The original runner drops what follows a label on its line.</summary>
    private static void RefuseTextAfterLabels(Section asm)
    {
        foreach (Entry entry in asm.Entries)
        {
            int colon = entry.Text.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || colon == entry.Text.Length - 1) continue;
            throw asm.Error(
                entry.Line, $"found {Section.Quote(entry.Text[(colon + 1)..].Trim())} after a label, expected a line of its own: the original runner drops it");
        }
    }

    /// <summary>The original runner takes every line that contains -- for a directive, and skips the file when it does not know it.</summary>
    private void WarnOfHiddenDirectives(Section section)
    {
        int count = section.Lines.Count(IsDirective);
        if (count == 0) return;

        int first = section.Lines.TakeWhile(line => !IsDirective(line)).Count();
        string others = count > 1 ? $" (and {count - 1} more in this section)" : string.Empty;
        Warn(section.FirstLine + first, $"'--' inside a line{others} is a directive to the original runner, which skips the file for it");

        static bool IsDirective(string line) => line.Contains("--", StringComparison.Ordinal);
    }

    private void Warn(int line, string message) => _warnings.Add(new CaseWarning(_file, line, message));

    private Section? Find(string name) => _sections.GetValueOrDefault(name);
}
