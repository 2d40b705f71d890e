using System.Runtime.InteropServices;

namespace BpfConformance.Cli;

/// <summary>
/// Ctrl-C and SIGTERM: work is asked to end, so that what is done already is reported; what cannot hear it in time
/// (a read that blocks, a long run) is ended with the process.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly TextWriter _error;
    private Timer? _end;

    public Interruption(TextWriter error)
    {
        _error = error;
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM])
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, OnSignal));
        }
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _end?.Dispose();
        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_source.IsCancellationRequested) End();
        _source.Cancel();
        _end ??= new Timer(_ => End(), state: null, s_grace, Timeout.InfiniteTimeSpan);
    }

    private void End()
    {
        _error.WriteLine("bpfconf: interrupted");
        Environment.Exit(ExitCode.Interrupted);
    }
}
