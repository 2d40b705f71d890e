using System.Collections.Immutable;
using BpfConformance.Abi;

namespace BpfConformance.Engine.Cases.Grids;

/// <summary>One of the programs of a grid, named as reports name it: <c>FILE.grid/MEMBER</c>.</summary>
public static class GridMember
{
    private const string Mark = CaseFile.GridExtension + "/";

    /// <summary>Whether a path names a member, and no file in a folder: members have no extension.</summary>
    public static bool IsNamed(string path) => path.Contains(Mark, StringComparison.Ordinal) && !Path.HasExtension(path);

    /// <summary>The member, with its signature where it has been signed.</summary>
    /// <exception cref="BpfFormatException">It is not there, or anything is wrong with the grid or the signature.</exception>
    public static TestCase Read(string path)
    {
        if (!IsNamed(path)) throw new BpfFormatException(path, 0, 0, $"names no member of a grid, expected FILE{Mark}MEMBER");

        (string file, string name) = Split(path);
        TestCase member = Of(GridReader.ReadUnsigned(SourceFile.ReadText(file), file, file), name);
        return member.NeedsSignature ? member with { Signature = GridSignatures.Find(GridSignatures.PathFor(file), name) } : member;
    }

    /// <summary>A path that <see cref="IsNamed"/>: the grid, and the name of its member.</summary>
    public static (string File, string Name) Split(string path)
    {
        int end = path.LastIndexOf(Mark, StringComparison.Ordinal) + CaseFile.GridExtension.Length;
        return (path[..end], path[(end + 1)..]);
    }

    /// <exception cref="BpfFormatException">It is not there.</exception>
    public static TestCase Of(ImmutableArray<TestCase> members, string name) =>
        members.FirstOrDefault(test => test.Member == name)
        ?? throw new BpfFormatException(
            members[0].File, 0, 0, $"no member {Section.Quote(name)}; the first of {members.Length} is '{members[0].Member}'");
}
