using System.Diagnostics;

namespace BpfConformance.Harnesses.Supervision;

/// <summary>A worker, as its supervisor sees it.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;
    private readonly Stopwatch _sinceProgress = Stopwatch.StartNew();
    private long _executions;

    public WorkerProcess(string program, WorkerArguments arguments)
    {
        File.Delete(arguments.Board);
        Board = new Board(arguments.Board);
        _process = Process.Start(new ProcessStartInfo(program, arguments.ToArray()) { UseShellExecute = false, RedirectStandardInput = true })!; // a program, not a document
    }

    public Board Board { get; }

    public bool HasEnded => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>How long it has been with one input.</summary>
    public TimeSpan SinceProgress
    {
        get
        {
            if (Board.Executions == _executions && Board.Running is not null) return _sinceProgress.Elapsed;
            _executions = Board.Executions;
            _sinceProgress.Restart();
            return TimeSpan.Zero;
        }
    }

    public void End()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    public void Dispose()
    {
        End();
        _process.Dispose();
        Board.Dispose();
    }
}
