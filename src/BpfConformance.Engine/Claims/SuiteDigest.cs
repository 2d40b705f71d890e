using System.Security.Cryptography;
using System.Text;
using BpfConformance.Abi;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Cases.Grids;

namespace BpfConformance.Engine.Claims;

/// <summary>Which suite a claim is about, so that two claims can be compared.</summary>
public static class SuiteDigest
{
    /// <summary>
    /// SHA-256, in hexadecimal digits, of what <c>sha256sum</c> prints of the files in the order of their names: for each the
    /// digest of its bytes, two spaces, its name and a line feed.
    /// </summary>
    /// <exception cref="BpfFormatException">A file is not there any more.</exception>
    public static string Of(IEnumerable<TestCase> cases)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string name, string file) in cases.SelectMany(FilesOf).Distinct().OrderBy(each => each.Name, StringComparer.Ordinal))
        {
            string bytes = Convert.ToHexStringLower(SHA256.HashData(SourceFile.ReadBytes(file)));
            digest.AppendData(Encoding.UTF8.GetBytes($"{bytes}  {name}\n"));
        }

        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }

    /// <summary>A grid stands for many cases, and its signatures have a file of their own.</summary>
    private static IEnumerable<(string Name, string File)> FilesOf(TestCase test)
    {
        yield return (test.FileName, test.File);
        if (test.Signature is not null) yield return (GridSignatures.PathFor(test.FileName), GridSignatures.PathFor(test.File));
    }
}
