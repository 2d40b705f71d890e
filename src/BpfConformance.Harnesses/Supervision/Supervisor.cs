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
    private readonly List<WorkerProcess> _workers = [];
    private readonly string _boards = options.Folders.Temporary("boards");
    private Progress _ended;
    private int _breaks;

    /// <summary>Fuzzes until its time is over.</summary>
    public int Fuzz(WorkerTask task) => Run(task, options.Jobs, new ProgressLine(options.Title, output));

    /// <summary>Makes the corpus smaller.</summary>
    public int Merge() => Run(WorkerTask.Merge, jobs: 1, new ProgressLine(options.Title, TextWriter.Null));

    private int Run(WorkerTask task, int jobs, ProgressLine line)
    {
        using InstrumentedCopy copy = InstrumentedCopy.Make(FuzzFolders.Root);
        Directory.CreateDirectory(_boards);
        try
        {
            line.Begin();
            for (int job = 0; job < jobs; job++) _workers.Add(Start(copy, task, job));
            while (_workers.Count > 0 && !cancellation.IsCancellationRequested && !(line.Elapsed >= options.Time))
            {
                cancellation.WaitHandle.WaitOne(s_look);
                foreach (WorkerProcess worker in _workers.FindAll(IsOver))
                {
                    if (worker.ExitCode == ExitCode.Usage) return ExitCode.Usage;
                    if (cancellation.IsCancellationRequested) break;
                    Replace(worker, copy, task);
                }

                line.TellWhenDue(Total);
            }

            line.Tell(Total());
            return Total().Failures > 0 ? ExitCode.Failure : ExitCode.Success;
        }
        finally
        {
            _workers.ForEach(worker => worker.Dispose());
            Directory.Delete(_boards, recursive: true);
        }
    }

    private WorkerProcess Start(InstrumentedCopy copy, WorkerTask task, int job) => new(copy.Program, job, new WorkerArguments(
        task, options.Harness.Name, options.Seed + job, options.Folders.Corpus.Path, Path.Combine(_boards, $"{job}")));

    /// <summary>One that has done its work leaves; one that broke, for another.</summary>
    private void Replace(WorkerProcess worker, InstrumentedCopy copy, WorkerTask task)
    {
        bool goesOn = worker.ExitCode != ExitCode.Success && SaveBroken(worker);
        _ended = Sum(_ended, worker);
        _workers.Remove(worker);
        worker.Dispose();
        if (goesOn) _workers.Add(Start(copy, task, worker.Job));
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

    private Progress Total()
    {
        Progress total = _workers.Aggregate(_ended, Sum);
        return total with { Inputs = options.Folders.Corpus.Files.Count(), Failures = total.Failures + _breaks };
    }

    private static Progress Sum(Progress sum, WorkerProcess worker) => new(
        sum.Executions + worker.Board.Executions, sum.Inputs, Math.Max(sum.Edges, worker.Board.Edges), sum.Failures + worker.Board.Failures);
}
