using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Cases;

/// <summary>A case with something else in it, of which nothing is stated.</summary>
public static class CaseEdits
{
    /// <summary>The same to run, without a word on what must come of it.</summary>
    public static TestCase Unstated(this TestCase test) => test with
    {
        Expectation = Expectation.None,
        Signature = null,
        Inputs = [.. test.Inputs.Select(input => input with { Result = null, DataAfter = null, DataAfterLine = null, MapsAfter = [], ContextAfter = [] })],
    };

    /// <summary>The same to load, and not to run.</summary>
    public static TestCase OnlyLoaded(this TestCase test) => test.Unstated() with { Expectation = new Expectation(LoadExpectation.Rejected, [], RunExpectation.Unstated) };

    /// <summary>With another program, which stands on no line.</summary>
    public static TestCase With(this TestCase test, BpfProgram program)
    {
        ProgramNeeds needs = ProgramNeeds.Of(program.Instructions.AsSpan());
        return test with { Program = program, Lines = [.. program.Instructions.Select(_ => 0)], Groups = needs.Groups, Cpu = needs.Cpu };
    }

    /// <summary>The same; <c>null</c>: it cannot be written.</summary>
    public static TestCase? With(this TestCase test, IrProgram program) => program.TryEncode() is { } encoded ? test.With(encoded) : null;
}
