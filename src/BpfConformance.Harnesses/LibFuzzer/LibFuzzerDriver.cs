
namespace BpfConformance.Harnesses.LibFuzzer;

/// <summary>The library with libFuzzer in it, which is built where it is needed.</summary>
internal static class LibFuzzerDriver
{
    private const string ArchiveName = "libclang_rt.fuzzer_no_main-x86_64.a";

    /// <summary>Where Debian's packages put what belongs to a version of clang.</summary>
    private const string Root = "/usr/lib";

    public static string Library { get; } = Path.GetFullPath(Path.Combine(FuzzFolders.Root, "libbpfconf-fuzzer.so"));

    /// <exception cref="UsageException">Something is not installed.</exception>
    public static void Build()
    {
        string archive = FindArchive() ?? throw new UsageException($"libFuzzer is not installed: Debian's package libclang-rt-14-dev brings {ArchiveName}");
        string draft = $"{Library}.{Environment.ProcessId}";
        Directory.CreateDirectory(FuzzFolders.Root);
        (int code, string said) = NativeTool.Run("g++", "g++", "-O2", "-shared", "-fPIC", "-o", draft, "-x", "c", Path.Combine(AppContext.BaseDirectory, "LibFuzzer", "driver.c"), "-x", "none", archive, "-lpthread");
        if (code != 0) throw new UsageException($"g++ does not build the driver of libFuzzer: {said.Trim()}");
        File.Move(draft, Library, overwrite: true);
    }

    private static string? FindArchive() => Directory.EnumerateDirectories(Root, "llvm-*")
        .SelectMany(llvm => Directory.Exists(Path.Combine(llvm, "lib", "clang")) ? Directory.EnumerateDirectories(Path.Combine(llvm, "lib", "clang")) : [])
        .Select(clang => Path.Combine(clang, "lib", "linux", ArchiveName))
        .FirstOrDefault(File.Exists);
}
