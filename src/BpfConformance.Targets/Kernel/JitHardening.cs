using BpfConformance.Engine.Targets;
using Microsoft.Win32.SafeHandles;

namespace BpfConformance.Targets.Kernel;

/// <summary>
/// Linux's <c>net.core.bpf_jit_harden</c> at 2 until this is disposed or the process exits: the JIT blinds the constants of every program that is loaded. It is one setting of the
/// whole machine. So only who has locked the state file sets it, and keeps there what it was before: what one that was killed has left, the next puts back.
/// </summary>
public sealed class JitHardening : IDisposable
{
    /// <summary>What is set, as sysctl(8) has it.</summary>
    public const string Text = "net.core.bpf_jit_harden = 2";

    /// <summary>In the network namespace of the machine only (net/core/sysctl_net_core.c, 6.18, <c>net_core_table</c>).</summary>
    public const string SettingFile = "/proc/sys/net/core/bpf_jit_harden";

    /// <summary>Where nothing is left when the machine starts, as of the setting.</summary>
    public const string StateFile = "/run/bpfconf-jit-harden";

    private const int LongestValue = 16;

    /// <summary>EWOULDBLOCK, of a file that somebody else has locked.</summary>
    private const int Locked = 11;

    private readonly Lock _gate = new(); // a process exits in a thread of its own
    private readonly SafeFileHandle _setting;
    private readonly SafeFileHandle _state;

    private JitHardening(SafeFileHandle setting, SafeFileHandle state)
    {
        (_setting, _state) = (setting, state);
        AppDomain.CurrentDomain.ProcessExit += OnExit;
    }

    /// <exception cref="TargetException">Somebody else has it, or it cannot be written here.</exception>
    public static JitHardening Set(string settingFile = SettingFile, string stateFile = StateFile)
    {
        SafeFileHandle? setting = null;
        SafeFileHandle? state = null;
        try
        {
            setting = OpenSetting(settingFile);
            state = Lock(stateFile, FileMode.OpenOrCreate);
            PutBack(setting, state);
            RandomAccess.Write(state, ValueOf(setting), fileOffset: 0);
            var hardening = new JitHardening(setting, state);
            RandomAccess.Write(setting, "2\n"u8, fileOffset: 0);
            return hardening;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            setting?.Dispose();
            state?.Dispose();
            string why = problem.HResult == Locked ? "another command has set it, and puts it back when it ends" : problem.Message;
            throw new TargetException($"{Text} cannot be set: {why}", problem);
        }
    }

    /// <summary>Puts back what one that was killed has left. One that lives does so itself, and who may not write it leaves it to somebody who may.</summary>
    public static void PutBackLeft(string settingFile = SettingFile, string stateFile = StateFile)
    {
        if (new FileInfo(stateFile) is not { Exists: true, Length: > 0 }) return;
        try
        {
            using SafeFileHandle state = Lock(stateFile, FileMode.Open);
            using SafeFileHandle setting = OpenSetting(settingFile);
            PutBack(setting, state);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_state.IsClosed) return;
            AppDomain.CurrentDomain.ProcessExit -= OnExit;
            PutBack(_setting, _state);
            _state.Dispose();
            _setting.Dispose();
        }
    }

    private void OnExit(object? sender, EventArgs arguments) => Dispose();

    private static void PutBack(SafeFileHandle setting, SafeFileHandle state)
    {
        byte[] before = ValueOf(state);
        if (before.Length == 0) return;
        RandomAccess.Write(setting, before, fileOffset: 0);
        RandomAccess.SetLength(state, 0);
    }

    private static byte[] ValueOf(SafeFileHandle file)
    {
        var value = new byte[LongestValue];
        return value[..RandomAccess.Read(file, value, fileOffset: 0)];
    }

    private static SafeFileHandle OpenSetting(string file) => File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);

    /// <summary>By flock(2), until it is closed.</summary>
    private static SafeFileHandle Lock(string file, FileMode mode) => File.OpenHandle(file, mode, FileAccess.ReadWrite, FileShare.None);
}
