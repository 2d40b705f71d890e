using System.Diagnostics;
using BpfConformance.Tests;
using NUnit.Framework;

namespace BpfConformance.Conformance.Tests;

/// <summary>The benchmark programs are what their C says: built again, they are the same bytes and the same results.</summary>
internal sealed class ProgramsTests
{
    private static readonly string[] s_tools = ["clang-14", "llvm-objcopy-14", "llvm-readelf-14", "gcc"];

    [Test]
    [Platform(Include = "Linux")]
    public void Build_FromTheSources_GivesTheCommittedVectors()
    {
        if (s_tools.Where(tool => !IsInstalled(tool)).ToArray() is { Length: > 0 } missing)
        {
            Assert.Ignore($"not installed: {string.Join(", ", missing)} (Debian: clang-14 llvm-14 gcc)");
        }

        string committed = Repository.PathOf("conformance", "programs");
        DirectoryInfo copy = Directory.CreateTempSubdirectory("bpfconf-programs");
        try
        {
            foreach (string source in Directory.EnumerateFiles(committed).Where(file => Path.GetExtension(file) is ".c" or ".sh"))
            {
                File.Copy(source, Path.Combine(copy.FullName, Path.GetFileName(source)));
            }

            using Process build = Process.Start(new ProcessStartInfo("bash", ["build.sh"])
            {
                WorkingDirectory = copy.FullName,
                UseShellExecute = false,
                RedirectStandardOutput = true,
            })!; // bash is not a shell-executed document
            string said = build.StandardOutput.ReadToEnd();
            build.WaitForExit();

            Assert.That(build.ExitCode, Is.Zero, said);
            string[] vectors =
            [
                .. Directory.EnumerateFiles(committed, "*.vector").Where(file => File.Exists(Path.ChangeExtension(file, ".c"))).Select(file => Path.GetFileName(file)),
            ];
            Assert.That(vectors, Has.Length.GreaterThanOrEqualTo(10));
            foreach (string vector in vectors)
            {
                Assert.That(
                    File.ReadAllText(Path.Combine(copy.FullName, vector)),
                    Is.EqualTo(File.ReadAllText(Path.Combine(committed, vector))),
                    vector);
            }
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    private static bool IsInstalled(string tool) => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, tool)));
}
