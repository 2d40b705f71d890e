using BpfConformance.Abi;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Plugin.Protocol;

/// <summary>What a load took, at the end of its answer, or not.</summary>
public static class CostBody
{
    private const ulong NotSeen = ulong.MaxValue;

    public static void Write(FrameWriter writer, LoadCost cost)
    {
        writer.U64(cost.VerifiedInstructions is { } instructions ? (ulong)instructions : NotSeen);
        writer.U64(cost.CodeBytes is { } bytes ? (ulong)bytes : NotSeen);
    }

    /// <exception cref="BpfFormatException">It is not what it should be.</exception>
    public static LoadCost Read(ref BodyReader body) =>
        body.IsAtEnd ? default : new LoadCost(Seen(body.U64("verified instructions")), Seen(body.U64("bytes of code")));

    private static long? Seen(ulong count) => count <= long.MaxValue ? (long)count : null;
}
