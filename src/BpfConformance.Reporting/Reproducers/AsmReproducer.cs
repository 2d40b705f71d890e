using BpfConformance.Engine.Cases;
using BpfConformance.Loading.Assembly;

namespace BpfConformance.Reporting.Reproducers;

/// <summary>The program alone, as text.</summary>
public sealed class AsmReproducer : IReproducer
{
    public string FileName => "case.asm";

    public string? Lacks(TestCase test) => test.Program.Others.IsEmpty ? null : "it has several programs";

    public string Write(TestCase test) => Disassembler.Listing(test.Program.Instructions.AsSpan());

    public TestCase Read(string text, TestCase test) => test with { Program = test.Program with { Instructions = Assembler.Assemble(text).Instructions } };
}
