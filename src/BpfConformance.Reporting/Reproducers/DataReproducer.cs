using System.Text;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Loading.Assembly;

namespace BpfConformance.Reporting.Reproducers;

/// <summary>The format of the older bpf_conformance suite: a program, a memory, a result.</summary>
public sealed class DataReproducer : IReproducer
{
    public string FileName => "case.data";

    public string? Lacks(TestCase test) =>
        test.Program.HasHook ? "the format has no types of programs"
        : !test.Program.Others.IsEmpty ? "the format has one program"
        : !test.Maps.IsEmpty ? "the format has no maps"
        : test.IsSequence || test.Contention is not null || test.Inputs.Length != 1 ? "the format has one run"
        : test.Expectation is not { Load: LoadExpectation.Accepted, Run: RunExpectation.Returned } ? "the format states results alone"
        : test.Program.Flags != ProgramFlags.None || test.Program.License != Licenses.Gpl ? "the format has neither flags of a load nor a license"
        : test.Inputs[0] is { DataAfter: { } after } input && !after.Span.SequenceEqual(input.Data.Span) ? "the format says nothing of memory afterwards"
        : null;

    public string Write(TestCase test)
    {
        CaseInput input = test.Inputs[0];
        var text = new StringBuilder("-- asm\n");
        foreach (string line in Disassembler.Listing(test.Program.Instructions.AsSpan(), Syntax.Legacy).Split('\n', StringSplitOptions.RemoveEmptyEntries)) text.Append(line).Append('\n');
        text.Append("-- raw\n");
        foreach (Instruction slot in test.Program.Instructions)
        {
            var bytes = new byte[Instruction.SizeBytes];
            slot.Write(bytes, ByteOrder.LittleEndian);
            text.Append($"0x{BitConverter.ToUInt64(bytes):x16}\n");
        }

        if (!input.Data.IsEmpty) text.Append($"-- mem\n{BytesText.Of(input.Data.Span)}\n");
        return text.Append($"-- result\n0x{input.Result:x}\n").ToString();
    }

    public TestCase Read(string text, TestCase test) => DataReader.Read(text, FileName, FileName, []);
}
