using BpfConformance.Abi;

namespace BpfConformance.Targets.Plugin.Protocol;

/// <summary>How the host introduces itself: with the versions of the protocol that it speaks.</summary>
public static class HelloRequest
{
    public static void Write(FrameWriter writer)
    {
        writer.Bytes(PluginProtocol.Magic);
        writer.U16(PluginProtocol.Version);
        writer.U16(PluginProtocol.Version);
    }

    /// <summary>The lowest and the highest version.</summary>
    /// <exception cref="BpfFormatException">It is not what it should be.</exception>
    public static (ushort Lowest, ushort Highest) Read(ref BodyReader body)
    {
        if (!body.Bytes(PluginProtocol.Magic.Length, "magic").SequenceEqual(PluginProtocol.Magic)) throw body.Error("no host of this protocol");
        return (body.U16("lowest version"), body.U16("highest version"));
    }
}
