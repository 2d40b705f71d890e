using System.Runtime.InteropServices;
using BpfConformance.Abi;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>Whether bpf(2) can be used here: asked by doing once what every run does.</summary>
internal static class KernelAvailability
{
    private static readonly Lazy<string?> s_problem = new(Find);

    /// <summary>Why not, in one sentence; <c>null</c>: it can.</summary>
    public static string? Problem => s_problem.Value;

    private static string? Find()
    {
        if (!OperatingSystem.IsLinux()) return "this is not Linux: there is no bpf(2)";
        if (!Bpf.IsKnownHere) return $"bpf(2) is known on x64 and arm64, not on {RuntimeInformation.ProcessArchitecture}";
        if (!File.Exists(TaintWatch.Path)) return $"{TaintWatch.Path} is missing: nothing would tell when the kernel breaks";

        using KernelMap? map = KernelMap.TryCreateMemory(sizeof(ulong), out int errno);
        if (map is null) return Refused("BPF_MAP_CREATE of a mmapable array (5.5)", errno);

        Instruction[] program = [.. Code.MapValue(Register.R1, 0), Code.MoveImmediate(Register.R0, 0), Code.Exit];
        using var loader = new ProgramLoader();
        LoadAnswer answer = loader.Load(program, AttachPoints.Of(ProgramType.RawTracepoint), [map.Fd]);
        using FileDescriptor? loaded = answer.Program;
        if (loaded is null) return Refused("BPF_PROG_LOAD of a raw tracepoint program with fd_array (5.14)", answer.Errno);

        TestRun run = TestRun.Of(loaded, dataIn: [], dataOut: [], context: [], repeat: 0);
        return run.Errno == 0 ? null : Refused("BPF_PROG_TEST_RUN of a raw tracepoint program (5.10)", run.Errno);
    }

    private static string Refused(string what, int errno) => (Errno)errno switch
    {
        Errno.ENOSYS => "this kernel is built without bpf(2)",
        Errno.EPERM or Errno.EACCES =>
            $"{what} is refused ({Errnos.Name(errno)}): it takes root, or CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN, and no seccomp filter",
        _ => $"{what} fails: {Errnos.Name(errno)}",
    };
}
