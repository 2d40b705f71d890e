namespace BpfConformance.Reporting.Bench;

/// <summary>Writes what was measured as Markdown.</summary>
public static class BenchMarkdown
{
    public static void Write(BenchReport report, TextWriter writer)
    {
        Lines(writer, "# Speed", string.Empty);
        if (!report.IsComplete) Lines(writer, "**Interrupted: this is what was measured until then.**", string.Empty);
        WriteMachine(report.Machine, writer);
        foreach (FigureTable table in BenchTables.Of(report)) Lines(writer, $"## {table.Title}", string.Empty, table.ToMarkdown());
        WriteNotMeasured(report, writer);
        WriteGoals(report, writer);
        WriteMethod(report, writer);
        WritePeers(writer);
    }

    private static void WriteMachine(BenchMachine machine, TextWriter writer) => Lines(
        writer,
        "Written by `bpfconf bench --report FILE`. Figures of one machine are to be compared with each other, and with no others.",
        string.Empty,
        "| | |",
        "|:--|:--|",
        $"| Processor | {MarkdownText.Escape(machine.Cpu)}, {machine.Cores} {(machine.Cores == 1 ? "core" : "cores")} |",
        $"| System | {MarkdownText.Escape(machine.System)} |",
        $"| Runtime | {MarkdownText.Escape(machine.Runtime)} |",
        $"| Native | {(machine.Compiler is { } compiler ? $"{MarkdownText.Escape(compiler)}, -O2" : "not measured")} |",
        string.Empty);

    private static void WriteNotMeasured(BenchReport report, TextWriter writer)
    {
        if (report.NotMeasured.IsEmpty) return;
        Lines(writer, "## Not measured", string.Empty);
        foreach (NotMeasured each in report.NotMeasured)
        {
            string what = string.Join(" on ", new[] { each.Program, each.Target }.OfType<string>());
            Lines(writer, $"- {MarkdownText.Escape(what)}: {MarkdownText.Escape(each.Reason)}");
        }

        Lines(writer, string.Empty);
    }

    private static void WriteGoals(BenchReport report, TextWriter writer)
    {
        Lines(writer, "## Goals", string.Empty, "| Goal | Measured | |", "|:--|:--|:--|");
        foreach (BenchGoal goal in BenchGoals.Of(report))
        {
            string mark = goal.IsReached switch { true => "reached", false => "**missed**", null => "not measured" };
            Lines(writer, $"| {goal.Wanted} | {goal.Got} | {mark} |");
        }

        Lines(writer, string.Empty);
    }

    private static void WriteMethod(BenchReport report, TextWriter writer) => Lines(
        writer,
        "## How it was measured",
        string.Empty,
        "- The programs are C, under `conformance/programs/`: clang makes the instructions that all targets are given, gcc -O2 makes *native* of the same C.",
        "  Those with maps are text for the assembler, and are compared with the kernel: nothing native has maps. Maps are not restored; the sanitised reference",
        "  has shown that a second run leaves what the first one left. Their goals are their own.",
        "- Before a program is timed, all targets have returned what its vector states, and every way to run it that is timed gave the result and the",
        "  memory of the reference once more. What does not agree is not timed.",
        $"- Targets take turns, {report.RoundMilliseconds} ms each, for at least 5 rounds, and as many more, up to 20, as it takes until three in a row bring nothing new.",
        "  A run's figure is the least average over a fiftieth of a round. A load's is the least over a whole round, of the time that the thread had a",
        "  processor: what loads leave to be collected counts.",
        "- A run includes the call of the program and what sets up its registers: *native* is called in this process by a function pointer; the kernel repeats the",
        "  program without leaving the kernel and takes the time itself, in whole nanoseconds; the others run in this process on a machine that is there already.",
        "- Stacks are not cleared between runs: the sanitised reference has shown that nobody reads what was not written. Memory is not restored where it has shown",
        "  that runs then go on alike: the program leaves memory as it was, or as the run before left it, or takes back what the run before changed.",
        $"  Elsewhere{Restoring(report)} it is copied anew for each run, which counts; only the kernel then times each run alone, without the copy.",
        "- *checked* proves each access of memory and counts instructions; without it, only what a verifier has accepted may run. *sanitised* also follows",
        "  what was written and what derives from an address.",
        "- Loads are of programs in the mix that a compiler emits, with 64 bytes of memory and without loops, one after the other on one thread: from the",
        "  bytes to a program with a machine of its own, ready to run, and until both are gone. A run in between starts from cleared memory, and nothing of",
        "  it is read. Of the kernel these are the system calls alone, for up to 4,096 instructions; what it frees later, on threads of its own, does not count.",
        "- Generated cases are those of `bpfconf fuzz`: each is written, loaded and run on all inputs everywhere, and judged, on one thread. In the kernel each is loaded twice, as given and with an",
        "  end that shows its registers, which is what runs. The loop in C is given the same programs and inputs, loads and runs them as often, and compares what they leave.",
        string.Empty);

    private static string Restoring(BenchReport report)
    {
        string[] programs = [.. report.Runs.Where(run => run.RestoresMemory).Select(run => run.Program).Distinct()];
        return programs.Length == 0 ? string.Empty : $" (here: {string.Join(", ", programs)})";
    }

    private static void WritePeers(TextWriter writer) => Lines(
        writer,
        "## Other machines, measured elsewhere",
        string.Empty,
        "Not measured here, and not to be compared figure by figure: these are from another computer and from other programs of the same names and shapes, which",
        "were the same bytes for all of these machines. Multiples of gcc -O2's time, on 4 KiB of memory.",
        string.Empty,
        PeerSpeeds.Ratios.ToMarkdown(),
        PeerSpeeds.InWords);

    private static void Lines(TextWriter writer, params ReadOnlySpan<string> lines)
    {
        foreach (string line in lines) writer.Write(line + "\n");
    }
}
