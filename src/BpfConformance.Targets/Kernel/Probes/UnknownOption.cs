using System.Buffers.Binary;
using System.Runtime.InteropServices;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Probes;

/// <summary>
/// This thread calls prctl(2) with an option that there is not, which a tracepoint tells (include/trace/events/task.h, 6.18, <c>task_prctl_unknown</c>): a
/// number of four bytes, four that are zeros, and four numbers of eight.
/// </summary>
internal static unsafe class UnknownOption
{
    /// <summary>The name of the tracepoint.</summary>
    public const string Tracepoint = "task_prctl_unknown";

    /// <summary>Of what is told.</summary>
    public const int Bytes = NumbersOffset + (4 * sizeof(ulong));

    private const int NumbersOffset = 8;

    /// <summary>Why nothing makes it tell so, or <c>null</c>.</summary>
    public static string? WhyNot(ReadOnlySpan<byte> told) =>
        told[sizeof(int)..NumbersOffset].ContainsAnyExcept((byte)0) ? $"the four bytes behind the option of {Tracepoint} are zeros"
        : Option(told) > 0 ? $"the option of {Tracepoint} is positive; prctl may have such an option"
        : null;

    /// <summary>Makes it tell so. The answer is EINVAL, as is to be.</summary>
    public static void Call(ReadOnlySpan<byte> told)
    {
        const int Call = 157; // arch/x86/entry/syscalls/syscall_64.tbl; 167 in scripts/syscall.tbl (arm64)
        const int CallOfArm = 167;
        int call = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? Call : CallOfArm;
        _ = Native.syscall(call, Option(told), Number(told, 0), (void*)Number(told, 1), (void*)Number(told, 2), Number(told, 3));
    }

    private static int Option(ReadOnlySpan<byte> told) => BinaryPrimitives.ReadInt32LittleEndian(told);

    private static nint Number(ReadOnlySpan<byte> told, int index) =>
        (nint)BinaryPrimitives.ReadInt64LittleEndian(told[(NumbersOffset + (index * sizeof(long)))..]);
}
