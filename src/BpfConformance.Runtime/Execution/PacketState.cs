using System.Runtime.InteropServices;

namespace BpfConformance.Runtime.Execution;

/// <summary>What helpers know of a packet beside its bytes and the fields of its context.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PacketState
{
    /// <summary>Where the header of the network layer begins, counted from the first byte that the program sees.</summary>
    public int NetworkHeader;

    /// <summary>The same of the header of the link layer.</summary>
    public int LinkHeader;

    /// <summary>Bytes of the packet behind those that lie in one piece, and that a program sees through pointers.</summary>
    public uint FragmentBytes;

    /// <summary>Bytes by which the packet, metadata included, may grow at its start.</summary>
    public uint HeadRoom;

    /// <summary>The same at its end.</summary>
    public uint TailRoom;

    /// <summary>Whether the packet may be cut into headers of its own, up to this many bytes, depends on what the kernel has found in them.</summary>
    public uint HeaderBytes;

    /// <summary>How many checksums were found right, less one; negative: none was looked at.</summary>
    public int ChecksumLevel;

    /// <summary>Whether the hash was set or computed, and is not asked for anew.</summary>
    public bool HasHash;

    /// <summary>Whether its socket is in another control group than the case.</summary>
    public bool IsOutside;

    /// <summary>Whether it is a segment of a stream, of which it is not followed what becomes of it when it is made longer or shorter.</summary>
    public bool IsSegment;

    /// <summary>Whether a header was put around what there was.</summary>
    public bool IsEncapsulated;

    /// <summary>Whether <see cref="Machine.Tunnel"/> is about it.</summary>
    public bool HasTunnel;

    /// <summary>Whether it is on its way through a network, and not there for one program alone.</summary>
    public bool IsOnItsWay;

    /// <summary>Whether it is where tc sees what comes in.</summary>
    public bool IsAtIngress;
}
