using BpfConformance.Abi;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Plugin.Protocol;

namespace BpfConformance.Tests.Targets.Plugin;

/// <summary>Writes and reads bodies of frames.</summary>
internal static class MessageBodies
{
    public const int DataBytes = 24;

    internal delegate void Reading(ref BodyReader reader);

    public static bool Reads(byte[] body, Reading read, bool mustBeRight = false)
    {
        var reader = new BodyReader(body);
        try
        {
            read(ref reader);
            return reader.Position <= body.Length;
        }
        catch (BpfFormatException bad) when (!mustBeRight)
        {
            return bad.Problem.Length > 0;
        }
    }

    public static byte[] Body(Action<FrameWriter> write)
    {
        var writer = new FrameWriter();
        writer.Begin(FrameKind.Load, request: 3);
        write(writer);
        writer.End();
        return writer.Frame[PluginProtocol.HeaderBytes..].ToArray();
    }

    public static ObservationBatch Batch(int count)
    {
        var batch = new ObservationBatch();
        batch.Reset(count, DataBytes);
        return batch;
    }
}
