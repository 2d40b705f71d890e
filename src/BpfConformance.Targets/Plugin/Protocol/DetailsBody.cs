using BpfConformance.Abi;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Plugin.Protocol;

/// <summary>What a machine may say of itself at the end of its hello, or not: who says nothing there is as all others.</summary>
public static class DetailsBody
{
    private const byte VerifiesBit = 1;
    private const byte TracksBit = 2;
    private const byte LacksUpperPartsBit = 4;

    public static void Write(FrameWriter writer, TargetCapabilities capabilities)
    {
        int abilities = (capabilities.Verifies ? VerifiesBit : 0)
            | (capabilities.Tracks ? TracksBit : 0)
            | (capabilities.HasUpperPartsOfFields ? 0 : LacksUpperPartsBit);
        writer.U8((byte)abilities);
        writer.U16((ushort)capabilities.OnlyLoaded.Count);
        foreach (ProgramType type in capabilities.OnlyLoaded) writer.U32((uint)type);
        writer.U16((ushort)capabilities.MayLackMemory.Count);
        foreach (int helper in capabilities.MayLackMemory) writer.U32((uint)helper);
        WriteCost(writer, capabilities.UsualCost.VerifiedInstructions);
        WriteCost(writer, capabilities.UsualCost.CodeBytes);
    }

    /// <summary>The same capabilities, with what is said here.</summary>
    /// <exception cref="BpfFormatException">It is not what it should be.</exception>
    public static TargetCapabilities Read(ref BodyReader body, TargetCapabilities capabilities)
    {
        if (body.IsAtEnd) return capabilities;
        byte abilities = body.U8("more abilities");
        return capabilities with
        {
            Verifies = (abilities & VerifiesBit) != 0,
            Tracks = (abilities & TracksBit) != 0,
            HasUpperPartsOfFields = (abilities & LacksUpperPartsBit) == 0,
            OnlyLoaded = HelloAnswer.Types(ref body),
            MayLackMemory = HelloAnswer.Helpers(ref body),
            UsualCost = new UsualCost(ReadCost(ref body), ReadCost(ref body)),
        };
    }

    private static void WriteCost(FrameWriter writer, double? cost) => writer.U64(BitConverter.DoubleToUInt64Bits(cost ?? 0));

    private static double? ReadCost(ref BodyReader body) =>
        BitConverter.UInt64BitsToDouble(body.U64("usual cost")) is var cost && double.IsFinite(cost) && cost > 0 ? cost : null;
}
