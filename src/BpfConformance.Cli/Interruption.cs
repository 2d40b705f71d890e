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
    private Timer? _end;

    /// <param name="error">Where it is said that work was ended.</param>
    /// <param name="grace">How long work may take to end by itself. Who asks twice does not wait for it.</param>
    public Interruption(TextWriter error, TimeSpan grace)
    {
        (_error, _grace) = (error, grace);
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
        _end ??= new Timer(_ => End(), state: null, _grace, Timeout.InfiniteTimeSpan);
    }

    private void End()
    {
        _error.WriteLine("bpfconf: interrupted");
        Environment.Exit(ExitCode.Interrupted);
    }
}
