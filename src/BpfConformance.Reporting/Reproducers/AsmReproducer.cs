using BpfConformance.Engine.Cases;
using BpfConformance.Loading.Assembly;

namespace BpfConformance.Reporting.Reproducers;

/// <summary>The program as text; what it is given beside stands above it as a comment.</summary>
public sealed class AsmReproducer : IReproducer
{
    public string FileName => "case.asm";

    public string? Lacks(TestCase test) => test.Program.Others.IsEmpty ? null : "it has several programs";

    public string Write(TestCase test) =>
        string.Concat(GivenText.All(test).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => $"# {line}\n")) + Disassembler.Listing(test.Program.Instructions.AsSpan());

    public TestCase Read(string text, TestCase test) => test with { Program = test.Program with { Instructions = Assembler.Assemble(text).Instructions } };
}
