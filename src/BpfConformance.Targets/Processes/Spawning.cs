using System.Collections;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Processes;

/// <summary>The pipes to a child that was started.</summary>
internal sealed record SpawnedChild(int Process, FileDescriptor Input, FileDescriptor Output, FileDescriptor Errors);

/// <summary>
/// Starts children: each leads a session of its own, so that it can be ended with all that it has started, and is
/// killed by the kernel when this process ends, whatever ends it.
/// </summary>
internal static unsafe class Spawning
{
    /// <summary>Kernel PR_SET_PDEATHSIG is about the thread that made the child: this one lives as long as the process.</summary>
    private static readonly Lazy<BlockingCollection<Action>> s_work = new(StartThread);

    private static readonly Lazy<string?> s_setpriv = new(() => ChildCommand.Tool("setpriv"));

    /// <summary>Whether children also end when this process is killed before it can end them.</summary>
    public static bool BindsToThisProcess => s_setpriv.Value is not null;

    /// <param name="command">What to start.</param>
    /// <param name="variables">Added to the environment.</param>
    /// <exception cref="TargetException">It cannot be started.</exception>
    public static SpawnedChild Start(ChildCommand command, params ReadOnlySpan<(string Name, string Value)> variables)
    {
        if (command.Problem is { } problem) throw new TargetException(problem);
        if (s_setpriv.Value is { } setpriv) command = command.Through(setpriv, "--pdeathsig", "KILL", "--");
        byte*[] arguments = [.. Strings([command.Path, .. command.Arguments])];
        byte*[] environment = [.. Strings(Environment(variables))];
        try
        {
            var started = new TaskCompletionSource<SpawnedChild>();
            s_work.Value.Add(() => Complete(started, arguments, environment));
            return started.Task.GetAwaiter().GetResult();
        }
        finally
        {
            foreach (byte* text in arguments) NativeMemory.Free(text);
            foreach (byte* text in environment) NativeMemory.Free(text);
        }
    }

    private static BlockingCollection<Action> StartThread()
    {
        // Who is asked to end in the middle of something disposes of nothing.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => StrayProcesses.EndAllMarked();
        var work = new BlockingCollection<Action>();
        new Thread(WorkOff) { IsBackground = true, Name = "starts children" }.Start();
        return work;

        void WorkOff()
        {
            foreach (Action each in work.GetConsumingEnumerable()) each();
        }
    }

    private static void Complete(TaskCompletionSource<SpawnedChild> started, byte*[] arguments, byte*[] environment)
    {
        try
        {
            started.SetResult(Spawn(arguments, environment));
        }
        catch (TargetException trouble)
        {
            started.SetException(trouble);
        }
    }

    private static SpawnedChild Spawn(byte*[] arguments, byte*[] environment)
    {
        (FileDescriptor childInput, FileDescriptor input) = Pipe();
        (FileDescriptor output, FileDescriptor childOutput) = Pipe();
        (FileDescriptor errors, FileDescriptor childErrors) = Pipe();
        int error;
        using (childInput)
        using (childOutput)
        using (childErrors)
        {
            foreach (FileDescriptor own in (FileDescriptor[])[input, output, errors])
            {
                _ = ChildNative.fcntl(own.Number, ChildNative.SetFileFlags, ChildNative.NonBlocking); // of a pipe's end: cannot fail
            }

            int process;
            error = Spawn(&process, arguments, environment, [childInput.Number, childOutput.Number, childErrors.Number]);
            if (error == 0) return new SpawnedChild(process, input, output, errors);
        }

        input.Dispose();
        output.Dispose();
        errors.Dispose();
        throw new TargetException($"'{Marshal.PtrToStringUTF8((nint)arguments[0])}' cannot be started: {Errnos.Name(error)}");
    }

    private static int Spawn(int* process, byte*[] arguments, byte*[] environment, int[] standard)
    {
        byte* actions = stackalloc byte[ChildNative.OpaqueBytes];
        byte* attributes = stackalloc byte[ChildNative.OpaqueBytes];
        byte* signals = stackalloc byte[ChildNative.SignalSetBytes];
        _ = ChildNative.posix_spawn_file_actions_init(actions);
        for (int i = 0; i < standard.Length; i++) _ = ChildNative.posix_spawn_file_actions_adddup2(actions, standard[i], i);

        // .NET ignores SIGPIPE, and a child would inherit that.
        _ = ChildNative.posix_spawnattr_init(attributes);
        _ = ChildNative.sigfillset(signals);
        _ = ChildNative.posix_spawnattr_setsigdefault(attributes, signals);
        _ = ChildNative.sigemptyset(signals);
        _ = ChildNative.posix_spawnattr_setsigmask(attributes, signals);
        _ = ChildNative.posix_spawnattr_setflags(
            attributes, ChildNative.SpawnSetSession | ChildNative.SpawnSetSignalDefaults | ChildNative.SpawnSetSignalMask);
        try
        {
            fixed (byte** argumentList = arguments)
            fixed (byte** environmentList = environment)
            {
                return ChildNative.posix_spawn(process, arguments[0], actions, attributes, argumentList, environmentList);
            }
        }
        finally
        {
            _ = ChildNative.posix_spawn_file_actions_destroy(actions);
            _ = ChildNative.posix_spawnattr_destroy(attributes);
        }
    }

    private static (FileDescriptor Read, FileDescriptor Write) Pipe()
    {
        int* ends = stackalloc int[2];
        return ChildNative.pipe2(ends, ChildNative.CloseOnExec) == 0
            ? (new FileDescriptor(ends[0]), new FileDescriptor(ends[1]))
            : throw new TargetException($"no pipe to a child: {Errnos.Name(Marshal.GetLastPInvokeError())}");
    }

    private static IEnumerable<string> Environment(ReadOnlySpan<(string Name, string Value)> added)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry each in System.Environment.GetEnvironmentVariables()) all[(string)each.Key] = (string?)each.Value ?? string.Empty;
        foreach ((string name, string value) in added) all[name] = value;
        return all.Select(each => $"{each.Key}={each.Value}");
    }

    /// <summary>As the C library wants them, with a null at the end; the caller frees them.</summary>
    private static byte*[] Strings(IEnumerable<string> texts)
    {
        var list = texts.Select(text => Encoding.UTF8.GetBytes(text)).ToList();
        var result = new byte*[list.Count + 1];
        for (int i = 0; i < list.Count; i++)
        {
            result[i] = (byte*)NativeMemory.AllocZeroed((nuint)list[i].Length + 1);
            list[i].CopyTo(new Span<byte>(result[i], list[i].Length));
        }

        return result;
    }
}
