using BpfConformance.Harnesses.Coverage;
using BpfConformance.Harnesses.LibFuzzer;
using BpfConformance.Harnesses.Managed;
using SharpFuzz;

namespace BpfConformance.Harnesses.Supervision;

/// <summary>The process in which instrumented code runs. It may break: its supervisor saves the input that did it, and starts another.</summary>
internal static class Worker
{
    public const string Verb = "worker";

    public static int Run(WorkerArguments arguments, TextWriter output, TextWriter error)
    {
        try
        {
            CoverageCheck.Run();
            Harness harness = HarnessList.Find(arguments.Harness);
            if (arguments.Task == WorkerTask.Afl) RunForAfl(harness);
            else Run(arguments, harness, output);
            return ExitCode.Success;
        }
        catch (UsageException wrong)
        {
            error.WriteLine($"bpfconf-fuzz: {wrong.Message}");
            return ExitCode.Usage;
        }
    }

    private static void Run(WorkerArguments arguments, Harness harness, TextWriter output)
    {
        EndWithSupervisor();
        using var board = new Board(arguments.Board);
        var folders = new FuzzFolders(harness.Name, arguments.Corpus);
        var runner = new InputRunner(harness, board);
        var failures = new Failures(runner, folders.Failures, output);
        switch (arguments.Task)
        {
            case WorkerTask.Managed:
                var fuzzer = new ManagedFuzzer(runner, folders.Corpus, failures, arguments.Seed);
                fuzzer.Load(folders.Seeds);
                fuzzer.Load(folders.Corpus);
                fuzzer.Run(() => true);
                break;

            case WorkerTask.LibFuzzer:
                LibFuzzerLoop.Run(runner, folders, failures, arguments.Seed);
                break;

            case WorkerTask.Merge:
                (int before, int after) = CorpusCover.Reduce(folders.Corpus, runner, failures);
                output.WriteLine($"{harness.Name}: {after} of {before} inputs in '{folders.Corpus.Path}' show what all of them showed");
                break;
        }
    }

    /// <summary>AFL gives each input on standard input, and takes an exception for a crash; its inputs it keeps itself.</summary>
    private static void RunForAfl(Harness harness)
    {
        using var input = new MemoryStream();
        Fuzzer.Run(stream =>
        {
            input.SetLength(0);
            stream.CopyTo(input);
            harness.Run(input.GetBuffer().AsSpan(0, (int)input.Length));
        });
    }

    /// <summary>A supervisor that is no more has closed the input of its workers.</summary>
    private static void EndWithSupervisor() => new Thread(() =>
    {
        while (Console.In.Read() >= 0)
        {
        }

        Environment.Exit(ExitCode.Success);
    })
    { IsBackground = true }.Start();
}
