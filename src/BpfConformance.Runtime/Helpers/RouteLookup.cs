using System.Buffers.Binary;
using BpfConformance.Abi;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Runtime.Helpers;

/// <summary>
/// A lookup in the routes of the <see cref="CaseNetwork"/>, which is forwarded from the loopback alone: each device has a route to its own
/// network (net/core/filter.c, 6.18, <c>bpf_ipv4_fib_lookup</c>).
/// </summary>
/// <param name="parameters"><c>struct bpf_fib_lookup</c> (include/uapi/linux/bpf.h, 6.18), which takes what is found.</param>
/// <param name="flags">BPF_FIB_LOOKUP_*.</param>
internal readonly ref struct RouteLookup(Span<byte> parameters, ulong flags)
{
    public const int Bytes = 64;
    public const ulong AllFlags = (1 << 6) - 1;

    private const ulong Direct = 1 << 0;
    private const ulong Output = 1 << 1;
    private const uint MainTable = 254; // RT_TABLE_MAIN
    private const uint LocalTable = 255; // RT_TABLE_LOCAL, which is the same one as long as there are no rules (net/ipv4/fib_frontend.c, 6.18)
    private const ulong SkipNeighbor = 1 << 2;
    private const ulong OfTable = 1 << 3;
    private const ulong WithSource = 1 << 4;

    // BPF_FIB_LKUP_RET_*
    private const long Found = 0;
    private const long NotForwarded = 4;
    private const long ForwardingIsOff = 5;
    private const long NoNeighbor = 7;
    private const long TooLong = 8;

    private const int LengthOffset = 6;
    private const int IndexOffset = 8;
    private const int MetricOffset = 12;
    private const int SourceOffset = 16;
    private const int DestinationOffset = 32;
    private const int TableOffset = 48;
    private const int SourceHardwareOffset = 52;
    private const int DestinationHardwareOffset = 58;

    private readonly Span<byte> _parameters = parameters;

    /// <summary>Whether it is one of IPv6, of which the network says nothing.</summary>
    public bool IsOfIp6 => _parameters[0] == AddressFamilies.InterNetwork6;

    /// <summary>The result of the helper.</summary>
    /// <param name="packetBytes">The length of the packet, which counts where none is given; 0: of XDP it does not.</param>
    /// <param name="isSegmented">Whether the packet is cut before it leaves.</param>
    public long Take(int packetBytes, bool isSegmented = false)
    {
        const int TagBytes = 4;
        uint family = _parameters[0];
        if (family is not (AddressFamilies.InterNetwork or AddressFamilies.InterNetwork6)) return -(long)Errno.EAFNOSUPPORT;
        int index = BinaryPrimitives.ReadInt32LittleEndian(_parameters[IndexOffset..]);
        if (!CaseNetwork.Has(index)) return -(long)Errno.ENODEV;
        if (index != CaseNetwork.Loopback) return ForwardingIsOff;

        bool countsPacket = Length == 0;
        long result = TakeIp4();
        bool fits = !countsPacket || isSegmented || packetBytes <= CaseNetwork.DeviceMtu + PacketRules.LinkHeaderBytes + TagBytes;
        return result == Found && !fits ? TooLong : result;
    }

    /// <summary>Of the packet, without its link header; afterwards the most that there may be.</summary>
    private ushort Length
    {
        get => BinaryPrimitives.ReadUInt16LittleEndian(_parameters[LengthOffset..]);
        set => BinaryPrimitives.WriteUInt16LittleEndian(_parameters[LengthOffset..], value);
    }

    private long TakeIp4()
    {
        uint table = BinaryPrimitives.ReadUInt32LittleEndian(_parameters[TableOffset..]);
        bool namesTable = (flags & (Direct | OfTable)) == (Direct | OfTable);
        if (namesTable) _parameters.Slice(TableOffset, sizeof(uint)).Clear();
        if (namesTable && table is not (0 or MainTable or LocalTable)) return NotForwarded;
        if ((flags & Output) != 0 || CaseNetwork.DeviceTo(_parameters.Slice(DestinationOffset, sizeof(uint))) is not { } device) return NotForwarded;
        if (Length > CaseNetwork.DeviceMtu)
        {
            Length = CaseNetwork.DeviceMtu;
            return TooLong;
        }

        BinaryPrimitives.WriteInt32LittleEndian(_parameters[IndexOffset..], device.Index);
        _parameters.Slice(MetricOffset, sizeof(uint)).Clear();
        if ((flags & WithSource) != 0) device.Address.AsSpan().CopyTo(_parameters[SourceOffset..]);
        if ((flags & SkipNeighbor) == 0)
        {
            if (!_parameters.Slice(DestinationOffset, sizeof(uint)).SequenceEqual(device.NeighborAddress.AsSpan())) return NoNeighbor;
            device.NeighborHardwareAddress.AsSpan().CopyTo(_parameters[DestinationHardwareOffset..]);
            device.HardwareAddress.AsSpan().CopyTo(_parameters[SourceHardwareOffset..]);
        }

        _parameters.Slice(TableOffset, sizeof(uint)).Clear(); // a tag: there is none
        Length = CaseNetwork.DeviceMtu;
        return Found;
    }
}
