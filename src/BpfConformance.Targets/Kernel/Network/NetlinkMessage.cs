using System.Runtime.InteropServices;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Network;

/// <summary>A request to the kernel's tables of a network (rtnetlink(7); uapi linux/netlink.h): a header, and attributes that may hold others.</summary>
internal sealed class NetlinkMessage
{
    private const uint NetlinkFamily = 16; // AF_NETLINK, of which protocol 0 is NETLINK_ROUTE
    private const uint RawType = 3; // SOCK_RAW
    private const ushort Request = 0x5; // NLM_F_REQUEST | NLM_F_ACK
    private const ushort Nested = 0x8000; // NLA_F_NESTED
    private const int HeaderBytes = 16; // struct nlmsghdr
    private const int AttributeHeaderBytes = 4; // struct nlattr

    private readonly List<byte> _bytes;

    /// <param name="type">RTM_*.</param>
    /// <param name="flags">NLM_F_*, beside those of each request.</param>
    /// <param name="header">What the type begins with.</param>
    public NetlinkMessage(ushort type, ushort flags, ReadOnlySpan<byte> header)
    {
        _bytes = [.. new byte[sizeof(uint)], .. BitConverter.GetBytes(type), .. BitConverter.GetBytes((ushort)(Request | flags)), .. new byte[2 * sizeof(uint)]];
        _bytes.AddRange(header);
    }

    /// <summary>Adds an attribute.</summary>
    public void Add(ushort type, ReadOnlySpan<byte> value)
    {
        _bytes.AddRange(BitConverter.GetBytes((ushort)(AttributeHeaderBytes + value.Length)));
        _bytes.AddRange(BitConverter.GetBytes(type));
        _bytes.AddRange(value);
        while (_bytes.Count % AttributeHeaderBytes != 0) _bytes.Add(0);
    }

    /// <summary>Adds one that holds others.</summary>
    public void AddNested(ushort type, Action addOthers)
    {
        int start = _bytes.Count;
        Add((ushort)(type | Nested), []);
        addOthers();
        SetLength(start, BitConverter.GetBytes((ushort)(_bytes.Count - start)));
    }

    /// <summary>In the network of this thread.</summary>
    /// <returns>0, or an errno.</returns>
    /// <exception cref="TargetException">There is no answer.</exception>
    public int Send()
    {
        SetLength(0, BitConverter.GetBytes(_bytes.Count));
        using Socket socket = Socket.TryCreate(NetlinkFamily, RawType, 0, out CallFailure? failure) ?? throw failure!.ToException();
        failure = socket.Send([], CollectionsMarshal.AsSpan(_bytes));
        byte[] answer = new byte[HeaderBytes + sizeof(int) + _bytes.Count]; // struct nlmsgerr
        failure ??= socket.Receive(answer, out _);
        if (failure is not null) throw failure.ToException();
        return -BitConverter.ToInt32(answer, HeaderBytes);
    }

    private void SetLength(int position, byte[] length)
    {
        for (int i = 0; i < length.Length; i++) _bytes[position + i] = length[i];
    }
}
