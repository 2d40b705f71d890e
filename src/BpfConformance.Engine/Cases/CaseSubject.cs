using System.Collections.Immutable;
using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Validation;

namespace BpfConformance.Engine.Cases;

/// <summary>What a case is about: a program needs more than the instructions that it tests.</summary>
internal static class CaseSubject
{
    /// <summary>Calls and exit are instructions of base32, whatever else moves their arguments.</summary>
    private const string Calls = "calls";

    private const string Maps = "maps";

    private const string Helpers = "helpers";

    private const string Hooks = "hooks";

    /// <summary>What Linux puts around programs, and RFC 9669 does not know.</summary>
    private static readonly ImmutableArray<string> s_ofLinux = [Maps, Helpers, Hooks];

    /// <summary>The conformance group; <c>null</c>: none, but something of Linux.</summary>
    public static ConformanceGroup? GroupOf(TestCase test)
    {
        string folder = FolderOf(test);
        if (test.IsSequence || HasTailCalls(test) || s_ofLinux.Contains(folder)) return null;
        if (Vocabulary.Groups.TryParse(folder, out ConformanceGroup named)) return named;
        if (folder == Calls) return ConformanceGroup.Base32;

        ImmutableSortedSet<ConformanceGroup> groups = test.Expectation.IsMalformed
            ? GroupsOfTheBroken(test.Program.Instructions.AsSpan()) ?? test.Groups
            : test.Groups;

        // A program of nothing but unknown opcodes asks for no more than every machine has.
        return groups.IsEmpty ? ConformanceGroup.Base32 : groups.Max;
    }

    /// <summary>In words: the group, or the folder, and of one about maps the kind, about helpers which, about hooks the type.</summary>
    public static string NameOf(TestCase test) =>
        GroupOf(test) is { } group ? Vocabulary.Groups[group]
        : FolderOf(test) == Maps && !test.Maps.IsEmpty ? $"{Maps} {Vocabulary.MapTypes[MainMap(test).Type]}"
        : FolderOf(test) == Helpers && HelperOf(test) is { } helper ? $"{Helpers} {helper}"
        : FolderOf(test) == Hooks ? $"{Hooks} {Vocabulary.ProgramTypes[test.Program.Type]}"
        : FolderOf(test);

    /// <summary>The one that holds others, or the first: those that are held must stand before.</summary>
    private static MapDefinition MainMap(TestCase test) => test.Maps.FirstOrDefault(map => map.InnerMap is not null) ?? test.Maps[0];

    /// <summary>Names of files begin with it.</summary>
    private static string? HelperOf(TestCase test)
    {
        string file = Path.GetFileNameWithoutExtension(test.File).Replace('-', '_') + '_';
        return HelperTable.All.Select(HelperTable.NameOf).Where(name => file.StartsWith(name + '_', StringComparison.Ordinal)).MaxBy(name => name!.Length);
    }

    /// <summary>One program may lead to others, or to itself.</summary>
    private static bool HasTailCalls(TestCase test) => test.Program.Count > 1 || test.Maps.Any(map => map.Type == MapType.ProgArray);

    private static string FolderOf(TestCase test) => Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(test.File))) ?? string.Empty;

    /// <summary><c>null</c>: every field is right, so that only what surrounds the program can be wrong.</summary>
    private static ImmutableSortedSet<ConformanceGroup>? GroupsOfTheBroken(ReadOnlySpan<Instruction> program) =>
        ProgramValidator.Validate(program) is not { } error ? null
            : error.Pc < program.Length ? ProgramNeeds.Of(program.Slice(error.Pc, 1)).Groups
            : [];
}
