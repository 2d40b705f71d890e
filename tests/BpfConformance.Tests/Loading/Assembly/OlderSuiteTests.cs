using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Loading.Assembly;
using NUnit.Framework;

namespace BpfConformance.Tests.Loading.Assembly;

/// <summary>The programs of the older suite (github.com/Alan-Jowett/bpf_conformance), where they lie beside the checkout.</summary>
[TestFixture]
public sealed class OlderSuiteTests
{
    [Test]
    public void Assemble_EveryAsmSection_SucceedsAndSurvivesBothSyntaxes()
    {
        List<(string File, int FirstLine, string Text)> sections = Sections("asm");
        Assert.That(sections, Has.Count.GreaterThanOrEqualTo(312));
        Assert.Multiple(() =>
        {
            foreach ((string file, int firstLine, string text) in sections)
            {
                ImmutableArray<Instruction> program = [];
                Assert.That(() => program = Assembler.Assemble(text, file, firstLine).Instructions, Throws.Nothing);
                Assert.That(program, Is.Not.Empty, file);
                foreach (Syntax syntax in Enum.GetValues<Syntax>())
                {
                    string listing = Disassembler.Listing(program.AsSpan(), syntax);
                    Assert.That(listing, Does.Not.Contain(".raw"), file);
                    Assert.That(Assembler.Assemble(listing).Instructions, Is.EqualTo(program), file);
                }
            }
        });
    }

    [Test]
    public void Assemble_TheAsmSectionThatHasItsBytesBeside_AgreesWithThem()
    {
        (string file, _, string words) = Sections("raw").Single();
        string text = Sections("asm").Single(section => section.File == file).Text;
        string raw = string.Concat(words.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(word => $".raw {word}\n"));

        Assert.That(Assembler.Assemble(text).Instructions, Is.EqualTo(Assembler.Assemble(raw).Instructions));
    }

    /// <summary>The sections of one kind; a line that contains <c>--</c> begins one.</summary>
    private static List<(string File, int FirstLine, string Text)> Sections(string kind)
    {
        var sections = new List<(string, int, string)>();
        foreach (string file in Directory.GetFiles(DataDirectory(), "*.data"))
        {
            string[] lines = File.ReadAllLines(file);
            int start = Array.FindIndex(lines, line => line.StartsWith("-- " + kind, StringComparison.Ordinal)) + 1;
            if (start == 0) continue;
            IEnumerable<string> section = lines.Skip(start).TakeWhile(line => !line.Contains("--", StringComparison.Ordinal));
            sections.Add((Path.GetFileName(file), start + 1, string.Join('\n', section)));
        }

        return sections;
    }

    private static string DataDirectory()
    {
        if (Repository.Shared is null) Assert.Ignore("the older suite does not lie beside this checkout");
        return Path.Combine(Repository.Shared!, "data", "bpf_conformance");
    }
}
