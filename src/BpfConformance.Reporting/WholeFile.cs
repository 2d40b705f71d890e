namespace BpfConformance.Reporting;

/// <summary>
/// A file that is there whole or not at all: it takes its place when it is complete. It is opened early, so that work whose
/// result cannot be written is not begun.
/// </summary>
public sealed class WholeFile : IDisposable
{
    private const string PartialExtension = ".partial";

    private readonly string _path;
    private readonly string? _partial;

    /// <param name="path">What is there already stays until <see cref="Commit"/>; its folder is there.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public WholeFile(string path)
    {
        // A device, a pipe or a link is written where it is: another file in its place would not be it. They have no length.
        var there = new FileInfo(path);
        bool isInPlace = there.LinkTarget is not null || (there.Exists && there.Length == 0);
        if (Directory.Exists(path)) throw new IOException("it is a folder");
        _path = path;
        _partial = isInPlace ? null : path + PartialExtension;
        Stream = new FileStream(_partial ?? path, FileMode.Create, FileAccess.Write);
    }

    /// <summary>Takes what the file is to hold.</summary>
    public FileStream Stream { get; }

    /// <summary>Writes all of it.</summary>
    public void Write(Action<Stream> write)
    {
        write(Stream);
        Commit();
    }

    /// <summary>Writes all of it, in UTF-8.</summary>
    public void WriteText(Action<TextWriter> write) => Write(stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true); // without a byte order mark
        write(writer);
    });

    /// <summary>It is complete.</summary>
    public void Commit()
    {
        Stream.Dispose();
        if (_partial is not null) File.Move(_partial, _path, overwrite: true);
    }

    /// <summary>What was not committed is gone.</summary>
    public void Dispose()
    {
        Stream.Dispose();
        if (_partial is not null) File.Delete(_partial);
    }
}
