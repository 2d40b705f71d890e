using System.CommandLine;
using System.CommandLine.Parsing;
using BpfConformance.Engine.Findings;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets;
using BpfConformance.Targets.Kernel;
using BpfConformance.Targets.Plugin;
using BpfConformance.Targets.Processes;

namespace BpfConformance.Cli;

/// <summary>The options with which verbs are told what to run on.</summary>
/// <param name="hasChildren">Whether that may be in another process: a worker or a plug-in.</param>
/// <param name="usual">Where none is asked for; <c>null</c>: all that are available.</param>
internal sealed class TargetOptions(bool hasChildren = true, string[]? usual = null)
{
    private const double MaxSeconds = 3600;

    private readonly Option<string[]> _targets = new("--target")
    {
        Description = $"Targets, separated by commas: {Expected(hasChildren)}{(hasChildren ? " (workers are processes of their own)" : string.Empty)}. Default: {(usual is null ? "all that are available" : string.Join(", ", usual))}.",
        HelpName = "NAME,…",
    };

    private readonly Option<string> _arguments = new("--plugin-args")
    {
        Description = "Arguments for plug-ins, as one word: split at spaces, but not within double quotes",
        HelpName = "\"ARG…\"",
    };

    private readonly Option<double?> _seconds = new("--plugin-timeout")
    {
        Description = $"Seconds that a plug-in may take for an answer. Default: {PluginSettings.DefaultLimit.TotalSeconds}",
        HelpName = "SECONDS",
    };

    private readonly Option<string> _protocol = new("--protocol")
    {
        Description = $"What plug-ins speak: {Bpfconf} (conformance/PROTOCOL.md) or {BpfConformance}. Default: they are asked.",
        HelpName = "NAME",
    };

    private readonly Option<bool> _harden = new("--jit-harden")
    {
        Description = $"Constants in the kernel's compiled code are blinded meanwhile ({JitHardening.Text}, a setting of the whole machine; it is put back at the end)",
    };

    private static string Expected(bool hasChildren) => hasChildren ? $"{Names}, {TargetRegistry.WorkerPrefix}NAME, {PluginEntry.Prefix}PATH" : Names;

    private static string Names => string.Join(", ", TargetRegistry.All.Select(entry => entry.Name));

    private const string Bpfconf = "bpfconf";
    private const string BpfConformance = "bpf_conformance";

    public void AddTo(Command command)
    {
        command.Add(_targets);
        command.Add(_harden);
        if (!hasChildren) return;
        command.Add(_arguments);
        command.Add(_seconds);
        command.Add(_protocol);
    }

    /// <exception cref="UsageException">They ask for what there is not.</exception>
    public TargetSelection Selection(ParseResult parsed)
    {
        List<TargetEntry> entries = [.. TargetSelection.Names(parsed.GetResult(_targets) is { Implicit: false } ? parsed.GetValue(_targets) : usual).Select(name => Entry(name, parsed))];
        bool hasPlugin = entries.Any(entry => TargetRegistry.Find(entry.Name) is null);
        foreach (Option option in (Option[])[_arguments, _seconds, _protocol])
        {
            if (parsed.GetResult(option) is not null && !hasPlugin) throw new UsageException($"{option.Name} is for plug-ins, and none is asked for: --target {PluginEntry.Prefix}PATH");
        }

        var selection = TargetSelection.Of(entries);
        if (IsHardened(parsed) && !selection.AllNames.Any(FindingInspector.IsKernel)) throw new UsageException($"{_harden.Name} is for the kernel, which is none of the targets");
        return selection;
    }

    /// <summary>Whether constants are to be blinded. A campaign's workers are told, too, for what they file; they set nothing.</summary>
    public bool IsHardened(ParseResult parsed) => parsed.GetValue(_harden);

    /// <summary>As <see cref="Harden(bool, IEnumerable{string})"/>, where the command line asks for it.</summary>
    public JitHardening? Harden(ParseResult parsed, TargetSelection selection) => Harden(IsHardened(parsed), selection.AllNames);

    /// <summary>As <see cref="Harden(bool, IEnumerable{string})"/>, where the <see cref="Arguments"/> of a campaign ask for it.</summary>
    public JitHardening? Harden(IEnumerable<string> arguments, IEnumerable<string> targets) => Harden(arguments.Contains(_harden.Name), targets);

    /// <summary>The same options for another process of this program; paths in them are whole.</summary>
    public IEnumerable<string> Arguments(ParseResult parsed)
    {
        foreach (string name in TargetSelection.Names(parsed.GetValue(_targets) ?? usual))
        {
            foreach (string word in (string[])[_targets.Name, Whole(name)]) yield return word;
        }

        foreach (string word in PluginArguments(parsed)) yield return word;
        if (IsHardened(parsed)) yield return _harden.Name;
    }

    /// <summary>Of them those without which a command that asks all targets would not ask one; empty: it would.</summary>
    /// <param name="parsed">They are as given there.</param>
    /// <param name="target">Its name.</param>
    public string OptionsFor(string target, ParseResult parsed)
    {
        if (TargetRegistry.All.Any(entry => entry.Name == target)) return string.Empty;
        string name = TargetSelection.Names(parsed.GetValue(_targets)).First(each => Entry(each, parsed).Name == target);
        IEnumerable<string> words = [_targets.Name, Whole(name), .. IsPlugin(name) ? PluginArguments(parsed) : []];
        return string.Join(' ', words.Select(QuotedForShell));
    }

    /// <summary>Has constants blinded until it is disposed; <c>null</c>: nobody asks for it, and what a command that was killed has left is put back.</summary>
    /// <exception cref="TargetException">It cannot be set.</exception>
    private static JitHardening? Harden(bool isAskedFor, IEnumerable<string> targets)
    {
        if (isAskedFor) return JitHardening.Set();
        if (targets.Any(FindingInspector.IsKernel)) JitHardening.PutBackLeft();
        return null;
    }

    /// <summary>What of it is given; <c>null</c>: nothing.</summary>
    public string? FirstGiven(ParseResult parsed) =>
        ((Option[])[_targets, _arguments, _seconds, _protocol, _harden]).FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })?.Name;

    private IEnumerable<string> PluginArguments(ParseResult parsed)
    {
        foreach (Option option in (Option[])[_arguments, _seconds, _protocol])
        {
            if (parsed.GetResult(option) is not { Tokens: [{ Value: var word }] }) continue;
            yield return $"{option.Name}={word}"; // a value may begin with a dash
        }
    }

    /// <summary>A word as a shell takes it for one.</summary>
    private static string QuotedForShell(string word) =>
        word.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_=:./,+@".Contains(letter, StringComparison.Ordinal)) ? word : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    private static bool IsPlugin(string name) => name.StartsWith(PluginEntry.Prefix, StringComparison.Ordinal);

    /// <summary>The same, whatever folder it is read in.</summary>
    private static string Whole(string name) => IsPlugin(name) ? PluginEntry.Prefix + Path.GetFullPath(name[PluginEntry.Prefix.Length..]) : name;

    private TargetEntry Entry(string name, ParseResult parsed)
    {
        bool isPlugin = IsPlugin(name);
        if (!hasChildren && (isPlugin || name.StartsWith(TargetRegistry.WorkerPrefix, StringComparison.Ordinal)))
        {
            throw new UsageException($"'{name}' is not timed: its runs go through a pipe, which would be timed with them; expected one of {Names}");
        }

        if (!isPlugin)
        {
            return TargetRegistry.Find(name)
                ?? throw new UsageException($"there is no target '{name}', expected one of {Expected(hasChildren)}");
        }

        string path = name[PluginEntry.Prefix.Length..];
        if (path.Length == 0) throw new UsageException($"'{name}' names no file, expected {PluginEntry.Prefix}PATH");
        string line = parsed.GetValue(_arguments) ?? string.Empty;
        if (line.Count('"') % 2 != 0) throw new UsageException($"--plugin-args {line}: expected a second double quote for each");
        string[] arguments = [.. CommandLineParser.SplitCommandLine(line)];
        double seconds = parsed.GetValue(_seconds) ?? PluginSettings.DefaultLimit.TotalSeconds;
        if (!(seconds > 0 && seconds <= MaxSeconds)) throw new UsageException($"--plugin-timeout {seconds}: expected more than 0, and at most {MaxSeconds}");
        var settings = new PluginSettings(new ChildCommand(Path.GetFullPath(path), [.. arguments]), TimeSpan.FromSeconds(seconds));
        return PluginEntry.Of(settings, ProtocolOf(parsed.GetValue(_protocol)));
    }

    private static PluginProtocolKind? ProtocolOf(string? word) => word switch
    {
        null => null,
        Bpfconf => PluginProtocolKind.Bpfconf,
        BpfConformance => PluginProtocolKind.BpfConformance,
        _ => throw new UsageException($"there is no protocol '{word}', expected {Bpfconf} or {BpfConformance}"),
    };
}
