using System.Diagnostics;

namespace BpfConformance.Harnesses.Supervision;

/// <summary>A worker, as its supervisor sees it.</summary>
internal sealed class WorkerProcess : IDisposable
{
    /// <summary>Hexadecimal digits, as .NET reads it: who wants more for one input has a bug, and says so by an exception.</summary>
    private const string HeapLimit = "80000000";

    private readonly Process _process;
    private TimeSpan _progress;
    private TimeSpan _spent;
    private long _executions;

    public WorkerProcess(string program, int job, WorkerArguments arguments)
    {
        Job = job;
        File.Delete(arguments.Board);
        Board = new Board(arguments.Board);
        var start = new ProcessStartInfo(program, arguments.ToArray()) { UseShellExecute = false, RedirectStandardInput = true };
        start.Environment["DOTNET_GCHeapHardLimit"] = HeapLimit;
        _process = Process.Start(start)!; // a program, not a document
    }

    /// <summary>Which of those that work at the same time.</summary>
    public int Job { get; }

    public Board Board { get; }

    public bool HasEnded => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Processor time that it has spent on the input that it is running; what others take from it is not its fault.</summary>
    public TimeSpan SpentOnRun()
    {
        if (_process.HasExited) return _spent;
        _process.Refresh();
        TimeSpan now = _process.TotalProcessorTime;
        if (Board.Executions != _executions || Board.Running is null) (_executions, _progress) = (Board.Executions, now);
        return _spent = now - _progress;
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
