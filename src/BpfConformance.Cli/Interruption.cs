using System.Runtime.InteropServices;

namespace BpfConformance.Cli;

/// <summary>
/// Ctrl-C and SIGTERM: work is asked to end, so that what is done already is reported; what cannot hear it in time
/// (a read that blocks, a long run) is ended with the process.
/// </summary>
internal sealed class Interruption : IDisposable
{
    /// <summary>For what has only to say how far it came.</summary>
    public static readonly TimeSpan UsualGrace = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly TextWriter _error;
    private readonly TimeSpan _grace;
    private readonly Action? _hurry;
    private int _asked;
    private Timer? _end;

    /// <param name="error">Where it is said that work was ended.</param>
    /// <param name="grace">How long work may take to end by itself. Who asks twice does not wait for it.</param>
    /// <param name="hurry">Has work end at once that has something to say even then, for who asks a second time; <c>null</c>: it is ended with the process.</param>
    public Interruption(TextWriter error, TimeSpan grace, Action? hurry)
    {
        (_error, _grace, _hurry) = (error, grace, hurry);
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
        switch (Interlocked.Increment(ref _asked))
        {
            case 1:
                _end = new Timer(_ => End(), state: null, _grace, Timeout.InfiniteTimeSpan); // before anything that takes time: who asks again finds it
                _source.Cancel();
                break;
            case 2 when _hurry is not null:
                _hurry();
                _end?.Change(UsualGrace, Timeout.InfiniteTimeSpan);
                break;
            default:
                End();
                break;
        }
    }

    private void End()
    {
        _error.WriteLine("bpfconf: interrupted");
        Environment.Exit(ExitCode.Interrupted);
    }
}
