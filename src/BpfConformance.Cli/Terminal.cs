using Spectre.Console;

namespace BpfConformance.Cli;

/// <summary>Tables and progress for people; plain lines where nobody watches.</summary>
internal static class Terminal
{
    /// <summary>Columns to write to: in a narrow terminal lines go over its edge, but nothing is left out.</summary>
    private const int UnlimitedWidth = 4096;

    /// <summary>Characters of a line of text in a terminal, though it be wider.</summary>
    private const int LongestLine = 140;

    /// <summary>Characters of a line of text where it is not known who reads it.</summary>
    private const int UsualWidth = 80;

    public static bool IsErrorRedirected => Console.IsErrorRedirected;

    /// <summary>A console that writes to <paramref name="writer"/>, with colors only if that is a terminal.</summary>
    public static IAnsiConsole Over(TextWriter writer)
    {
        bool isTerminal = IsTerminal(writer);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        });
        console.Profile.Width = UnlimitedWidth;
        return console;
    }

    private static bool IsTerminal(TextWriter writer) =>
        (ReferenceEquals(writer, Console.Out) && !Console.IsOutputRedirected) || (ReferenceEquals(writer, Console.Error) && !Console.IsErrorRedirected);

    /// <summary>A line that no terminal of a width wraps: of a longer one the words that fit, and a mark.</summary>
    public static string Cut(string line, int width)
    {
        string plain = line.ReplaceLineEndings(" ").Replace('\t', ' ');
        if (plain.Length < width) return plain;
        int room = Math.Max(0, width - 2); // beside the mark; what fills the last column is wrapped by some
        int end = plain.LastIndexOf(' ', room);
        return $"{plain.AsSpan(0, end >= room / 2 ? end : room)}…"; // of a long word more is told by its beginning
    }

    /// <summary>A table without lines that a pipe would have to cut away.</summary>
    public static Table Table(params string[] columns)
    {
        Table table = new Table().NoBorder();
        foreach (string column in columns) table.AddColumn(new TableColumn(new Text(column, new Style(decoration: Decoration.Bold))).NoWrap());
        return table;
    }

    public static void AddRow(this Table table, params string[] cells) =>
        table.AddRow(cells.Select(cell => new Text(cell)));

    /// <summary>A line that may be indented, on as many lines as it needs, indented like it.</summary>
    public static void WriteWrapped(TextWriter output, string line)
    {
        string text = line.TrimStart();
        WriteWrapped(output, line[..^text.Length], text);
    }

    /// <summary>Text behind a head, on as many lines as it needs: no wider than the terminal, as far as the head lets it.</summary>
    public static void WriteWrapped(TextWriter output, string head, string text)
    {
        int columns = IsTerminal(output) ? Math.Min(Console.WindowWidth, LongestLine) : UsualWidth;
        string line = head;
        foreach (string word in text.Split(' '))
        {
            if (line.Length > head.Length && line.Length + word.Length > columns)
            {
                output.WriteLine(line.TrimEnd());
                line = new string(' ', head.Length);
            }

            line += word + ' ';
        }

        output.WriteLine(line.TrimEnd());
    }

    /// <summary>Progress on standard error, a few times a second, and only where somebody sees it.</summary>
    public sealed class Progress(int total, string what = "cases") : IDisposable
    {
        private const int MillisecondsBetween = 200;
        private readonly bool _isShown = !Console.IsErrorRedirected;
        private readonly long _started = Environment.TickCount64;
        private long _shown = Environment.TickCount64;
        private int _width;

        public void Report(int done, int failed) => Report(done, $", {failed} failed");

        /// <param name="done">Of the total.</param>
        /// <param name="result">What came of them, with a comma before it; empty: nothing to tell.</param>
        public void Report(int done, string result = "")
        {
            long now = Environment.TickCount64;
            if (!_isShown || now - _shown < MillisecondsBetween) return;
            _shown = now;
            double rate = done / Math.Max(0.001, (now - _started) / 1000.0);
            string line = Cut($"{done}/{total}, {rate:F0} {what}/s{result}, {(total - done) / Math.Max(1, rate):F0} s left", Console.WindowWidth);
            Console.Error.Write($"\r{line.PadRight(_width)}");
            _width = line.Length;
        }

        public void Dispose()
        {
            if (_width > 0) Console.Error.Write($"\r{new string(' ', _width)}\r");
        }
    }
}
