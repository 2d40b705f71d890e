using BpfConformance.Abi;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Plugin.Protocol;

namespace BpfConformance.Harnesses;

/// <summary>What is written to a frame is read from it.</summary>
internal static class Frames
{
    /// <summary>A load that is written, read and written again gives the same bytes.</summary>
    public static void CheckLoad(LoadRequest request)
    {
        const string Property = "a load that is written is read as it was";
        ReadOnlySpan<byte> written = BodyOf(FrameKind.Load, writer => LoadBody.Write(writer, request, BodyParts.All));
        var body = new BodyReader(written);
        LoadRequest read;
        try
        {
            read = LoadBody.Read(ref body);
        }
        catch (BpfFormatException refusal)
        {
            throw new PropertyException(Property, refusal.Message);
        }

        if (!body.IsAtEnd) throw new PropertyException(Property, $"{body.Left} bytes are left");
        CheckSame(Property, written, BodyOf(FrameKind.Load, writer => LoadBody.Write(writer, read, BodyParts.All)));
    }

    /// <summary>The body of a frame that something is written to.</summary>
    public static byte[] BodyOf(FrameKind kind, Action<FrameWriter> write) => Of(kind, write)[PluginProtocol.HeaderBytes..];

    /// <summary>A whole frame.</summary>
    public static byte[] Of(FrameKind kind, Action<FrameWriter> write)
    {
        var writer = new FrameWriter();
        writer.Begin(kind, 1);
        write(writer);
        writer.End();
        return writer.Frame.ToArray();
    }

    public static void CheckSame(string property, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> got)
    {
        int same = expected.CommonPrefixLength(got);
        if (same != expected.Length || same != got.Length) throw new PropertyException(property, $"not from byte {same} on, of {expected.Length} and {got.Length}");
    }
}
