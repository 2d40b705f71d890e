using System.Diagnostics;
using BpfConformance.Engine.Targets;
using Microsoft.Win32.SafeHandles;

namespace BpfConformance.Targets.Kernel;

/// <summary>
/// Linux's <c>net.core.bpf_jit_harden</c>: with 2 the JIT blinds the constants of every program that is loaded. It is one setting of the whole machine, so only who has locked
/// the state file sets it, and writes there before what it was: whoever locks it next puts back what one that was killed has left.
/// </summary>
public sealed class JitHardening : IDisposable
{
    /// <summary>In the network namespace of the machine only; who has opened it may still write it in another.</summary>
    private const string SettingFile = "/proc/sys/net/core/bpf_jit_harden";

    /// <summary>Where nothing is left when the machine starts, as of the setting.</summary>
    private const string StateFile = "/run/bpfconf-jit-harden";

    private const int LongestValue = 16;

    /// <summary>A case has it for some milliseconds.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(2);

    private readonly SafeFileHandle _setting;
    private readonly string _stateFile;

    private JitHardening(SafeFileHandle setting, string stateFile) => (_setting, _stateFile) = (setting, stateFile);

    /// <summary>Of the setting, for a child that inherits it.</summary>
    public int Descriptor => (int)_setting.DangerousGetHandle();

    /// <summary>Opens the setting, and puts back what one that was killed has left.</summary>
    /// <exception cref="TargetException">It cannot be written here.</exception>
    public static JitHardening Open(string settingFile = SettingFile, string stateFile = StateFile)
    {
        try
        {
            var hardening = new JitHardening(File.OpenHandle(settingFile, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite), stateFile);
            using (FileStream state = hardening.Lock()) hardening.PutBack(state);
            return hardening;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw Trouble(problem);
        }
    }

    /// <summary>The setting that a parent has opened.</summary>
    /// <param name="descriptor">Its <see cref="Descriptor"/>.</param>
    public static JitHardening OfParent(int descriptor) => new(new SafeFileHandle(descriptor, ownsHandle: true), StateFile);

    /// <summary>Has constants blinded until what is returned is disposed. One that has it waits for no other in the same thread.</summary>
    /// <exception cref="TargetException">It cannot be written, or another has it for too long.</exception>
    public IDisposable Set()
    {
        FileStream state = Lock();
        try
        {
            PutBack(state);
            Span<byte> value = stackalloc byte[LongestValue];
            value = value[..RandomAccess.Read(_setting, value, fileOffset: 0)];
            RandomAccess.Write(state.SafeFileHandle, value, fileOffset: 0);
            RandomAccess.Write(_setting, "2\n"u8, fileOffset: 0);
            return new Held(this, state);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            state.Dispose();
            throw Trouble(problem);
        }
    }

    /// <summary>Puts back what one that was killed has left; one that lives does so itself.</summary>
    public void PutBack()
    {
        if (!File.Exists(_stateFile) || TryLock(out _) is not { } state) return;
        using (state) PutBack(state);
    }

    public void Dispose() => _setting.Dispose();

    private static TargetException Trouble(Exception problem) => new($"net.core.bpf_jit_harden cannot be set: {problem.Message}", problem);

    private void PutBack(FileStream state)
    {
        Span<byte> value = stackalloc byte[LongestValue];
        value = value[..RandomAccess.Read(state.SafeFileHandle, value, fileOffset: 0)];
        if (value.IsEmpty) return;
        RandomAccess.Write(_setting, value, fileOffset: 0);
        RandomAccess.SetLength(state.SafeFileHandle, 0);
    }

    private FileStream Lock()
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            if (TryLock(out IOException? problem) is { } state) return state;
            if (Stopwatch.GetElapsedTime(start) > s_limit) throw Trouble(problem!); // there is no lock
            Thread.Sleep(1);
        }
    }

    private FileStream? TryLock(out IOException? problem)
    {
        problem = null;
        try
        {
            return new FileStream(_stateFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException locked)
        {
            problem = locked;
            return null;
        }
    }

    private sealed class Held(JitHardening hardening, FileStream state) : IDisposable
    {
        public void Dispose()
        {
            using (state) hardening.PutBack(state);
        }
    }
}
