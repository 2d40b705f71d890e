namespace BpfConformance.Targets.Kernel;

/// <summary>What the kernel says of itself since somebody began to watch, in its taint and in its log; who watches decides nothing else of it.</summary>
internal sealed class KernelSigns(string taintFile, string logFile) : IDisposable
{
    /// <summary>How every sentence about a kernel begins that is not used any more.</summary>
    public const string Tainted = "the kernel became tainted";

    /// <summary>TAINT_WARN: a WARN was reached.</summary>
    private const ulong Warning = 1 << 9;

    private readonly TaintWatch _taint = new(taintFile);
    private readonly KernelLog? _log = KernelLog.TryOpen(logFile);
    private bool _hasVerifierWarned;

    /// <summary>Whether the log may be read here.</summary>
    public bool HasLog => _log is not null;

    /// <summary>The bits after which nothing that it answers proves anything, 0: none; and the records since the last look that speak of something broken.</summary>
    public (ulong Bits, IReadOnlyList<KernelRecord> Records) Next()
    {
        ulong bits = _taint.NewBits; // before the log: it is set after that is written
        IReadOnlyList<KernelRecord> records = _log?.NextProblems() ?? [];
        foreach (KernelRecord record in records) _hasVerifierWarned |= record.Text.Contains(KernelLog.VerifierBug, StringComparison.Ordinal);

        // The verifier warns of what it has just corrected, or refused the program for, and only the first time (verifier_bug, WARN_ONCE): nothing else is broken.
        if (bits != Warning || !_hasVerifierWarned) return (bits, records);
        _taint.Accept(bits);
        return (0, records);
    }

    public void Dispose()
    {
        _taint.Dispose();
        _log?.Dispose();
    }
}
