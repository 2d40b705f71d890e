using System.Reflection;
using SharpFuzz;

namespace BpfConformance.Harnesses.Coverage;

/// <summary>
/// A copy of this program whose assemblies, but for this one, count their branches. Never in place: the next incremental build would silently
/// bring back those that do not count.
/// </summary>
internal sealed class InstrumentedCopy : IDisposable
{
    private const string OwnPrefix = "BpfConformance.";

    private readonly string _folder;

    private InstrumentedCopy(string folder) => _folder = folder;

    /// <summary>The program in the copy.</summary>
    public string Program => Path.Combine(_folder, ProgramName);

    private static string ProgramName => typeof(InstrumentedCopy).Assembly.GetName().Name!; // it has one

    /// <param name="parent">The folder in which it is made.</param>
    public static InstrumentedCopy Make(string parent)
    {
        string folder = Path.Combine(Path.GetFullPath(parent), $"instrumented-{Environment.ProcessId}");
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.EnumerateFiles(AppContext.BaseDirectory))
        {
            if (Path.GetExtension(file) is not (".pdb" or ".xml")) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        }

        foreach (string name in OwnAssemblies()) Fuzzer.Instrument(Path.Combine(folder, $"{name}.dll"), static _ => true, Options.Value);
        return new InstrumentedCopy(folder);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>What this program consists of, but for itself.</summary>
    private static HashSet<string> OwnAssemblies()
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Stack<Assembly>([typeof(InstrumentedCopy).Assembly]);
        while (pending.TryPop(out Assembly? assembly))
        {
            foreach (AssemblyName name in assembly.GetReferencedAssemblies())
            {
                if (name.Name!.StartsWith(OwnPrefix, StringComparison.Ordinal) && found.Add(name.Name)) pending.Push(Assembly.Load(name));
            }
        }

        return found;
    }
}
