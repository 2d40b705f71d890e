using BpfConformance.Engine.Campaigns;
using Spectre.Console;

namespace BpfConformance.Cli.Campaigns;

/// <summary>Shows how a campaign goes on, on standard error: lines that stay in place in a terminal; elsewhere one every few seconds.</summary>
internal sealed class CampaignDisplay(StatusText text, TextWriter error)
{
    private static readonly TimeSpan s_betweenFrames = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_betweenLines = TimeSpan.FromSeconds(5);

    /// <summary>Over which rates are measured, at least.</summary>
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(3);

    private readonly Queue<CampaignState> _states = new();
    private TimeSpan _next;

    /// <summary>Shows while something is done.</summary>
    /// <param name="work">It calls what it is given again and again.</param>
    public T During<T>(Func<Action<CampaignState>, T> work)
    {
        bool isTerminal = ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected;
        if (!isTerminal) return work(state => Show(state, s_betweenLines, rates => error.WriteLine(text.Line(state, rates))));

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        return console.Live(Text.Empty).AutoClear(true).Start(context => work(
            state => Show(state, s_betweenFrames, rates => context.UpdateTarget(Frame(text.Lines(state, rates), console.Profile.Width, console.Profile.Height)))));
    }

    private void Show(CampaignState state, TimeSpan between, Action<CampaignRates> show)
    {
        if (_states.Count == 0) _next = state.Elapsed + between;
        _states.Enqueue(state);
        while (_states.Count > 2 && state.Elapsed - _states.ElementAt(1).Elapsed >= s_window) _states.Dequeue();
        if (state.Elapsed < _next) return;
        _next = state.Elapsed + between;
        show(CampaignRates.Between(_states.Peek(), state));
    }

    /// <summary>What is wider or higher than the terminal is cut: it is drawn over itself.</summary>
    private static Rows Frame(IEnumerable<string> lines, int width, int height) =>
        new(lines.Take(Math.Max(1, height - 1)).Select(line => new Text(Terminal.Cut(line, width))));
}
