using System.Collections.Concurrent;
using System.Collections.Immutable;
using BpfConformance.Abi.Network;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Network;

/// <summary>
/// A network namespace and a control group that belong to one thread: what is attached there concerns nobody else. The namespace ends with
/// the thread, and so with the process, however that ends.
/// </summary>
internal sealed class PrivateNetwork : IDisposable
{
    private const int NewNetwork = 0x40000000; // CLONE_NEWNET (uapi linux/sched.h)

    private readonly BlockingCollection<Task> _work = [];
    private readonly Thread _thread;
    private readonly Lazy<ControlGroup> _group = new(ControlGroup.EnterNew); // which keeps why there is none
    private readonly Lazy<FileDescriptor> _task = new(OpenTask);
    private readonly Lazy<FileDescriptor> _file = new(() => MemoryFile.Create("bpfconf file"));
    private readonly Lazy<Socket> _idleSocket = new(Socket.Create);
    private readonly Lazy<FileDescriptor> _namespace = new(OpenNamespace);
    private TargetException? _answers;

    private PrivateNetwork() => _thread = new Thread(Work) { IsBackground = true, Name = "private network" };

    /// <summary>The devices of <see cref="CaseNetwork"/>, in its order.</summary>
    public ImmutableArray<TapDevice> Devices { get; private set; } = [];

    /// <summary>The device of a place.</summary>
    public TapDevice DeviceAt(NetworkPlace place) => Devices[(int)place];

    /// <summary>The control group of the thread; sockets that it makes belong to it.</summary>
    public ControlGroup Group => _group.Value;

    /// <summary>The thread, by a pidfd.</summary>
    public FileDescriptor ThreadDescriptor => _task.Value;

    /// <summary>A file in memory, which has no name.</summary>
    public FileDescriptor File => _file.Value;

    /// <summary>A socket that does nothing.</summary>
    public Socket IdleSocket => _idleSocket.Value;

    /// <summary>By which bpf(2) names the network.</summary>
    public FileDescriptor Namespace => _namespace.Value;

    /// <exception cref="TargetException">This process may not have one; the message says why.</exception>
    public static PrivateNetwork Create()
    {
        var network = new PrivateNetwork();
        network._thread.Start();
        try
        {
            network.Do(network.Enter);
            return network;
        }
        catch (TargetException)
        {
            network.Dispose();
            throw;
        }
    }

    /// <exception cref="TargetException">The host answers packets that nobody receives, which steps in the network would show.</exception>
    public void CheckSilent()
    {
        if (_answers is not null) throw new TargetException(_answers.Message, _answers);
    }

    /// <summary>Does something on the thread, and waits for it. What it throws is thrown here.</summary>
    public void Do(Action action) => Await(new Task(action));

    /// <summary>The same of what has a result.</summary>
    public T Do<T>(Func<T> function)
    {
        var task = new Task<T>(function);
        Await(task);
        return task.Result;
    }

    public void Dispose()
    {
        _work.Add(new Task(Leave));
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    /// <summary>That of the calling thread.</summary>
    private static unsafe FileDescriptor OpenNamespace()
    {
        fixed (byte* path = "/proc/thread-self/ns/net\0"u8)
        {
            int fd = Native.open(path, Native.OpenReadOnlyCloseOnExec);
            return fd >= 0 ? new FileDescriptor(fd) : throw Native.Failed("the network namespace");
        }
    }

    private void Work()
    {
        foreach (Task task in _work.GetConsumingEnumerable()) task.RunSynchronously();
    }

    private void Await(Task task)
    {
        _work.Add(task);
        task.GetAwaiter().GetResult();
    }

    private void Enter()
    {
        if (Native.unshare(NewNetwork) != 0) throw Native.Failed("unshare of the network");
        Silence();
        foreach (string name in (string[])["ip_forward", "conf/all/rp_filter", "conf/default/rp_filter"]) Settings.Write("net/ipv4/" + name, "0"); // as they may be in the first network
        foreach (string name in (string[])["low", "high"]) Settings.Write($"net/ipv4/ipfrag_{name}_thresh", "0"); // fragments are dropped, and none waits for others
        Settings.Write("net/ipv4/conf/lo/forwarding", "1"); // routes are looked up as of what would be forwarded from there
        foreach (NetworkDevice device in CaseNetwork.Devices) Devices = Devices.Add(TapDevice.Create(device)); // those that there are must be closed
        Interfaces.TurnOn("lo");
    }

    /// <summary>No errors on what nobody receives. Networks have the settings for it of their own since 6.12 (net/ipv4/sysctl_net_ipv4.c).</summary>
    private void Silence()
    {
        try
        {
            Settings.Write("net/ipv4/icmp_msgs_per_sec", "0");
            Settings.Write("net/ipv4/icmp_msgs_burst", "0");
        }
        catch (TargetException problem)
        {
            _answers = problem;
        }
    }

    private void Leave()
    {
        foreach (TapDevice device in Devices) device.Dispose();
        if (_idleSocket.IsValueCreated) _idleSocket.Value.Dispose();
        if (_file.IsValueCreated) _file.Value.Dispose();
        if (_task.IsValueCreated) _task.Value.Dispose();
        if (_group.IsValueCreated) _group.Value.Dispose();
        if (_namespace.IsValueCreated) _namespace.Value.Dispose();
    }

    /// <summary>Of the calling thread, which need not be the first of its process (PIDFD_THREAD, 6.9).</summary>
    private static unsafe FileDescriptor OpenTask()
    {
        const int GetTid = 186, PidfdOpen = 434, Thread = 0x80;
        nint fd = Native.syscall(PidfdOpen, Native.syscall(GetTid, 0, null, 0), (void*)Thread, 0);
        return fd >= 0 ? new FileDescriptor((int)fd) : throw Native.Failed("pidfd_open");
    }
}
