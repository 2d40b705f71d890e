using System.Security.Cryptography;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Kernel;

/// <summary>
/// What the kernel says of itself, in its taint and in its log, after what it was made to do. Another worker's program may have
/// done it, when it was there at the same moment; of this process only the first who looks is told, as others look when they have something
/// else in hand.
/// </summary>
internal sealed class KernelHealth(string taintFile, string logFile) : IDisposable
{
    /// <summary>By log: the last record that somebody here was told.</summary>
    private static readonly Dictionary<string, long> s_told = [];

    private readonly KernelSigns _signs = new(taintFile, logFile);
    private string? _stopped;

    /// <summary>For <c>bpfconf targets</c>.</summary>
    public CapabilityProbe Probe() => new(
        "kernel log",
        _signs.HasLog,
        _signs.HasLog ? $"{logFile} is watched for what the kernel finds wrong in itself" : $"{logFile} may not be read");

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
        (ulong bits, IReadOnlyList<KernelRecord> records) = _signs.Next();
        string? line = null;
        foreach (KernelRecord record in records)
        {
            if (IsNews(record.Number)) line ??= record.Text;
        }

        if (bits == 0 && line is null) return null;

        string hash = Convert.ToHexStringLower(SHA256.HashData(program.ToBytes()))[..16];
        string said = line is null ? string.Empty : $"; its log says: {line}";
        if (bits == 0) return new TargetException($"the kernel found something wrong in itself with program {hash}{said}") { IsCrash = true };

        _stopped = $"{KernelSigns.Tainted} (new bits 0x{bits:x}) with program {hash}; it is not used any more{said}";
        return new TargetException(_stopped) { IsCrash = true };
    }

    public void Dispose() => _signs.Dispose();

    private bool IsNews(long record)
    {
        lock (s_told)
        {
            if (s_told.TryGetValue(logFile, out long last) && record <= last) return false;
            s_told[logFile] = record;
            return true;
        }
    }
}
