using System.Collections.Immutable;

namespace BpfConformance.Abi.Network;

/// <summary>A device with a wire on which Ethernet frames arrive and leave.</summary>
/// <param name="Name">As case files and the kernel have it.</param>
/// <param name="Index">The kernel's ifindex.</param>
/// <param name="HardwareAddress">Its own.</param>
/// <param name="Address">Its IPv4 address, in network order; of a network of 24 bits.</param>
/// <param name="NeighborAddress">The only other host on the wire: its IPv4 address.</param>
/// <param name="NeighborHardwareAddress">And its hardware address, which is known from the start: nobody asks for it.</param>
public sealed record NetworkDevice(
    string Name,
    int Index,
    ImmutableArray<byte> HardwareAddress,
    ImmutableArray<byte> Address,
    ImmutableArray<byte> NeighborAddress,
    ImmutableArray<byte> NeighborHardwareAddress);
