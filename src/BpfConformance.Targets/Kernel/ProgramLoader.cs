using System.Text;
using BpfConformance.Abi;
using BpfConformance.Abi.Instructions;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>Loads programs: without a log first, as a log costs three times the load, and again with one to learn why not.</summary>
internal sealed unsafe class ProgramLoader : IDisposable
{
    private const int FirstLogBytes = 64 << 10;
    private const int StatesLogBytes = 1 << 20;
    private const int LastLogBytes = 64 << 20;
    private const int KeptLogBytes = 16 << 10;

    private readonly FunctionTypes _functionTypes = new();
    private byte[] _log = [];

    /// <param name="instructions">The program, map references resolved.</param>
    /// <param name="point">Its type and what belongs to it.</param>
    /// <param name="fds">fd_array; empty: none.</param>
    public LoadAnswer Load(ReadOnlySpan<Instruction> instructions, AttachPoint point, ReadOnlySpan<int> fds)
    {
        LoadAnswer silent = Decide(instructions, point, fds);
        if (silent.Program is not null) return silent;

        // A program that is too large to verify would be traced in a million lines; its message has no pc to look for.
        if (silent.Errno == (int)Errno.E2BIG)
        {
            LoadAnswer brief = Explain(instructions, point, fds, LogLevel.Messages);
            if (brief.Program is not null || brief.Log.Contains("BPF program is too large", StringComparison.Ordinal)) return brief;
        }

        LoadAnswer answer = Explain(instructions, point, fds, LogLevel.Trace);
        return answer.Program is null ? answer with { Errno = silent.Errno } : answer;
    }

    /// <summary>Loads without a log: for those whose question is only whether.</summary>
    public LoadAnswer Decide(ReadOnlySpan<Instruction> instructions, AttachPoint point, ReadOnlySpan<int> fds)
    {
        int result = Call(instructions, point, fds, LogLevel.None, log: [], out _);
        return result >= 0 ? Accepted(result) : new LoadAnswer(null, -result, string.Empty);
    }

    /// <summary>Loads with a log from the start, for programs whose rejection is what is asked about.</summary>
    /// <param name="instructions">The program, map references resolved.</param>
    /// <param name="point">Its type and what belongs to it.</param>
    /// <param name="fds">fd_array; empty: none.</param>
    /// <param name="level">What the log holds.</param>
    public LoadAnswer Explain(
        ReadOnlySpan<Instruction> instructions,
        AttachPoint point,
        ReadOnlySpan<int> fds,
        LogLevel level)
    {
        if (_log.Length == 0) _log = new byte[FirstLogBytes];
        while (true)
        {
            int result = Call(instructions, point, fds, level, _log, out uint trueBytes);
            if (result >= 0) return Accepted(result);

            // A log that does not fit is ENOSPC, whatever the program. Since 6.4 (commit 121664093803) its end is kept,
            // and that is where the reason stands; before, its start was kept.
            bool isCut = result == -(int)Errno.ENOSPC && trueBytes == 0;
            if (!isCut || _log.Length >= LastLogBytes) return new LoadAnswer(null, -result, EndOfLog());
            _log = new byte[_log.Length * 8];
        }
    }

    /// <summary>Loads with a log of all that the verifier believed.</summary>
    /// <param name="instructions">The program, map references resolved.</param>
    /// <param name="point">Its type and what belongs to it.</param>
    /// <param name="fds">fd_array; empty: none.</param>
    /// <param name="log">The log, or its start; until the next load.</param>
    /// <returns>The answer; where the log is too long it is ENOSPC, and says nothing of the program.</returns>
    public LoadAnswer Explore(ReadOnlySpan<Instruction> instructions, AttachPoint point, ReadOnlySpan<int> fds, out ReadOnlySpan<byte> log)
    {
        if (_log.Length < StatesLogBytes) _log = new byte[StatesLogBytes];
        int result = Call(instructions, point, fds, LogLevel.States, _log, out _);
        log = WrittenLog();
        return result >= 0 ? Accepted(result) : new LoadAnswer(null, -result, EndOfLog());
    }

    public void Dispose() => _functionTypes.Dispose();

    private static LoadAnswer Accepted(int fd) => new(new FileDescriptor(fd), 0, string.Empty);

    private int Call(
        ReadOnlySpan<Instruction> instructions,
        AttachPoint point,
        ReadOnlySpan<int> fds,
        LogLevel level,
        Span<byte> log,
        out uint trueBytes)
    {
        FunctionRecord[] functions = FunctionTypes.Of(instructions);
        fixed (FunctionRecord* functionRecords = functions)
        fixed (Instruction* code = instructions)
        fixed (int* fdArray = fds)
        fixed (byte* logBytes = log)
        fixed (byte* licenseBytes = Encoding.UTF8.GetBytes(point.License + '\0'))
        {
            if (logBytes is not null) logBytes[0] = 0;
            var attributes = new ProgLoadAttributes
            {
                ProgType = (uint)point.Type,
                InstructionCount = (uint)instructions.Length,
                Instructions = code,
                License = licenseBytes,
                LogLevel = (uint)level,
                LogBytes = (uint)log.Length,
                Log = logBytes,
                ProgFlags = (uint)point.Flags,
                ExpectedAttachType = (uint)point.AttachType,
                AttachBtfId = point.BtfId,
                FdArray = fdArray,
            };

            if (functions.Length > 0)
            {
                if (_functionTypes.TryLoad(out int errno) is not { } types)
                {
                    trueBytes = 0;
                    return -errno;
                }

                attributes.BtfFd = types.Number;
                attributes.FunctionRecordBytes = (uint)sizeof(FunctionRecord);
                attributes.FunctionRecords = functionRecords;
                attributes.FunctionCount = (uint)functions.Length;
            }

            int result = Bpf.Call(BpfCommand.ProgLoad, ref attributes);
            trueBytes = attributes.LogTrueBytes;
            return result;
        }
    }

    private ReadOnlySpan<byte> WrittenLog()
    {
        int end = _log.IndexOf((byte)0);
        return end < 0 ? _log : _log.AsSpan(0, end);
    }

    private string EndOfLog()
    {
        ReadOnlySpan<byte> log = WrittenLog();
        return Encoding.UTF8.GetString(log.Length > KeptLogBytes ? log[^KeptLogBytes..] : log);
    }
}
