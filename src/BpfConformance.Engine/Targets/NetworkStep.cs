using BpfConformance.Abi.Network;

namespace BpfConformance.Engine.Targets;

/// <summary>
/// A step in the <see cref="CaseNetwork"/>. What a packet's way gives is a <see cref="PacketFate"/>, as data.
/// </summary>
public abstract record NetworkStep : UserStep
{
    /// <summary>Bytes of the longest packet that programs are given for it; 0: there is none.</summary>
    public virtual int PacketBytes => 0;
}

/// <summary>Attaches a program, or detaches it.</summary>
/// <param name="IsDetached">Whether it is detached.</param>
/// <param name="Program">By its index.</param>
/// <param name="Place">Where; the program's type says to which hook.</param>
public sealed record AttachStep(bool IsDetached, int Program, NetworkPlace Place) : NetworkStep;

/// <summary>A frame arrives.</summary>
/// <param name="Device">At which device.</param>
/// <param name="Frame">From its Ethernet header on.</param>
public sealed record ArriveStep(NetworkPlace Device, ReadOnlyMemory<byte> Frame) : NetworkStep
{
    public override int PacketBytes => Frame.Length;
}

/// <summary>The host's socket sends a datagram.</summary>
/// <param name="Address">To which IPv4 address: four bytes in network order, as a number that begins with the first.</param>
/// <param name="Port">To which port.</param>
/// <param name="Payload">What.</param>
public sealed record SendStep(uint Address, ushort Port, ReadOnlyMemory<byte> Payload) : NetworkStep
{
    public override int PacketBytes => DatagramLayout.HeaderBytes + Payload.Length;
}
