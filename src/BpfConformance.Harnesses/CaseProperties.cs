using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;

namespace BpfConformance.Harnesses;

/// <summary>What holds of every case that a reader lets through.</summary>
internal static class CaseProperties
{
    public static void Check(TestCase test)
    {
        if (test.Lines.Length != test.Program.Instructions.Length)
        {
            throw new PropertyException("each slot has its line", $"{test.Lines.Length} lines, {test.Program.Instructions.Length} slots");
        }

        // As ExperimentRunner asks: machines are told of the case, in this process and in another.
        Frames.CheckLoad(test.ToRequest());
        bool hasKnown = test.Program.Instructions.Any(slot => InstructionTable.Find(slot) is not null); // one of other opcodes alone can be told to be refused
        if (test.Groups.IsEmpty && hasKnown) throw new PropertyException("a program of instructions has groups", "it has none");
        _ = test.SubjectName;
    }
}
