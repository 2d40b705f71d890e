using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>What BPF_PROG_LOAD answered.</summary>
/// <param name="Program">Present exactly when accepted; the receiver closes it.</param>
/// <param name="Errno">0 when accepted.</param>
/// <param name="Log">The end of the verifier's log; empty when accepted, or when the kernel refused before verifying.</param>
internal readonly record struct LoadAnswer(FileDescriptor? Program, int Errno, string Log);
