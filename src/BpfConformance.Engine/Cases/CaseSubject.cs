using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Validation;

namespace BpfConformance.Engine.Cases;

/// <summary>Which conformance group a case is about: a program needs more than the instructions that it tests.</summary>
internal static class CaseSubject
{
    /// <summary>Calls and exit are instructions of base32, whatever else moves their arguments.</summary>
    private const string Calls = "calls";

    public static ConformanceGroup Of(TestCase test)
    {
        string folder = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(test.File))) ?? string.Empty;
        if (Vocabulary.Groups.TryParse(folder, out ConformanceGroup named)) return named;
        if (folder == Calls) return ConformanceGroup.Base32;

        ImmutableSortedSet<ConformanceGroup> groups = test.Expectation.IsMalformed
            ? GroupsOfTheBroken(test.Program.Instructions.AsSpan()) ?? test.Groups
            : test.Groups;

        // A program of nothing but unknown opcodes asks for no more than every machine has.
        return groups.IsEmpty ? ConformanceGroup.Base32 : groups.Max;
    }

    /// <summary><c>null</c>: every field is right, so that only what surrounds the program can be wrong.</summary>
    private static ImmutableSortedSet<ConformanceGroup>? GroupsOfTheBroken(ReadOnlySpan<Instruction> program) =>
        ProgramValidator.Validate(program) is not { } error ? null
            : error.Pc < program.Length ? ProgramNeeds.Of(program.Slice(error.Pc, 1)).Groups
            : [];
}
