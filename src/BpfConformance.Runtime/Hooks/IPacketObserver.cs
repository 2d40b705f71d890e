using BpfConformance.Abi.Network;

namespace BpfConformance.Runtime.Hooks;

/// <summary>Is told what becomes of packets.</summary>
public interface IPacketObserver
{
    /// <summary>A program has run; the machine holds what it left.</summary>
    /// <param name="program">By its index.</param>
    void Ran(int program);

    /// <summary>A packet has come out.</summary>
    /// <param name="place">Where.</param>
    /// <param name="packet">Its bytes.</param>
    /// <param name="shadow">One <see cref="Memory.ByteShadow"/> for each.</param>
    void CameOut(NetworkPlace place, ReadOnlySpan<byte> packet, ReadOnlySpan<byte> shadow);
}
