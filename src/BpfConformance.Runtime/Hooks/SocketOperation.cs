namespace BpfConformance.Runtime.Hooks;

/// <summary>What happens to a socket of TCP (uapi linux/bpf.h, 6.18, BPF_SOCK_OPS_*).</summary>
internal enum SocketOperation
{
    TimeoutInit = 1,
    WindowInit = 2,
    Connect = 3,
    ActiveEstablished = 4,
    PassiveEstablished = 5,
    NeedsEcn = 6,
    Listen = 11,
}
