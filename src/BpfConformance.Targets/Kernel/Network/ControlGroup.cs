using System.Globalization;
using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Network;

/// <summary>
/// A control group (v2) of one thread, below that of the process. Unlike a descriptor it outlives its process: groups that nobody holds a lock
/// of any more are removed by the next that makes one. Process numbers would not tell them apart: workers have namespaces of their own for these.
/// </summary>
internal sealed class ControlGroup : IDisposable
{
    private const string Prefix = "bpfconf-";

    /// <summary>A group below the other.</summary>
    private const string OutsideName = "/outside";

    private readonly FileDescriptor _hierarchy;
    private readonly string _parent;
    private readonly string _path;
    private FileDescriptor? _outside;

    private ControlGroup(FileDescriptor hierarchy, string parent, string path, FileDescriptor folder) =>
        (_hierarchy, _parent, _path, Folder, Id) = (hierarchy, parent, path, folder, IdOf(folder));

    /// <summary>By which bpf(2) names it.</summary>
    public FileDescriptor Folder { get; }

    /// <summary>The number by which the kernel knows it, and programs do.</summary>
    public ulong Id { get; }

    /// <summary>The descriptor of the group, or of another.</summary>
    /// <exception cref="TargetException">There is no other.</exception>
    public int DescriptorOf(ControlGroupKind kind) => kind switch
    {
        ControlGroupKind.Group => Folder.Number,
        ControlGroupKind.Outside => (_outside ??= OpenNew(_path + OutsideName)).Number,
    };

    /// <summary>Makes a group, and moves the calling thread there.</summary>
    /// <exception cref="TargetException">It is refused.</exception>
    public static ControlGroup EnterNew()
    {
        FileDescriptor hierarchy = DetachedMount.Of("cgroup2");
        try
        {
            string process = File.ReadLines("/proc/self/cgroup").FirstOrDefault(line => line.StartsWith("0::", StringComparison.Ordinal))?[3..] ?? string.Empty;
            string parent = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{hierarchy.Number}{process.TrimEnd('/')}");
            using FileDescriptor makers = Native.OpenFolder(parent);
            Native.Lock(makers); // what another is making has no lock yet
            RemoveOrphans(parent);
            return EnterNew(hierarchy, parent, string.Create(CultureInfo.InvariantCulture, $"{parent}/{Prefix}{Guid.NewGuid():N}"));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or TargetException)
        {
            hierarchy.Dispose();
            throw new TargetException($"no control group of its own: {problem.Message}", problem);
        }
    }

    public void Dispose()
    {
        _outside?.Dispose();
        Folder.Dispose();
        Leave(_parent, _path);
        _hierarchy.Dispose();
    }

    /// <summary>What fails leaves nothing behind.</summary>
    private static ControlGroup EnterNew(FileDescriptor hierarchy, string parent, string path)
    {
        Directory.CreateDirectory(path);
        FileDescriptor? folder = null;
        try
        {
            File.WriteAllText($"{path}/cgroup.type", "threaded");
            folder = Native.OpenFolder(path);
            Native.Lock(folder);
            Move(path);
            return new ControlGroup(hierarchy, parent, path, folder);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or TargetException)
        {
            folder?.Dispose();
            TryTo(() => Remove(path));
            throw;
        }
    }

    /// <summary>That of the folder's inode (fs/kernfs/inode.c, 6.18, <c>kernfs_init_inode</c>).</summary>
    private static unsafe ulong IdOf(FileDescriptor folder)
    {
        const int EmptyPath = 0x1000; // AT_EMPTY_PATH
        const uint Inode = 0x100; // STATX_INO
        const int ResultBytes = 256, InodePosition = 32; // struct statx
        byte* result = stackalloc byte[ResultBytes];
        byte nothing = 0;
        return Native.statx(folder.Number, &nothing, EmptyPath, Inode, result) == 0 ? *(ulong*)(result + InodePosition) : throw Native.Failed("statx");
    }

    /// <summary>0 is the calling thread.</summary>
    private static void Move(string path) => File.WriteAllText($"{path}/cgroup.threads", "0");

    /// <summary>A thread that may not move back ends soon, and then the group is an orphan.</summary>
    private static void Leave(string parent, string path) => TryTo(() =>
    {
        Move(parent);
        Remove(path);
    });

    private static void RemoveOrphans(string parent)
    {
        foreach (string path in Directory.EnumerateDirectories(parent, Prefix + "*")) TryTo(() =>
        {
            using FileDescriptor folder = Native.OpenFolder(path);
            if (Native.TryLock(folder)) Remove(path);
        });
    }

    private static void Remove(string path)
    {
        if (Directory.Exists(path + OutsideName)) Directory.Delete(path + OutsideName);
        Directory.Delete(path);
    }

    private static FileDescriptor OpenNew(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            return Native.OpenFolder(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new TargetException($"no second control group: {problem.Message}", problem);
        }
    }

    private static void TryTo(Action action)
    {
        try
        {
            action();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or TargetException)
        {
            // A thread is in it, or another process was faster: who makes the next group removes it.
        }
    }
}
