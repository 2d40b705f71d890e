using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Plugin.Protocol;

/// <summary>A step with many elements of a map at once, as <see cref="StepsBody"/> has it; behind its values stand how many elements, and whether it goes on.</summary>
internal static class BatchBody
{
    private const byte GoesOnBit = 1;

    public static void Write(FrameWriter writer, byte command, BatchStep step)
    {
        writer.U8(command);
        writer.U32((uint)step.Map);
        writer.U64(step.Flags);
        StepsBody.WriteCounted(writer, step.Keys.Span);
        StepsBody.WriteCounted(writer, step.Values.Span);
        writer.U32((uint)step.Count);
        writer.U8(step.GoesOn ? GoesOnBit : (byte)0);
    }

    /// <param name="body">Behind the command.</param>
    /// <param name="command">Which.</param>
    /// <param name="loaded">What is loaded.</param>
    /// <exception cref="BpfFormatException">It is not what it should be.</exception>
    public static BatchStep Read(ref BodyReader body, BatchCommand command, LoadRequest loaded)
    {
        if (loaded.Maps.IsEmpty) throw body.Error("a batch without maps");
        int index = body.Count(loaded.Maps.Length - 1, "map of a batch");
        MapDefinition map = loaded.Maps[index];
        ulong flags = body.U64("flags");
        byte[] keys = StepsBody.ReadCounted(ref body, "keys");
        byte[] values = StepsBody.ReadCounted(ref body, "values");
        int count = body.Count(BatchStep.MaxBytes, "elements of a batch");
        var step = new BatchStep(command, index, count, keys, values, flags) { GoesOn = (body.U8("whether a batch goes on") & GoesOnBit) != 0 };
        bool isRight = keys.Length == (step.IsLookup ? 0 : (long)count * map.KeyBytes)
            && values.Length == (command == BatchCommand.Update ? (long)count * map.ValueBytes : 0)
            && (long)count * (map.KeyBytes + map.ValueBytes) <= BatchStep.MaxBytes;
        if (!isRight) throw body.Error($"a batch of {count} elements with keys of {keys.Length} bytes and values of {values.Length}, which map {index} has not");
        for (int i = 0; i < values.Length; i += map.ValueBytes) StepsBody.CheckIndex(ref body, loaded, map, values.AsSpan(i, map.ValueBytes));
        return step;
    }
}
