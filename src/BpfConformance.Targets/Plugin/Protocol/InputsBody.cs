using BpfConformance.Abi;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Plugin.Protocol;

/// <summary>The inputs of runs, as a part of a frame's body.</summary>
public static class InputsBody
{
    public static void Write(FrameWriter writer, ReadOnlySpan<RunInput> inputs)
    {
        writer.U32((uint)inputs.Length);
        foreach (RunInput input in inputs)
        {
            writer.U32((uint)input.Data.Length);
            writer.Bytes(input.Data.Span);
        }
    }

    /// <param name="body">Where they stand.</param>
    /// <param name="dataBytes">The longest that the load has announced.</param>
    /// <param name="most">How many there may be.</param>
    /// <exception cref="BpfFormatException">They are not what they should be.</exception>
    public static RunInput[] Read(ref BodyReader body, int dataBytes, int most = PluginProtocol.MaxInputs)
    {
        int count = body.Count(most, "number of inputs");
        var inputs = new List<RunInput>();
        for (int i = 0; i < count; i++)
        {
            int length = body.Count(dataBytes, "bytes of an input");
            inputs.Add(new RunInput(body.Bytes(length, "an input").ToArray()));
        }

        return [.. inputs];
    }
}
