using BpfConformance.Abi.Network;

namespace BpfConformance.Engine.Targets;

/// <summary>
/// A step in the <see cref="CaseNetwork"/>. What a packet's way gives is a <see cref="PacketFate"/>, as data.
/// </summary>
public abstract record NetworkStep : UserStep
{
    /// <summary>Bytes of the longest packet that programs are given for it; 0: there is none.</summary>
    public virtual int PacketBytes => 0;

    /// <summary>Whether one of some inputs makes the connection.</summary>
    public static bool Connects(ReadOnlySpan<RunInput> inputs)
    {
        foreach (RunInput input in inputs)
        {
            if (input.Step is ConnectStep) return true;
        }

        return false;
    }

    /// <summary>Whether programs may run, and packets come out.</summary>
    public virtual bool HasFate => true;
}

/// <summary>Attaches a program, or detaches it.</summary>
/// <param name="IsDetached">Whether it is detached.</param>
/// <param name="Program">By its index.</param>
/// <param name="Place">Where; the program's type says to which hook.</param>
public sealed record AttachStep(bool IsDetached, int Program, NetworkPlace Place) : NetworkStep
{
    public override bool HasFate => false;
}

/// <summary>The same of a map of sockets.</summary>
/// <param name="IsDetached">Whether it is detached.</param>
/// <param name="Program">By its index.</param>
/// <param name="Map">By its index; the program's type says for what.</param>
public sealed record MapAttachStep(bool IsDetached, int Program, int Map) : NetworkStep
{
    public override bool HasFate => false;
}

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

/// <summary>User space makes the connection, which else is there from the beginning.</summary>
public sealed record ConnectStep : NetworkStep;

/// <summary>User space writes to a side of the connection. Its result is the number of bytes that were taken, or a negated errno.</summary>
/// <param name="Socket">To which.</param>
/// <param name="Payload">What.</param>
public sealed record WriteStep(NetworkPlace Socket, ReadOnlyMemory<byte> Payload) : NetworkStep
{
    /// <summary>The longest payload: it lies in one piece of memory.</summary>
    public const int MaxBytes = 4096;

    public override int PacketBytes => Payload.Length;
}
