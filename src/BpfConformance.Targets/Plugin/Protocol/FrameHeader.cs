using System.Buffers.Binary;
using BpfConformance.Abi;

namespace BpfConformance.Targets.Plugin.Protocol;

/// <summary>What stands before a frame's body.</summary>
/// <param name="BodyBytes">Of the body.</param>
/// <param name="Request">The number of the request that it is, or answers.</param>
/// <param name="Kind">What it is; not necessarily a kind that is known.</param>
public readonly record struct FrameHeader(int BodyBytes, uint Request, FrameKind Kind)
{
    /// <summary>Of what came so far; <c>null</c>: too little to tell.</summary>
    /// <exception cref="BpfFormatException">No frame begins so.</exception>
    public static FrameHeader? TryRead(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < sizeof(uint)) return null;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (length is < PluginProtocol.CountedHeaderBytes or > PluginProtocol.MaxBodyBytes + PluginProtocol.CountedHeaderBytes)
        {
            throw new BpfFormatException(
                null, 0, 0, $"a frame says that it has {length} bytes, expected {PluginProtocol.CountedHeaderBytes} to {PluginProtocol.MaxBodyBytes + PluginProtocol.CountedHeaderBytes}");
        }

        return bytes.Length < PluginProtocol.HeaderBytes ? null : new FrameHeader(
            (int)length - PluginProtocol.CountedHeaderBytes,
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[sizeof(uint)..]),
            (FrameKind)bytes[PluginProtocol.HeaderBytes - 1]);
    }
}
