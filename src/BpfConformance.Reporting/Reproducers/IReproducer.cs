using BpfConformance.Engine.Cases;

namespace BpfConformance.Reporting.Reproducers;

/// <summary>A form in which somebody can be told of a finding, so that he can see it for himself.</summary>
public interface IReproducer
{
    /// <summary>The name of its file.</summary>
    string FileName { get; }

    /// <summary>What it has no words for, in a case; <c>null</c>: for nothing.</summary>
    /// <param name="test">The case, which states what should come of it.</param>
    string? Lacks(TestCase test);

    /// <summary>The text of its file, for a case of which it lacks nothing.</summary>
    string Write(TestCase test);

    /// <summary>What the text says, for a second look; <c>null</c>: no reader of ours reads it.</summary>
    /// <param name="text">As written.</param>
    /// <param name="test">The case from which it was: gives what the form does not hold.</param>
    TestCase? Read(string text, TestCase test);
}
