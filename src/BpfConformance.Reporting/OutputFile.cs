using System.Text;

namespace BpfConformance.Reporting;

/// <summary>
/// A file that is written at once, when all that it will hold is there: until then what is at its place stays, and work whose
/// result could not be written is not begun.
/// </summary>
public sealed class OutputFile
{
    private readonly string _path;
    private byte[] _content = [];

    /// <param name="path">Its folder is there.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public OutputFile(string path)
    {
        _path = path;
        if (Directory.Exists(path)) throw new IOException("it is a folder");

        // A pipe (or device; they have no length) must not be opened twice: its reader would see an end.
        var there = new FileInfo(path);
        if (there.LinkTarget is not null || (there.Exists && there.Length == 0)) return;
        new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write).Dispose();
        if (!there.Exists) File.Delete(path);
    }

    /// <summary>Takes all that it will hold.</summary>
    public void Fill(Action<Stream> write)
    {
        using var content = new MemoryStream();
        write(content);
        _content = content.ToArray();
    }

    /// <summary>Takes all that it will hold, as UTF-8 without a byte order mark.</summary>
    public void FillText(Action<TextWriter> write) => Fill(content =>
    {
        using var writer = new StreamWriter(content, new UTF8Encoding(false), leaveOpen: true);
        write(writer);
    });

    public void Save() => File.WriteAllBytes(_path, _content);
}
