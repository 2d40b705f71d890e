using System.Diagnostics;
using System.Xml.Linq;
using NUnit.Framework;

namespace BpfConformance.Tests;

/// <summary>The project files, held against the architecture's picture: each edge missing there prevents a mistake.</summary>
[TestFixture]
public sealed class ArchitectureTests
{
    private const string Prefix = "BpfConformance.";

    /// <summary>What each project may reference; projects that do not exist yet included.</summary>
    private static readonly Dictionary<string, string[]> s_allowed = new(StringComparer.Ordinal)
    {
        ["Abi"] = [],
        ["Loading"] = ["Abi"],
        ["Domains"] = ["Abi"],
        ["Runtime"] = ["Abi"],
        ["Interpreter"] = ["Runtime"],
        ["Jit"] = ["Runtime"],
        ["Mutants"] = ["Interpreter", "Targets"],
        ["Verifier"] = ["Domains"],
        ["Engine"] = ["Loading", "Domains"],
        ["Reporting"] = ["Engine"],
        ["Targets"] = ["Loading", "Interpreter", "Jit", "Verifier", "Engine"],
        ["NUnit"] = ["Targets"],
        // SharpFuzz is in it and in no other: what instruments stays outside of what is instrumented.
        ["Harnesses"] = ["Targets"],
        ["Cli"] = ["Targets", "Reporting", "Mutants"],
    };

    /// <summary>What must not be reached from a project over any number of edges.</summary>
    private static readonly Dictionary<string, string[]> s_forbidden = new(StringComparer.Ordinal)
    {
        // A JIT that borrows the reference meaning is invisible to the differential test.
        ["Jit"] = ["Interpreter"],
        // A verdict must not be computed by executing.
        ["Verifier"] = ["Runtime", "Interpreter", "Jit"],
        // An oracle must not know which machine it judges.
        ["Engine"] = ["Runtime", "Interpreter", "Jit", "Verifier", "Targets"],
        // A wrong fact must not be mended by code that runs.
        ["Abi"] = [.. s_allowed.Keys.Except(["Abi"])],
        // Defects are for the command line and for tests.
        ["Targets"] = ["Mutants"],
        ["NUnit"] = ["Mutants"],
        ["Reporting"] = ["Mutants"],
    };

    private static readonly string[] s_topLevel =
    [
        ".ci", ".editorconfig", ".github", ".gitignore", "BpfConformance.sln", "Directory.Build.props",
        "Directory.Packages.props", "LICENSE", "README.md", "conformance", "corpus", "global.json", "reports",
        "run-fuzz.sh", "src", "tests",
    ];

    [Test]
    public void ProjectReferences_OfEveryProject_AreThoseOfThePicture() =>
        Assert.That(ForbiddenReferences(ReadProjects()), Is.Empty);

    [Test]
    public void ProjectReferences_OverAnyNumberOfEdges_ReachNothingForbidden() =>
        Assert.That(ForbiddenPaths(ReadProjects()), Is.Empty);

    [Test]
    public void Projects_InSrc_AreThoseOfThePicture() =>
        Assert.That(
            ReadProjects().Keys,
            Is.SubsetOf(s_allowed.Keys).And.SupersetOf(new[] { "Abi", "Interpreter", "Engine", "Cli" }));

    [Test]
    public void Abi_InItsProjectFile_ReferencesNothingAtAll()
    {
        XDocument project = XDocument.Load(Repository.PathOf("src", "BpfConformance.Abi", "BpfConformance.Abi.csproj"));
        IEnumerable<string> references = project.Descendants()
            .Where(element => element.Name.LocalName.EndsWith("Reference", StringComparison.Ordinal))
            .Select(element => element.ToString());
        Assert.That(references, Is.Empty);
    }

    [Test]
    public void Projects_OfSrcAndTests_AreAllInTheSolution()
    {
        // Without a line for it, a project is built with its defaults: for debugging, whatever the solution is built for.
        string solution = File.ReadAllText(Repository.PathOf("BpfConformance.sln"));
        IEnumerable<string> missing = ProjectFiles("src").Concat(ProjectFiles("tests"))
            .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('/', '\\'))
            .Where(path => solution.Split($"\"{path}\", \"") is not [_, { } rest] || !solution.Contains($"{rest[..rest.IndexOf('"')]}.Release|Any CPU.Build.0 = Release|Any CPU", StringComparison.Ordinal));
        Assert.That(missing, Is.Empty);
    }

    [Test]
    public void SourceFiles_ByName_AreNeitherManagersNorUtils()
    {
        string[] files = [.. SourceFiles("src"), .. SourceFiles("tests")];
        Assert.That(files, Has.Length.GreaterThan(50));
        Assert.That(
            files.Where(file => IsVague(Path.GetFileNameWithoutExtension(file))).Select(Path.GetFileName),
            Is.Empty);
    }

    [TestCase("MapManager", true)]
    [TestCase("UtilText", true)]
    [TestCase("StringUtils", true)]
    [TestCase("Utilities", true)]
    [TestCase("HelperTable", false)]
    public void VagueName_IsRecognized(string name, bool expected) => Assert.That(IsVague(name), Is.EqualTo(expected));

    [Test]
    public void TopLevel_HoldsOnlyWhatBelongsThere()
    {
        if (!Path.Exists(Repository.PathOf(".git"))) Assert.Ignore("not a git checkout: what belongs to it is not known");
        using Process git = Process.Start(new ProcessStartInfo("git", ["ls-files"])
        {
            WorkingDirectory = Repository.Root,
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!; // a program, not a document
        string[] entries = [.. git.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(path => path.Split('/')[0]).Distinct()];
        git.WaitForExit();

        if (git.ExitCode != 0) Assert.Ignore("git does not list the files of this checkout");
        Assert.That(entries, Is.Not.Empty.And.SubsetOf(s_topLevel));
    }

    [Test]
    public void ForbiddenReferences_OfAWrongPicture_AreNamed()
    {
        var projects = new Dictionary<string, string[]>(StringComparer.Ordinal)
        {
            ["Jit"] = ["Runtime", "Interpreter"],
            ["Extra"] = [],
        };
        Assert.That(
            ForbiddenReferences(projects),
            Is.EqualTo(new[] { "Jit -> Interpreter is not in the picture", "Extra is not in the picture" }));
    }

    [Test]
    public void ForbiddenPaths_OverTwoEdges_AreNamed()
    {
        var projects = new Dictionary<string, string[]>(StringComparer.Ordinal)
        {
            ["Engine"] = ["Loading"],
            ["Loading"] = ["Runtime"],
            ["Runtime"] = [],
        };
        Assert.That(ForbiddenPaths(projects), Is.EqualTo(new[] { "Engine reaches Runtime" }));
    }

    private static IEnumerable<string> ForbiddenReferences(Dictionary<string, string[]> projects)
    {
        foreach ((string project, string[] references) in projects)
        {
            if (!s_allowed.TryGetValue(project, out string[]? allowed)) yield return $"{project} is not in the picture";
            foreach (string reference in references.Except(allowed ?? []))
            {
                yield return $"{project} -> {reference} is not in the picture";
            }
        }
    }

    private static IEnumerable<string> ForbiddenPaths(Dictionary<string, string[]> projects) =>
        from rule in s_forbidden
        where projects.ContainsKey(rule.Key)
        let reached = ReachedFrom(rule.Key, projects)
        from target in rule.Value
        where reached.Contains(target)
        select $"{rule.Key} reaches {target}";

    private static HashSet<string> ReachedFrom(string project, Dictionary<string, string[]> projects)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Stack<string>([project]);
        while (pending.TryPop(out string? current))
        {
            foreach (string reference in projects.GetValueOrDefault(current, []))
            {
                if (reached.Add(reference)) pending.Push(reference);
            }
        }

        return reached;
    }

    private static Dictionary<string, string[]> ReadProjects() =>
        ProjectFiles("src").ToDictionary(ShortName, References, StringComparer.Ordinal);

    private static string[] References(string projectFile) =>
    [
        .. XDocument.Load(projectFile).Descendants("ProjectReference")
            .Select(reference => reference.Attribute("Include")!.Value) // MSBuild asks for it
            .Select(path => ShortName(path.Replace('\\', '/'))),
    ];

    private static string ShortName(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        return name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;
    }

    private static IEnumerable<string> ProjectFiles(string folder) =>
        Directory.EnumerateDirectories(Repository.PathOf(folder))
            .SelectMany(directory => Directory.EnumerateFiles(directory, "*.csproj"));

    private static IEnumerable<string> SourceFiles(string folder) =>
        Directory.EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories);

    private static bool IsVague(string name) =>
        name.EndsWith("Manager", StringComparison.OrdinalIgnoreCase) || name.Contains("Util", StringComparison.Ordinal);
}
