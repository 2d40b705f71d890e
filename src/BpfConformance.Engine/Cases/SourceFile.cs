using System.Text;
using BpfConformance.Abi;

namespace BpfConformance.Engine.Cases;

/// <summary>Reads files that somebody named: bounded, and with one clear sentence when it cannot.</summary>
public static class SourceFile
{
    /// <summary>The largest file that is read; a program of the most instructions is half of it.</summary>
    public const int MaxBytes = 16 << 20;

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Text in UTF-8, with or without a byte order mark.</summary>
    /// <exception cref="BpfFormatException">The file cannot be read, is too large, or is no text.</exception>
    public static string ReadText(string path)
    {
        ReadOnlySpan<byte> bytes = ReadBytes(path);
        ReadOnlySpan<byte> content = bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        int zero = content.IndexOf((byte)0);
        if (zero >= 0) throw NotText(path, content[..zero]);
        try
        {
            return s_utf8.GetString(content);
        }
        catch (DecoderFallbackException invalid)
        {
            throw NotText(path, content[..invalid.Index]);
        }
    }

    /// <exception cref="BpfFormatException">The file cannot be read, or is too large.</exception>
    public static byte[] ReadBytes(string path)
    {
        try
        {
            if (Directory.Exists(path)) throw new BpfFormatException(path, 0, 0, "is a directory, expected a file");

            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
            if (stream.CanSeek && stream.Length > MaxBytes) throw TooLarge(path, $"{stream.Length}");

            // Devices and pipes have no length.
            using var content = new MemoryStream();
            var buffer = new byte[64 << 10];
            for (int read; (read = stream.Read(buffer)) > 0; content.Write(buffer, 0, read))
            {
                if (content.Length + read > MaxBytes) throw TooLarge(path, $"more than {MaxBytes}");
            }

            return content.ToArray();
        }
        catch (FileNotFoundException)
        {
            throw new BpfFormatException(path, 0, 0, "no such file");
        }
        catch (DirectoryNotFoundException)
        {
            throw new BpfFormatException(path, 0, 0, "no such file");
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new BpfFormatException(path, 0, 0, $"cannot be read: {trouble.Message.TrimEnd('.')}");
        }
    }

    private static BpfFormatException TooLarge(string path, string size) =>
        new(path, 0, 0, $"{size} bytes, expected at most {MaxBytes >> 20} MiB");

    private static BpfFormatException NotText(string path, ReadOnlySpan<byte> before) =>
        new(path, before.Count((byte)'\n') + 1, 0, "holds bytes that are no text, expected UTF-8");
}
