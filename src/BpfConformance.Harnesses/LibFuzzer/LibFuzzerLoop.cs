using System.Runtime.InteropServices;
using BpfConformance.Harnesses.Coverage;

namespace BpfConformance.Harnesses.LibFuzzer;

/// <summary>libFuzzer in this process: it calls a function for each input, and reads the counters afterwards.</summary>
internal static unsafe class LibFuzzerLoop
{
    /// <summary>
    /// .NET's own signals are no crashes; what fails is saved here, what kills the process by who watches it, and so is what does not end.
    /// With as many branches as the differential harness has, choosing inputs by entropy takes three quarters of the time.
    /// </summary>
    private static readonly string[] s_options =
    [
        "-handle_segv=0", "-handle_bus=0", "-handle_fpe=0", "-handle_ill=0", "-handle_abrt=0", "-handle_int=0", "-handle_term=0",
        "-handle_usr1=0", "-handle_usr2=0", "-handle_xfsz=0", "-detect_leaks=0", "-timeout=0", "-rss_limit_mb=0", "-reload=1",
        "-verbosity=0", "-entropic=0", $"-max_len={InputFolder.MaxInputBytes}",
    ];

    private static InputRunner? s_runner;
    private static Failures? s_failures;

    /// <summary>Does not return.</summary>
    public static void Run(InputRunner runner, FuzzFolders folders, Failures failures, int seed)
    {
        (s_runner, s_failures) = (runner, failures);
        nint library = NativeLibrary.Load(LibFuzzerDriver.Library);
        var counters = (delegate* unmanaged<byte*>)NativeLibrary.GetExport(library, "bpfconf_counters");
        var run = (delegate* unmanaged<int, byte**, delegate* unmanaged<byte*, nuint, int>, int>)NativeLibrary.GetExport(library, "bpfconf_run");
        BranchMap.Attach(counters());

        Directory.CreateDirectory(folders.Corpus.Path);
        string[] arguments = ["bpfconf-fuzz", .. s_options, $"-seed={(uint)seed}", folders.Corpus.Path, .. Directory.Exists(folders.Seeds.Path) ? [folders.Seeds.Path] : Array.Empty<string>()];
        byte** argv = (byte**)NativeMemory.AllocZeroed((nuint)(arguments.Length + 1), (nuint)sizeof(byte*));
        for (int i = 0; i < arguments.Length; i++) argv[i] = (byte*)Marshal.StringToCoTaskMemUTF8(arguments[i]);
        run(arguments.Length, argv, &RunInput);
    }

    [UnmanagedCallersOnly]
    private static int RunInput(byte* data, nuint size)
    {
        var input = new ReadOnlySpan<byte>(data, (int)size);
        if (s_runner!.Run(input) is { } failure) s_failures!.Add(failure, input); // both are there before libFuzzer is
        return 0;
    }
}
