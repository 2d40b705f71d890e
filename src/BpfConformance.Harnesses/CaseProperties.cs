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
        if (test.Groups.IsEmpty && !test.Program.Instructions.IsEmpty) throw new PropertyException("a program has groups", "it has none");
        _ = test.SubjectName;
    }
}
