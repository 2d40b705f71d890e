using BpfConformance.Runtime.Execution;

namespace BpfConformance.Runtime.Hooks;

/// <summary>Metadata that a program of XDP has put before a packet, and that goes on with it.</summary>
internal sealed unsafe class PacketMeta
{
    private readonly byte[] _bytes = new byte[byte.MaxValue];
    private readonly byte[] _shadow = new byte[byte.MaxValue];

    /// <summary>Bytes of it.</summary>
    public int Length { get; private set; }

    /// <summary>There is none.</summary>
    public void Clear() => Length = 0;

    /// <summary>A program is to see it.</summary>
    public void Show(Machine* m)
    {
        if (Length > 0) Helpers.Packet.ShowMeta(m, _bytes.AsSpan(0, Length), _shadow.AsSpan(0, Length));
    }

    /// <summary>Takes over what a program has left of it.</summary>
    public void Follow(MachineMemory memory)
    {
        Length = (int)memory.Machine->PacketMetaBytes;
        memory.Data[..Length].CopyTo(_bytes);
        if (memory.IsTracked) memory.DataShadow[..Length].CopyTo(_shadow);
    }

    /// <summary>From now on it is another packet's.</summary>
    public void Become(PacketMeta other)
    {
        Length = other.Length;
        other._bytes.CopyTo(_bytes.AsSpan());
        other._shadow.CopyTo(_shadow.AsSpan());
    }
}
