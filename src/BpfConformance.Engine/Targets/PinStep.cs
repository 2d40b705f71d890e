using System.Buffers.Binary;

namespace BpfConformance.Engine.Targets;

/// <summary>What user space does in the file system in which maps and programs have names (bpffs).</summary>
public enum PinCommand
{
    Pin,
    Get,
    Unlink,
    MakeFolder,
    RemoveFolder,
}

/// <summary>A step of user space in that file system. What <see cref="PinCommand.Get"/> gives is the number of the object, of four bytes.</summary>
/// <param name="Command">What it does.</param>
/// <param name="Path">Names with a slash between them, from <see cref="Root"/> on.</param>
/// <param name="Subject">What is pinned: the index of a map, or the number of maps and the index of a program; else 0.</param>
public sealed record PinStep(PinCommand Command, string Path, int Subject = 0) : UserStep
{
    /// <summary>Where the file system is mounted on Linux; case files begin paths with it.</summary>
    public const string Root = "/sys/fs/bpf";

    /// <summary>PATH_MAX (uapi linux/limits.h).</summary>
    private const int LongestPath = 4096;

    /// <summary>Whether a text is such a path: no name is empty, or leads elsewhere.</summary>
    public static bool IsPath(string text) =>
        text.Length < LongestPath - Root.Length && !text.Contains('\0', StringComparison.Ordinal)
        && text.Split('/').All(name => name is not ("" or "." or ".."));

    /// <summary>Bytes of the number of an object.</summary>
    public const int SubjectBytes = sizeof(int);

    /// <summary>The number as data.</summary>
    public static void Write(Span<byte> data, int subject) => BinaryPrimitives.WriteInt32LittleEndian(data, subject);
}
