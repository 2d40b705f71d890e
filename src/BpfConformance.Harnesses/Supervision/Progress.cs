using System.Diagnostics;
using System.Globalization;

namespace BpfConformance.Harnesses.Supervision;

/// <summary>What all workers have done so far.</summary>
/// <param name="Executions">Runs that have ended.</param>
/// <param name="Inputs">In the corpus.</param>
/// <param name="Edges">Counters that were raised, by the worker with the most; 0: the engine does not say.</param>
/// <param name="Failures">Kinds of failure.</param>
internal readonly record struct Progress(long Executions, int Inputs, int Edges, int Failures);

/// <summary>Says every few seconds how far it is, and at the end once more.</summary>
/// <param name="title">Which engine and harness.</param>
/// <param name="output">Where it is said.</param>
internal sealed class ProgressLine(string title, TextWriter output)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    private readonly Stopwatch _clock = new();
    private TimeSpan _next = s_interval;

    public TimeSpan Elapsed => _clock.Elapsed;

    /// <summary>What was made ready before does not count.</summary>
    public void Begin() => _clock.Start();

    public void TellWhenDue(Func<Progress> progress)
    {
        if (_clock.Elapsed < _next) return;
        _next = _clock.Elapsed + s_interval;
        Tell(progress());
    }

    public void Tell(Progress now)
    {
        double seconds = _clock.Elapsed.TotalSeconds;
        string edges = now.Edges > 0 ? $", {now.Edges} edges" : string.Empty;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{title}: {seconds:0} s, {now.Executions:#,0} runs ({now.Executions / seconds:#,0}/s), {now.Inputs} inputs{edges}, {now.Failures} failures"));
    }
}
