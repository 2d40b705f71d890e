using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Loading.Bytecode;

namespace BpfConformance.Reporting.Reproducers;

/// <summary>The program alone, as bytes: a slot a line.</summary>
public sealed class HexReproducer : IReproducer
{
    public string FileName => "case.hex";

    public string? Lacks(TestCase test) => test.Program.Instructions.IsEmpty ? "there are no instructions" : null;

    public string Write(TestCase test) =>
        string.Concat(Convert.ToHexStringLower(test.Program.ToBytes()).Chunk(2 * Abi.Instructions.Instruction.SizeBytes).Select(slot => $"{new string(slot)}\n"));

    public TestCase Read(string text, TestCase test) =>
        test with { Program = test.Program with { Instructions = BpfProgram.FromBytes(HexText.Parse(text, FileName, 1)).Instructions } };
}
