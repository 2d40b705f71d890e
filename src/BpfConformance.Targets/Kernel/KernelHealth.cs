using System.Security.Cryptography;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Kernel;

/// <summary>
/// What the kernel says of itself, in its taint and in its log, after what it was made to do. Another worker's program may have
/// done it, when it was there at the same moment.
/// </summary>
internal sealed class KernelHealth(string taintFile, string logFile) : IDisposable
{
    /// <summary>TAINT_WARN: a WARN was reached.</summary>
    private const ulong Warning = 1 << 9;

    private readonly TaintWatch _taint = new(taintFile);
    private readonly KernelLog? _log = KernelLog.TryOpen(logFile);
    private string? _stopped;

    /// <summary>For <c>bpfconf targets</c>.</summary>
    public CapabilityProbe Probe() => new(
        "kernel log",
        _log is not null,
        _log is null ? $"{logFile} may not be read" : $"{logFile} is watched for what the kernel finds wrong in itself");

    /// <summary>Nothing that a tainted kernel answers proves anything.</summary>
    /// <exception cref="TargetException">It became tainted before.</exception>
    public void CheckUsable()
    {
        if (_stopped is not null) throw new TargetException(_stopped);
    }

    /// <summary>What is wrong since it was last asked; <c>null</c>: nothing.</summary>
    /// <param name="program">What was loaded or run.</param>
    public TargetException? ProblemWith(BpfProgram program)
    {
        ulong bits = _taint.NewBits;
        string? line = _log?.NextProblem();
        if (bits == 0 && line is null) return null;

        string hash = Convert.ToHexStringLower(SHA256.HashData(program.ToBytes()))[..16];
        string said = line is null ? string.Empty : $"; its log says: {line}";

        // The verifier warns of what it has just corrected, or refused the program for, and only the first time (verifier_bug, WARN_ONCE): nothing else is broken.
        if (bits == Warning && line is not null && line.Contains(KernelLog.VerifierBug, StringComparison.Ordinal))
        {
            _taint.Accept(bits);
            bits = 0;
        }

        if (bits == 0) return new TargetException($"the kernel found something wrong in itself with program {hash}{said}") { IsCrash = true };

        _stopped = $"the kernel became tainted (new bits 0x{bits:x}) with program {hash}; it is not used any more{said}";
        return new TargetException(_stopped) { IsCrash = true };
    }

    public void Dispose()
    {
        _taint.Dispose();
        _log?.Dispose();
    }
}
