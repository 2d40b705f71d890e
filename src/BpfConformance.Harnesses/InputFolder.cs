using System.Security.Cryptography;

namespace BpfConformance.Harnesses;

/// <summary>A folder of inputs, a file each, named by what is in it: as AFL and libFuzzer have them, so that all engines share one.</summary>
/// <param name="path">Of the folder; it need not exist until something is saved.</param>
public sealed class InputFolder(string path)
{
    /// <summary>Longer inputs cost more than they find.</summary>
    public const int MaxInputBytes = 1 << 14;

    private const int NameBytes = 8;

    public string Path => path;

    /// <summary>
    /// The files in it, in the order of their names; those of an engine's own book-keeping, which begin with a dot, and longer inputs are not among them.
    /// Who shares the folder may take them away: see <see cref="TryRead"/>.
    /// </summary>
    public IEnumerable<string> Files => Directory.Exists(path)
        ? new DirectoryInfo(path).EnumerateFiles()
            .Where(file => file.Name[0] != '.' && file.Exists && file.Length <= MaxInputBytes)
            .Select(file => file.FullName)
            .Order(StringComparer.Ordinal)
        : [];

    /// <summary>An input, or <c>null</c> where it is gone: libFuzzer puts a shorter one in the place of one that shows no more.</summary>
    public static byte[]? TryRead(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>How an input is called.</summary>
    public static string NameOf(ReadOnlySpan<byte> input) => Convert.ToHexStringLower(SHA256.HashData(input).AsSpan(0, NameBytes));

    /// <summary>Saves an input that is not there yet; all of it at once, as others may be reading.</summary>
    /// <param name="input">The input.</param>
    /// <param name="prefix">What its name begins with.</param>
    /// <returns>Its file.</returns>
    public string Save(ReadOnlySpan<byte> input, string prefix = "")
    {
        Directory.CreateDirectory(path);
        string file = System.IO.Path.Combine(path, prefix + NameOf(input));
        if (File.Exists(file)) return file;
        string draft = System.IO.Path.Combine(path, $".{System.IO.Path.GetRandomFileName()}");
        File.WriteAllBytes(draft, input);
        File.Move(draft, file, overwrite: true);
        return file;
    }
}
