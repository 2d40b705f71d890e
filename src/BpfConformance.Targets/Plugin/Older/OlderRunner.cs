using System.Text;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Processes;

namespace BpfConformance.Targets.Plugin.Older;

/// <summary>How one process of the older protocol ended.</summary>
public enum OlderEnd
{
    /// <summary>With a result.</summary>
    Result,

    /// <summary>With another exit code: the program was rejected, or it faulted.</summary>
    Error,

    TookTooLong,

    /// <summary>By a signal, or with what is no result.</summary>
    Broke,
}

/// <summary>What it gave.</summary>
/// <param name="End">How it ended.</param>
/// <param name="R0">The result; <c>null</c>: there is none.</param>
/// <param name="Message">Of any other end; empty for a result.</param>
public sealed record OlderAnswer(OlderEnd End, ulong? R0, string Message);

/// <summary>Runs programs with plug-ins of the older protocol, a process for each run.</summary>
public sealed class OlderRunner(PluginSettings settings) : IDisposable
{
    /// <summary>A result has at most eighteen characters, and an error is for people.</summary>
    private const int MaxOutput = 1 << 16;

    /// <summary>Characters of what it printed, in a message.</summary>
    private const int MaxShown = 200;

    private static readonly TimeSpan s_closing = TimeSpan.FromMilliseconds(250);

    private readonly string _mark = StrayProcesses.NewMark();

    /// <exception cref="TargetException">No process can be started.</exception>
    public OlderAnswer Run(ReadOnlySpan<byte> program, ReadOnlyMemory<byte> memory)
    {
        byte[] input = Encoding.ASCII.GetBytes(OlderText.Bytes(program) + '\n');
        ChildCommand command = memory.IsEmpty
            ? settings.Command
            : settings.Command with { Arguments = [OlderText.Bytes(memory.Span), .. settings.Command.Arguments] };
        for (int kills = 0; ; kills++)
        {
            using var child = ChildProcess.Start(command, _mark);
            if (!Exchange(child, input)) return new OlderAnswer(OlderEnd.TookTooLong, null, $"did not answer in {settings.Limit.TotalSeconds:0.###} s");
            ChildEnd? end = child.WaitForEnd(Deadline.After(s_closing));
            if (end is { IsFromOutside: true } && kills < PluginTarget.MaxKills) continue;
            return Answer(child, end);
        }
    }

    public void Dispose() => StrayProcesses.EndMarked(_mark);

    /// <summary>Whether it closed its output in time, or wrote more than anybody wants.</summary>
    private bool Exchange(ChildProcess child, ReadOnlySpan<byte> input)
    {
        var deadline = Deadline.After(settings.Limit);
        while (!child.HasClosedOutput && child.Received.Waiting.Length <= MaxOutput)
        {
            if (deadline.IsOver) return false;
            if (input.IsEmpty || child.HasClosedInput) child.CloseInput();
            input = child.HasClosedInput ? [] : input[child.Exchange(input, deadline)..];
            if (child.HasClosedInput) child.Exchange([], deadline);
        }

        return true;
    }

    private static OlderAnswer Answer(ChildProcess child, ChildEnd? end)
    {
        string output = Encoding.UTF8.GetString(child.Received.Waiting).Trim();
        if (child.Received.Waiting.Length > MaxOutput) return new OlderAnswer(OlderEnd.Broke, null, $"printed more than {MaxOutput} bytes");
        string errors = child.LastErrors;
        if (end is not { Signal: 0 } ended)
        {
            string what = end is null ? "closed its output and goes on" : $"{end}";
            return new OlderAnswer(OlderEnd.Broke, null, errors.Length > 0 ? $"{what}; it said: {errors}" : what);
        }

        if (ended.ExitCode != 0)
        {
            string text = output.Length > 0 ? Plain(output) : errors;
            return new OlderAnswer(OlderEnd.Error, null, text.Length > 0 ? text : $"{ended}");
        }

        return OlderText.Result(output) is { } r0
            ? new OlderAnswer(OlderEnd.Result, r0, string.Empty)
            : new OlderAnswer(OlderEnd.Broke, null, $"printed '{Plain(output)}', expected hexadecimal digits");
    }

    private static string Plain(string text) => PlainText.Of(text[..Math.Min(text.Length, MaxShown)]);
}
