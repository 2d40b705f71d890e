using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;

namespace BpfConformance.Runtime.Pinning;

/// <summary>
/// The file system in which maps and programs have names, so that several programs find them: bpffs (kernel/bpf/inode.c, 6.18). It holds
/// folders and pins, and a pin is the number of an object. Paths are names with a slash between them, from the root on.
/// </summary>
/// <param name="maps">Those that are numbered first; some may be pinned from the beginning.</param>
public sealed class BpfFileSystem(ImmutableArray<MapDefinition> maps)
{
    private readonly bool _beginsEmpty = maps.All(map => map.Pin is null);
    private readonly Node _root = new() { Children = new(StringComparer.Ordinal) };

    /// <summary>mkdir(2).</summary>
    public Errno MakeFolder(string path) => Add(path, new Node { Children = new(StringComparer.Ordinal) });

    /// <summary>BPF_OBJ_PIN.</summary>
    public Errno Pin(string path, int subject) => Add(path, new Node { Subject = subject });

    /// <summary>BPF_OBJ_GET.</summary>
    /// <param name="path">Where.</param>
    /// <param name="subject">The number of the object that is pinned there.</param>
    public Errno Get(string path, out int subject)
    {
        Errno error = Find(path, out _, out _, out Node? node);
        if (error == Errno.None && node is null) error = Errno.ENOENT;
        if (error == Errno.None && node!.IsFolder) error = Errno.EACCES;
        subject = error == Errno.None ? node!.Subject : -1;
        return error;
    }

    /// <summary>unlink(2) of a pin. The object stays as long as somebody has it.</summary>
    public Errno Unlink(string path) => Remove(path, node => node.IsFolder ? Errno.EISDIR : Errno.None);

    /// <summary>rmdir(2).</summary>
    public Errno RemoveFolder(string path) =>
        Remove(path, node => !node.IsFolder ? Errno.ENOTDIR : node.Children!.Count > 0 ? Errno.ENOTEMPTY : Errno.None);

    /// <summary>Everything becomes as it is in the beginning.</summary>
    public void Reset()
    {
        _root.Children!.Clear();
        if (!_beginsEmpty) PinnedMaps.Load(this, maps); // before every run, which else allocates nothing
    }

    private Errno Add(string path, Node added)
    {
        Errno error = Find(path, out Node folder, out string name, out Node? there);
        if (error != Errno.None) return error;
        if (there is not null) return Errno.EEXIST;
        folder.Children!.Add(name, added);
        return Errno.None;
    }

    private Errno Remove(string path, Func<Node, Errno> check)
    {
        Errno error = Find(path, out Node folder, out string name, out Node? there);
        if (error != Errno.None) return error;
        if (there is null) return Errno.ENOENT;
        error = check(there);
        if (error == Errno.None) folder.Children!.Remove(name);
        return error;
    }

    /// <summary>Goes to the folder of a path, and looks the last name up there.</summary>
    private Errno Find(string path, out Node folder, out string name, out Node? node)
    {
        string[] names = path.Split('/');
        (folder, name, node) = (_root, names[^1], _root);
        for (int i = 0; i < names.Length; i++)
        {
            if (node is null) return Errno.ENOENT;
            if (!node.IsFolder) return Errno.ENOTDIR;
            folder = node;
            if (names[i].Length > MapPin.LongestName) return Errno.ENAMETOOLONG;
            if (names[i].Contains('.', StringComparison.Ordinal)) return Errno.EPERM; // bpf_lookup: reserved
            node = folder.Children!.GetValueOrDefault(names[i]);
        }

        return Errno.None;
    }

    private sealed class Node
    {
        /// <summary>Of a folder what is in it; <c>null</c>: a pin.</summary>
        public Dictionary<string, Node>? Children { get; init; }

        public bool IsFolder => Children is not null;

        public int Subject { get; init; }
    }
}
