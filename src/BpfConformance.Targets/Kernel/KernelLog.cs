using System.Runtime.InteropServices;
using System.Text;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>
/// Watches what the kernel writes to its log from now on (/dev/kmsg, Documentation/ABI/testing/dev-kmsg): not everything
/// that goes wrong in a verifier taints. One read per look, as long as nothing is written.
/// </summary>
internal sealed unsafe class KernelLog : IDisposable
{
    public const string Path = "/dev/kmsg";

    /// <summary>What the verifier says where it finds itself in a state that it should not be in: there, and to who loads a program (include/linux/bpf_verifier.h, 6.18).</summary>
    public const string VerifierBug = "verifier bug";

    /// <summary>The longest record of the kernel (PRINTKRB_RECORD_MAX, 1024 of text), its prefix and its dictionary.</summary>
    private const int RecordBytes = 8192;

    /// <summary>EPIPE: what was to be read next is not there any more; the next read goes on after it.</summary>
    private const int BrokenPipe = 32;

    /// <summary>Three bits of level, then the facility: 0 is the kernel, and a program cannot write as it.</summary>
    private const int FirstOfPrograms = 8;

    /// <summary>The faults of processes stand there, too: <c>traps: NAME[PID] general protection fault ip:…</c>.</summary>
    private static readonly string[] s_words =
    [
        VerifierBug, "REG INVARIANTS VIOLATION", "WARNING: ", "BUG: ", "Oops: ", "UBSAN: ", "general protection fault:", "general protection fault, ",
    ];

    private readonly FileDescriptor _file;
    private readonly byte[] _record = new byte[RecordBytes];

    private KernelLog(FileDescriptor file) => _file = file;

    /// <summary>From the end of what is there; <c>null</c>: it may not be read here.</summary>
    public static KernelLog? TryOpen(string path = Path)
    {
        int fd;
        fixed (byte* zeroTerminated = Encoding.UTF8.GetBytes(path + '\0'))
        {
            fd = Native.open(zeroTerminated, Native.OpenReadOnlyCloseOnExec | Native.OpenNonBlocking);
        }

        if (fd < 0) return null;
        var file = new FileDescriptor(fd);
        if (Native.lseek(fd, 0, Native.SeekEnd) >= 0) return new KernelLog(file);
        file.Dispose();
        return null;
    }

    /// <summary>The records since the last look that speak of something broken, in their order.</summary>
    public IReadOnlyList<KernelRecord> NextProblems()
    {
        List<KernelRecord>? problems = null;
        nint count;
        do
        {
            fixed (byte* start = _record) count = Native.read(_file.Number, start, RecordBytes);
            if (count > 0) AddProblems(Encoding.UTF8.GetString(_record, 0, (int)count), ref problems);
        }
        while (count > 0 || (count < 0 && Marshal.GetLastPInvokeError() == BrokenPipe));
        return problems ?? (IReadOnlyList<KernelRecord>)[];
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Those that the kernel itself wrote and that speak of something broken.</summary>
    /// <param name="records">Each with its prefix, <c>priority,sequence,time,flags;</c>, and lines of its dictionary, which begin with a space.</param>
    /// <param name="problems">Where to; <c>null</c>: there were none so far.</param>
    private static void AddProblems(string records, ref List<KernelRecord>? problems)
    {
        foreach (string line in records.Split('\n'))
        {
            int text = line.IndexOf(';', StringComparison.Ordinal);
            if (text < 0 || line[..text].Split(',') is not [{ } first, { } second, ..]) continue;
            bool isOfTheKernel = int.TryParse(first, out int priority) && priority < FirstOfPrograms;
            if (!isOfTheKernel || !long.TryParse(second, out long number)) continue;
            if (s_words.Any(word => line.Contains(word, StringComparison.Ordinal))) (problems ??= []).Add(new KernelRecord(number, line[(text + 1)..]));
        }
    }
}

/// <summary>A line that the kernel wrote to its log.</summary>
/// <param name="Number">In the order in which they were written; the same for who reads it too.</param>
/// <param name="Text">Without its prefix.</param>
internal readonly record struct KernelRecord(long Number, string Text);
