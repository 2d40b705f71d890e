using BpfConformance.Abi;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Plugin.Protocol;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using static BpfConformance.Tests.Targets.Plugin.MessageBodies;

namespace BpfConformance.Tests.Targets.Plugin;

/// <summary>Any bytes are a message or a <see cref="BpfFormatException"/>, at the price of what is there; and what is written is read again.</summary>
public sealed class ProtocolProperties
{
    /// <summary>Pieces of real messages, so that readers get past the first field; any bytes are among them too.</summary>
    internal static Arbitrary<byte[]> Bodies { get; } = Gen
        .ListOf(Gen.OneOf(
            Gen.Elements<byte[]>([0], [1], [2], [0xff], [1, 0], [0, 0, 0, 0], [1, 0, 0, 0], [8, 0, 0, 0], [0xff, 0xff, 0xff, 0xff], [6, 0, .. "base32"u8], "bpfc"u8.ToArray()),
            ArbMap.Default.GeneratorFor<byte[]>()))
        .Select(pieces => pieces.SelectMany(piece => piece).ToArray())
        .ToArbitrary();

    private static Gen<Observation> Observations { get; } =
        from status in Gen.Elements(ExecutionStatus.Returned, ExecutionStatus.Faulted, ExecutionStatus.TimedOut)
        from fault in Gen.Elements(Enum.GetValues<FaultKind>())
        from pc in Gen.Choose(-1, 1_000_000)
        from r0 in ArbMap.Default.GeneratorFor<ulong>()
        from r0Mask in Gen.Elements(0ul, ulong.MaxValue, 0xffff_fffful)
        from registers in Gen.Choose(0, (1 << MachineLimits.RegisterCount) - 1)
        from instructions in Gen.Elements(-1L, 0, 5, long.MaxValue)
        from length in Gen.Choose(-1, DataBytes)
        select new Observation
        {
            Status = status,
            Fault = fault,
            FaultPc = pc,
            R0 = r0Mask == 0 ? 0 : r0,
            R0Mask = r0Mask,
            RegistersMask = (ushort)registers,
            Instructions = instructions,
            DataLength = length,
        };

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public Property Readers_OfAnyBytes_GiveAMessageOrAFormatError() => Prop.ForAll(Bodies, body =>
        Reads(body, (ref BodyReader reader) => HelloRequest.Read(ref reader))
        && Reads(body, (ref BodyReader reader) => HelloAnswer.Read(ref reader))
        && Reads(body, (ref BodyReader reader) => LoadBody.Read(ref reader))
        && Reads(body, (ref BodyReader reader) => VerdictBody.Read(ref reader))
        && Reads(body, (ref BodyReader reader) => InputsBody.Read(ref reader, DataBytes))
        && Reads(body, (ref BodyReader reader) => OutcomesBody.Read(ref reader, Batch(3), first: 1, count: 2)));

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public Property Header_OfAnyBytes_IsNeverLongerThanTheLimit() => Prop.ForAll(Bodies, bytes =>
    {
        try
        {
            return FrameHeader.TryRead(bytes) is not { } header || header.BodyBytes is >= 0 and <= 64 << 20;
        }
        catch (BpfFormatException)
        {
            return true;
        }
    });

    /// <summary>A claim of four thousand million elements must cost nothing.</summary>
    [TestCase(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x42, 0x0f, 0 }, TestName = "a million slots")]
    [TestCase(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff }, TestName = "more slots than there may be")]
    [TestCase(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff }, TestName = "more maps than there may be")]
    public void Load_OfAHugeClaim_IsRefusedWithoutRoomForIt(byte[] body)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.That(Reads(body, (ref BodyReader reader) => LoadBody.Read(ref reader)));

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(64 << 10));
    }

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public Property Outcomes_WrittenAndRead_AreTheSame() => Prop.ForAll(
        Gen.ListOf(Observations).ToArbitrary(), ArbMap.Default.ArbFor<byte>(), (observations, fill) =>
    {
        ObservationBatch written = Batch(observations.Count);
        for (int i = 0; i < observations.Count; i++)
        {
            written[i] = observations[i];
            written.Data(i).Fill(fill);
            if ((fill & 1) != 0) written.DataMask(i)[fill % DataBytes] = fill;
            for (int r = 0; r < MachineLimits.RegisterCount; r++)
            {
                if ((observations[i].RegistersMask >> r & 1) != 0) written[i].Registers[r] = fill * 0x0101010101010101ul + (ulong)r;
            }
        }

        ObservationBatch read = Batch(observations.Count);
        Assert.That(Reads(Body(writer => OutcomesBody.Write(writer, written)), (ref BodyReader reader) => OutcomesBody.Read(ref reader, read, 0, observations.Count), mustBeRight: true));
        return Enumerable.Range(0, observations.Count).All(i => AreEqual(written, read, i));
    });

    private static bool AreEqual(ObservationBatch left, ObservationBatch right, int index)
    {
        Observation a = left[index];
        Observation b = right[index];
        int length = Math.Max(a.DataLength, 0);
        return (a.Status, a.Fault, a.FaultPc, a.R0, a.R0Mask, a.RegistersMask, a.Instructions, a.DataLength)
                == (b.Status, b.Fault, b.FaultPc, b.R0, b.R0Mask, b.RegistersMask, b.Instructions, b.DataLength)
            && ((ReadOnlySpan<ulong>)a.Registers).SequenceEqual(b.Registers)
            && left.Data(index)[..length].SequenceEqual(right.Data(index)[..length])
            && left.DataMask(index)[..length].SequenceEqual(right.DataMask(index)[..length]);
    }
}
