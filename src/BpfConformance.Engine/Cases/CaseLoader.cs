using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Engine.Cases.Grids;

namespace BpfConformance.Engine.Cases;

/// <summary>Reads all cases below paths; one bad file never hides another.</summary>
public sealed class CaseLoader
{
    private readonly ImmutableArray<TestCase>.Builder _cases = ImmutableArray.CreateBuilder<TestCase>();
    private readonly ImmutableArray<CaseWarning>.Builder _warnings = ImmutableArray.CreateBuilder<CaseWarning>();
    private readonly ImmutableArray<CaseError>.Builder _errors = ImmutableArray.CreateBuilder<CaseError>();
    private readonly Dictionary<string, SuitePart> _suites = new(StringComparer.Ordinal);
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    private readonly CancellationToken _cancellation;
    private bool _isCut;

    private CaseLoader(CancellationToken cancellation) => _cancellation = cancellation;

    /// <param name="paths">Files, folders to be searched with all folders in them, and <c>FILE.grid/MEMBER</c>; what is named twice is read once.</param>
    /// <param name="cancellation">Leaves what has not been read yet.</param>
    public static CaseSet Load(IReadOnlyCollection<string> paths, CancellationToken cancellation = default)
    {
        var loader = new CaseLoader(cancellation);
        foreach (string path in paths) loader.AddPath(path);
        if (loader._isCut) loader._errors.Add(new CaseError(string.Join(' ', paths), 0, 0, "interrupted: not all files were read"));
        return new CaseSet(loader._cases.ToImmutable(), loader._warnings.ToImmutable(), loader._errors.ToImmutable())
        {
            Suites = [.. loader._suites.Values],
        };
    }

    private void AddPath(string path)
    {
        (string file, string? member) = GridMember.IsNamed(path) && !Path.Exists(path) ? GridMember.Split(path) : (Path.TrimEndingDirectorySeparator(path), null);
        AddPath(file, member);
    }

    /// <param name="path">A folder or a file.</param>
    /// <param name="member">The only one to take of a grid; <c>null</c>: all.</param>
    private void AddPath(string path, string? member)
    {
        if (!Path.Exists(path))
        {
            _errors.Add(new CaseError(path, 0, 0, "no such file or directory"));
            return;
        }

        string suite = SuiteFolder.Of(path);
        string name = SuiteFolder.NameIn(suite, path);
        AddSuite(suite, isWhole: name.Length == 0);
        if (File.Exists(path))
        {
            AddFiles([(name, path)], member);
            return;
        }

        var files = new List<(string Name, string File)>();
        int errorsBefore = _errors.Count;
        Search(path, name.Length == 0 ? string.Empty : $"{name}/", files);
        AddFiles([.. files.OrderBy(found => found.Name, StringComparer.Ordinal)]);
        if (files.Count == 0 && _errors.Count == errorsBefore)
        {
            _errors.Add(new CaseError(path, 0, 0, $"no {CaseFile.Extensions} file in this directory or below"));
        }
    }

    private void Search(string folder, string prefix, List<(string Name, string File)> found)
    {
        try
        {
            foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
            {
                string path = Path.Combine(folder, entry.Name);
                if (entry is FileInfo)
                {
                    if (CaseFile.IsCase(path)) found.Add((prefix + entry.Name, path));
                }
                else if (entry.LinkTarget is not null)
                {
                    // As find and grep -r: links could lead round in circles, or out of the tree that was named.
                    _warnings.Add(new CaseWarning(path, 0, "a link to a directory is not followed; name it to have it searched"));
                }
                else
                {
                    Search(path, $"{prefix}{entry.Name}/", found);
                }
            }
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            _errors.Add(new CaseError(folder, 0, 0, $"cannot be searched: {trouble.Message.TrimEnd('.')}"));
        }
    }

    private void AddSuite(string folder, bool isWhole)
    {
        string key = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (isWhole || !_suites.ContainsKey(key)) _suites[key] = new SuitePart(folder, isWhole);
    }

    /// <summary>Reads files side by side, and adds them in their order.</summary>
    private void AddFiles(IEnumerable<(string Name, string File)> found, string? member = null)
    {
        (string Name, string File)[] files = [.. found.Where(each => _read.Add($"{Path.GetFullPath(each.File)}/{member}"))];
        var contents = new CaseSet[files.Length];
        Parallel.For(0, files.Length, i => contents[i] = ReadUnlessCut(files[i].File, files[i].Name, member));
        foreach (CaseSet content in contents)
        {
            _cases.AddRange(content.Cases);
            _warnings.AddRange(content.Warnings);
            _errors.AddRange(content.Errors);
        }
    }

    private CaseSet ReadUnlessCut(string file, string name, string? member)
    {
        if (!_cancellation.IsCancellationRequested) return Read(file, name, member);
        _isCut = true;
        return new CaseSet([], [], []);
    }

    private static CaseSet Read(string file, string name, string? member)
    {
        var warnings = new List<CaseWarning>();
        try
        {
            ImmutableArray<TestCase> cases = CaseFile.Read(file, name, warnings);
            return new CaseSet(member is null ? cases : [GridMember.Of(cases, member)], [.. warnings], []);
        }
        catch (BpfFormatException bad)
        {
            return new CaseSet([], [.. warnings], [new CaseError(bad.Origin ?? file, bad.Line, bad.Column, bad.Problem)]);
        }
    }
}
