using System.Runtime.InteropServices;
using BpfConformance.Abi.Network;

namespace BpfConformance.Runtime.Execution;

/// <summary>The socket that a program has chosen for a packet.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SocketChoice
{
    /// <summary>Which; 0: none, as the place with that number is no socket.</summary>
    public NetworkPlace Socket;

    /// <summary>Whether it is this one, and no other of its group (BPF_SK_LOOKUP_F_NO_REUSEPORT).</summary>
    public bool SkipsGroup;

    public readonly bool IsMade => Socket != default;
}
