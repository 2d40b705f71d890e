using BpfConformance.Abi.Network;

namespace BpfConformance.Runtime.Maps;

/// <summary>
/// How often the maps of a machine hold each socket: what an array for a group has, no other index and no other map has, as a socket has one place to
/// remember it (<c>sk_user_data</c>; kernel/bpf/reuseport_array.c and net/core/skmsg.c, 6.18).
/// </summary>
internal sealed class SocketHolders
{
    private readonly int[] _arrays = new int[NetworkPlaces.Last + 1];
    private readonly int[] _others = new int[NetworkPlaces.Last + 1];

    /// <summary>Whether an array for a group has it.</summary>
    public bool HasInArray(NetworkPlace socket) => _arrays[(int)socket] > 0;

    /// <summary>Whether any map has it.</summary>
    public bool Has(NetworkPlace socket) => HasInArray(socket) || _others[(int)socket] > 0;

    /// <param name="socket">Which.</param>
    /// <param name="isArray">Whether it is an array for a group that has it.</param>
    public void Add(NetworkPlace socket, bool isArray) => (isArray ? _arrays : _others)[(int)socket]++;

    /// <summary>The opposite.</summary>
    public void Remove(NetworkPlace socket, bool isArray) => (isArray ? _arrays : _others)[(int)socket]--;
}
