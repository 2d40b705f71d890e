using BpfConformance.Harnesses.Coverage;

namespace BpfConformance.Harnesses.Supervision;

/// <summary>
/// Starts workers in an instrumented copy of this program, and watches them: of one that breaks, or does not come back, the input is saved, and
/// another takes its place.
/// </summary>
/// <param name="options">What was asked for.</param>
/// <param name="output">Where failures and progress are told.</param>
/// <param name="cancellation">Ends it.</param>
internal sealed class Supervisor(FuzzOptions options, TextWriter output, CancellationToken cancellation)
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);

    /// <summary>The first run of a worker waits for .NET's compiler, and everything is slower when counted.</summary>
    private static readonly TimeSpan s_longestRun = TimeSpan.FromSeconds(10);

    private readonly HashSet<string> _broken = new(StringComparer.Ordinal);
    private readonly ProgressLine _line = new(options.Title, output);
    private Progress _ended;
    private int _breaks;

    /// <summary>Fuzzes until its time is over.</summary>
    public int Fuzz(WorkerTask task) => Run(task, options.Jobs, options.Time);

    /// <summary>Makes the corpus smaller.</summary>
    public int Merge() => Run(WorkerTask.Merge, 1, limit: null);

    private int Run(WorkerTask task, int jobs, TimeSpan? limit)
    {
        using InstrumentedCopy copy = InstrumentedCopy.Make(FuzzFolders.Root);
        string boards = options.Folders.Temporary("boards");
        Directory.CreateDirectory(boards);
        var workers = new WorkerProcess?[jobs];
        WorkerProcess Start(int job) => new(copy.Program, new WorkerArguments(
            task, options.Harness.Name, options.Seed + job, options.Folders.Corpus.Path, Path.Combine(boards, $"{job}")));
        try
        {
            for (int job = 0; job < jobs; job++) workers[job] = Start(job);
            while (!cancellation.IsCancellationRequested && !(_line.Elapsed >= limit) && Array.Exists(workers, worker => worker is not null))
            {
                cancellation.WaitHandle.WaitOne(s_look);
                for (int job = 0; job < jobs; job++)
                {
                    if (workers[job] is not { } worker || cancellation.IsCancellationRequested || !IsOver(worker)) continue;
                    bool isUsage = worker.ExitCode == ExitCode.Usage;
                    bool goesOn = worker.ExitCode != ExitCode.Success && !isUsage && SaveBroken(worker);
                    Forget(worker);
                    workers[job] = goesOn ? Start(job) : null;
                    if (isUsage) return ExitCode.Usage;
                }

                if (task != WorkerTask.Merge) _line.TellWhenDue(() => Total(workers));
            }

            if (task != WorkerTask.Merge) _line.Tell(Total(workers));
            return Total(workers).Failures > 0 ? ExitCode.Failure : ExitCode.Success;
        }
        finally
        {
            foreach (WorkerProcess? worker in workers) worker?.Dispose();
            Directory.Delete(boards, recursive: true);
        }
    }

    private static bool IsOver(WorkerProcess worker)
    {
        if (worker.SpentOnRun() > s_longestRun) worker.End();
        return worker.HasEnded;
    }

    /// <summary>Saves the input that a worker did not survive; whether another would get further.</summary>
    private bool SaveBroken(WorkerProcess worker)
    {
        _breaks++;
        if (worker.Board.Running is not { } input)
        {
            output.WriteLine($"{options.Harness.Name}: a worker ended with {worker.ExitCode}, and not within a run");
            return false;
        }

        bool isHang = worker.SpentOnRun() > s_longestRun;
        string what = isHang ? $"does not end in {s_longestRun.TotalSeconds:0} s of processor time" : $"ended the process with {worker.ExitCode}";
        string file = options.Folders.Failures.Save(input, isHang ? Failures.HangPrefix : Failures.Prefix);
        Failures.Tell(output, options.Harness.Name, what, file, input.Length);
        return _broken.Add(file);
    }

    private void Forget(WorkerProcess worker)
    {
        _ended = Sum(_ended, worker);
        worker.Dispose();
    }

    private Progress Total(WorkerProcess?[] workers)
    {
        Progress total = _ended;
        foreach (WorkerProcess? worker in workers)
        {
            if (worker is not null) total = Sum(total, worker);
        }

        return total with { Inputs = options.Folders.Corpus.Files.Count(), Failures = total.Failures + _breaks };
    }

    private static Progress Sum(Progress sum, WorkerProcess worker) => new(
        sum.Executions + worker.Board.Executions, sum.Inputs, Math.Max(sum.Edges, worker.Board.Edges), sum.Failures + worker.Board.Failures);
}
