using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace BpfConformance.Harnesses.Afl;

/// <summary>One afl-fuzz, and its part of the folder that all write to.</summary>
internal sealed class AflFuzzer : IDisposable
{
    public const string Command = "afl-fuzz";

    private const string Package = "afl++";
    private const int LinesKept = 12;
    private const int InterruptSignal = 2;

    private static readonly TimeSpan s_ending = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly string _folder;
    private readonly Queue<string> _said = new();

    /// <param name="output">The folder that all write to.</param>
    /// <param name="name">Of its part.</param>
    /// <param name="options">Up to the one that takes the name.</param>
    /// <param name="target">What it runs.</param>
    public AflFuzzer(string output, string name, string[] options, string[] target)
    {
        _folder = Path.Combine(output, name);
        var start = new ProcessStartInfo(Command, [.. options, name, "-o", output, "--", .. target])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // What is run is no C that AFL has compiled, and it has nothing to ask.
        foreach (string setting in (string[])["AFL_SKIP_BIN_CHECK", "AFL_SKIP_CPUFREQ", "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES", "AFL_NO_AFFINITY", "AFL_NO_UI"])
        {
            start.Environment[setting] = "1";
        }

        _process = NativeTool.Start(start, Package);
        _process.OutputDataReceived += Hear;
        _process.ErrorDataReceived += Hear;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public bool HasEnded => _process.HasExited;

    /// <summary>The inputs that it keeps.</summary>
    public InputFolder Queue => new(Path.Combine(_folder, "queue"));

    /// <summary>Inputs after which its target said no, beside a file of words about them.</summary>
    public IEnumerable<string> Crashes => new InputFolder(Path.Combine(_folder, "crashes")).Files.Where(file => Path.GetFileName(file).StartsWith("id:", StringComparison.Ordinal));

    public string LastWords
    {
        get
        {
            lock (_said) return string.Join('\n', _said);
        }
    }

    /// <summary>What it says of itself: once a minute, and when it ends.</summary>
    public (long Executions, int Edges) Stats()
    {
        string file = Path.Combine(_folder, "fuzzer_stats");
        if (!File.Exists(file)) return default;
        string[][] stats = [.. File.ReadLines(file).Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))];
        long Value(string name) => Array.Find(stats, pair => pair[0] == name) is [_, { } text] && long.TryParse(text, CultureInfo.InvariantCulture, out long value) ? value : 0;
        return (Value("execs_done"), (int)Value("edges_found"));
    }

    /// <summary>Lets it write down what it has.</summary>
    public void End()
    {
        if (_process.HasExited) return;
        _ = Kill(_process.Id, InterruptSignal);
        if (!_process.WaitForExit(s_ending)) _process.Kill(entireProcessTree: true);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);

    private void Hear(object sender, DataReceivedEventArgs heard)
    {
        lock (_said)
        {
            _said.Enqueue(heard.Data ?? string.Empty);
            if (_said.Count > LinesKept) _said.Dequeue();
        }
    }
}
