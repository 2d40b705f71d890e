using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using BpfConformance.Engine.Campaigns;
using BpfConformance.Harnesses.Afl;
using BpfConformance.Harnesses.LibFuzzer;
using BpfConformance.Harnesses.Supervision;

namespace BpfConformance.Harnesses;

/// <summary>The command line of <c>run-fuzz.sh</c>.</summary>
internal static class FuzzCommand
{
    private const int MostJobs = 64;

    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        try
        {
            ParseResult parsed = Create(output).Parse(args);
            if (parsed.Errors is [{ } wrong, ..]) throw new UsageException(MessageOf(wrong));
            return parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false }).GetAwaiter().GetResult();
        }
        catch (UsageException wrong)
        {
            error.WriteLine($"run-fuzz.sh: {wrong.Message}");
            error.WriteLine("run-fuzz.sh: './run-fuzz.sh --help' shows the usage");
            return ExitCode.Usage;
        }
    }

    /// <summary>Says that a number was expected; the library would name the type.</summary>
    private static string MessageOf(ParseError wrong) =>
        wrong.SymbolResult is OptionResult { Option: Option<int> { Name: var name }, Tokens: [{ Value: var word }] }
            ? $"{name} {word}: expected a whole number, at most {int.MaxValue}"
            : wrong.Message;

    private static RootCommand Create(TextWriter output)
    {
        var words = new Argument<string[]>("ENGINE HARNESS FILE…")
        {
            Arity = ArgumentArity.ZeroOrMore,
            Description = $"Engines: managed (a loop of our own, and the default), libfuzzer, afl. Harnesses: {string.Join("; ", HarnessList.All.Select(harness => $"{harness.Name}: {harness.Description}"))}. Of files, each is run once.",
        };
        var time = new Option<string>("--time") { Description = $"How long: {TimeText.Forms}. Default: until Ctrl-C", HelpName = "TIME" };
        var seed = new Option<int>("--seed") { Description = "Of all decisions", HelpName = "N", DefaultValueFactory = _ => 1 };
        var jobs = new Option<int>("--jobs") { Description = "Processes that share the corpus", HelpName = "N", DefaultValueFactory = _ => 1 };
        var corpus = new Option<string>("--corpus") { Description = $"Working corpus, a file for each input, for any engine. Default: {new FuzzFolders("HARNESS").Corpus.Path}", HelpName = "DIR" };
        var merge = new Option<bool>("--merge") { Description = "Take out of the corpus what the rest of it shows, too" };
        var seeds = new Option<string>("--make-seeds") { Description = "Make corpus/seeds anew, of the smallest cases of a suite", HelpName = "SUITE" };
        var command = new RootCommand("Coverage-guided fuzzing of this project's own code: any bytes give what they should or are refused, and nothing else happens.")
        {
            words, time, seed, jobs, corpus, merge, seeds,
        };
        command.SetAction((parsed, cancellation) =>
        {
            if (parsed.GetValue(seeds) is { } suite) return Task.FromResult(SeedFiles.Make(suite, output));
            (FuzzEngine engine, Harness harness, string[] files) = Named(parsed.GetValue(words) ?? []);
            if (files.Length > 0) return Task.FromResult(Replay(harness, files, output));
            var options = new FuzzOptions(engine, harness, TimeOf(parsed.GetValue(time)), parsed.GetValue(seed), JobsOf(parsed.GetValue(jobs)), CorpusOf(parsed.GetValue(corpus)));
            return Task.FromResult(parsed.GetValue(merge) ? new Supervisor(options, output, cancellation).Merge() : Fuzz(options, output, cancellation));
        });
        return command;
    }

    private static int Fuzz(FuzzOptions options, TextWriter output, CancellationToken cancellation)
    {
        switch (options.Engine)
        {
            case FuzzEngine.Managed:
                return new Supervisor(options, output, cancellation).Fuzz(WorkerTask.Managed);
            case FuzzEngine.LibFuzzer:
                LibFuzzerDriver.Build();
                return new Supervisor(options, output, cancellation).Fuzz(WorkerTask.LibFuzzer);
            case FuzzEngine.Afl:
                return new AflRun(options, output, cancellation).Run();
            default:
                throw new UnreachableException($"{options.Engine}");
        }
    }

    /// <summary>Runs files once, in this process, where nothing counts branches.</summary>
    private static int Replay(Harness harness, string[] files, TextWriter output)
    {
        int failed = 0;
        foreach (string file in files)
        {
            if (!File.Exists(file)) throw new UsageException(Directory.Exists(file) ? $"'{file}' is a folder, expected a file" : $"there is no file '{file}'");
            PropertyException? failure = new InputRunner(harness).Run(File.ReadAllBytes(file));
            output.WriteLine($"{file}: {(failure is null ? "nothing is wrong" : $"{failure.InnerException ?? failure}")}");
            if (failure is not null) failed++;
        }

        return failed > 0 ? ExitCode.Failure : ExitCode.Success;
    }

    /// <summary>An engine may be left out, and then a harness, too.</summary>
    private static (FuzzEngine Engine, Harness Harness, string[] Files) Named(string[] words)
    {
        FuzzEngine[] named = [.. Enum.GetValues<FuzzEngine>().Where(each => words is [{ } word, ..] && word == NameOf(each))];
        FuzzEngine engine = named.FirstOrDefault(FuzzEngine.Managed);
        return words[named.Length..] switch
        {
            [] => (engine, HarnessList.Default, []),
            [{ } word, ..] when named.Length == 0 && HarnessList.All.All(harness => harness.Name != word) => throw new UsageException(
                $"there is no engine or harness '{word}', expected one of {string.Join(", ", [.. Enum.GetValues<FuzzEngine>().Select(NameOf), .. HarnessList.All.Select(harness => harness.Name)])}"),
            [{ } harness, .. string[] files] => (engine, HarnessList.Find(harness), files),
        };
    }

    /// <summary>As on the command line.</summary>
    public static string NameOf(FuzzEngine engine) => engine switch
    {
        FuzzEngine.Managed => "managed",
        FuzzEngine.LibFuzzer => "libfuzzer",
        FuzzEngine.Afl => "afl",
    };

    private static string? CorpusOf(string? folder)
    {
        if (folder is null) return null;
        try
        {
            return Directory.CreateDirectory(folder).FullName;
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"--corpus {folder}: expected a folder that is there or can be made");
        }
    }

    private static int JobsOf(int jobs) => jobs is >= 1 and <= MostJobs ? jobs : throw new UsageException($"--jobs {jobs}: expected 1 to {MostJobs}");

    private static TimeSpan? TimeOf(string? text) =>
        text is null ? null : TimeText.TryParse(text) ?? throw new UsageException($"--time {text}: expected {TimeText.Expected}");
}
