using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Plugin.Protocol;
using NUnit.Framework;
using static BpfConformance.Tests.Targets.Plugin.MessageBodies;

namespace BpfConformance.Tests.Targets.Plugin;

/// <summary>Runs and steps, written and read again, and steps that are refused.</summary>
internal sealed class StepMessageTests
{
    [Test]
    public void Runs_OfOtherPrograms_AreTheSame()
    {
        RunInput[] written = [new(default), new(default) { Program = 2 }, new(default) { Program = 1 }];
        var read = new RunInput[written.Length];

        Reads(Body(writer => ProgramsBody.Write(writer, written)), (ref BodyReader reader) => ProgramsBody.Read(ref reader, read, count: 3), mustBeRight: true);

        Assert.That(read.Select(input => input.Program), Is.EqualTo(new[] { 0, 2, 1 }));
        Assert.That(
            () => Reads(Body(writer => ProgramsBody.Write(writer, written)), (ref BodyReader reader) => ProgramsBody.Read(ref reader, read, count: 2), mustBeRight: true),
            Throws.TypeOf<BpfFormatException>());
    }

    [Test]
    public void Steps_WrittenAndRead_AreTheSame()
    {
        MapDefinition[] maps = [new("m", MapType.Hash, 2, 4, 1), new("q", MapType.Queue, 0, 2, 1), new("b", MapType.BloomFilter, 0, 1, 1), new("r", MapType.Ringbuf, 0, 0, 4096), new("u", MapType.UserRingbuf, 0, 0, 4096)];
        RunInput[] written =
        [
            new(new byte[] { 7 }),
            new(default) { Step = new MapStep(MapCommand.Update, 0, new byte[] { 1, 2 }, new byte[] { 3, 4, 5, 6 }, ulong.MaxValue) },
            new(default) { Step = new MapStep(MapCommand.LookupAndDelete, 1, default, default) },
            new(default) { Step = new MapStep(MapCommand.Lookup, 2, default, new byte[] { 9 }) },
            new(default) { Step = new MapStep(MapCommand.NextKey, 0, default, default) },
            new(default) { Step = new MapStep(MapCommand.Freeze, 0, default, default) },
            new(default) { Step = new RingStep(RingCommand.Consume, 3, default) },
            new(default) { Step = new RingStep(RingCommand.Produce, 4, new byte[] { 1, 2, 3 }) },
            new(default) { Step = new PinStep(PinCommand.MakeFolder, "tc") },
            new(default) { Step = new PinStep(PinCommand.Pin, "tc/ä", 3) },
            new(default) { Step = new PinStep(PinCommand.RemoveFolder, "tc") },
            new(default) { Step = new BatchStep(BatchCommand.Lookup, 0, 3, default, default) { GoesOn = true } },
            new(default) { Step = new BatchStep(BatchCommand.Update, 0, 2, new byte[] { 1, 2, 3, 4 }, new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 }, 4) },
            new(default) { Step = new BatchStep(BatchCommand.Delete, 0, 1, new byte[] { 1, 2 }, default) },
        ];
        var read = new RunInput[written.Length];
        bool wantsImages = false;

        Reads(
            Body(writer => StepsBody.Write(writer, written, wantsImages: true)),
            (ref BodyReader reader) => wantsImages = StepsBody.Read(ref reader, read, Loaded(maps)),
            mustBeRight: true);

        Assert.That(wantsImages);
        Assert.That(read.Select(Text), Is.EqualTo(written.Select(Text)));

        static string Text(RunInput input) => input.Step switch
        {
            MapStep step => $"{step.Command} {step.Map} {Convert.ToHexString(step.Key.Span)} {Convert.ToHexString(step.Value.Span)} {step.Flags}",
            BatchStep batch => $"{batch.Command} {batch.Map} {batch.Count} {Convert.ToHexString(batch.Keys.Span)} {Convert.ToHexString(batch.Values.Span)} {batch.Flags} {batch.GoesOn}",
            RingStep ring => $"{ring.Command} {ring.Map} {Convert.ToHexString(ring.Record.Span)}",
            var step => $"{step}",
        };
    }

    [Test]
    public void NetworkSteps_WrittenAndRead_AreTheSame()
    {
        LoadRequest loaded = Loaded([]) with { HasNetwork = true, DataBytes = 64 };
        loaded = loaded with { Program = loaded.Program with { Type = ProgramType.Xdp } };
        RunInput[] written =
        [
            new(default) { Step = new AttachStep(IsDetached: false, 0, NetworkPlace.Right) },
            new(default) { Step = new AttachStep(IsDetached: true, 0, NetworkPlace.Left) },
            new(default) { Step = new ArriveStep(NetworkPlace.Right, new byte[] { 1, 2, 3 }) },
            new(default) { Step = new SendStep(0x0a000002, 9, new byte[] { 4 }) },
            new(default) { Step = new WriteStep(NetworkPlace.Server, new byte[] { 5, 6 }) },
            new(default) { Step = new ConnectStep() },
        ];
        var read = new RunInput[written.Length];

        Reads(
            Body(writer => StepsBody.Write(writer, written, wantsImages: false)),
            (ref BodyReader reader) => StepsBody.Read(ref reader, read, loaded),
            mustBeRight: true);

        Assert.That(read.Select(Text), Is.EqualTo(written.Select(Text)));

        static string Text(RunInput input) => input.Step switch
        {
            ArriveStep arrive => $"{arrive.Device} {Convert.ToHexString(arrive.Frame.Span)}",
            SendStep send => $"{send.Address:x} {send.Port} {Convert.ToHexString(send.Payload.Span)}",
            WriteStep write => $"{write.Socket} {Convert.ToHexString(write.Payload.Span)}",
            var step => $"{step}",
        };
    }

    [Test]
    public void StepsOfMapsOfSockets_WrittenAndRead_AreTheSame()
    {
        LoadRequest loaded = Loaded([new MapDefinition("socks", MapType.Sockmap, 4, 8, 4)]) with { HasNetwork = true };
        loaded = loaded with { Program = loaded.Program with { Type = ProgramType.SkMsg } };
        RunInput[] written =
        [
            new(default) { Step = new MapAttachStep(IsDetached: false, 0, 0) },
            new(default) { Step = new MapAttachStep(IsDetached: true, 0, 0) },
        ];
        var read = new RunInput[written.Length];

        Reads(
            Body(writer => StepsBody.Write(writer, written, wantsImages: false)),
            (ref BodyReader reader) => StepsBody.Read(ref reader, read, loaded),
            mustBeRight: true);

        Assert.That(read.Select(input => input.Step), Is.EqualTo(written.Select(input => input.Step)));
    }

    [TestCase(32, 0, 128ul, 0, Description = "no such map")]
    [TestCase(36, 0, 3ul, 0, Description = "no side of the connection")]
    [TestCase(32, 1, 0ul, 0, Description = "no such program")]
    [TestCase(32, 0, 2ul, 0, Description = "a program that is not attached there")]
    [TestCase(33, 0, 4ul, 0, Description = "no such place")]
    [TestCase(34, 0, 2ul, 0, Description = "no device")]
    [TestCase(34, 0, 0ul, 6, Description = "an address of what arrives")]
    [TestCase(35, 0, 0ul, 5, Description = "no whole address")]
    [TestCase(37, 0, 7ul, 0, Description = "not the client")]
    [TestCase(38, 0, 0ul, 0, Description = "no such command")]
    public void NetworkStep_ThatIsNone_IsRefused(int command, int subject, ulong flags, int keyBytes)
    {
        LoadRequest loaded = Loaded([]) with { HasNetwork = true, DataBytes = 64 };
        loaded = loaded with { Program = loaded.Program with { Type = ProgramType.Xdp } };
        byte[] body = Body(writer =>
        {
            writer.U8(0);
            writer.U32(1);
            writer.U32(0);
            writer.U8((byte)command);
            writer.U32((uint)subject);
            writer.U64(flags);
            writer.U32((uint)keyBytes);
            writer.Bytes(new byte[keyBytes]);
            writer.U32(14);
            writer.Bytes(new byte[14]);
        });

        Assert.That(
            () => Reads(body, (ref BodyReader reader) => StepsBody.Read(ref reader, new RunInput[1], loaded), mustBeRight: true),
            Throws.TypeOf<BpfFormatException>());
    }

    [TestCase(11, 0, 2, 0, Description = "no such command")]
    [TestCase(24, 0, 0, 0, Description = "a map that is no ring")]
    [TestCase(25, 1, 0, 0, Description = "no such ring")]
    [TestCase(26, 0, 0, 0, Description = "no such command")]
    [TestCase(34, 0, 0, 14, Description = "a frame, and no network")]
    [TestCase(6, 2, 2, 0, Description = "no such object")]
    [TestCase(6, 0, 2, 0, Description = "no path: it has zeros in it")]
    [TestCase(6, 0, 0, 0, Description = "an empty path")]
    [TestCase(0, 1, 2, 0, Description = "no such map")]
    [TestCase(0, 0, 3, 0, Description = "a key of another size")]
    [TestCase(0, 0, 0, 0, Description = "no key")]
    [TestCase(0, 0, 2, 4, Description = "a value of a lookup")]
    [TestCase(1, 0, 2, 3, Description = "a value of another size")]
    public void Step_ThatTheMapHasNot_IsRefused(int command, int map, int keyBytes, int valueBytes)
    {
        byte[] body = Body(writer =>
        {
            writer.U8(0);
            writer.U32(1);
            writer.U32(0);
            writer.U8((byte)command);
            writer.U32((uint)map);
            writer.U64(0);
            writer.U32((uint)keyBytes);
            writer.Bytes(new byte[keyBytes]);
            writer.U32((uint)valueBytes);
            writer.Bytes(new byte[valueBytes]);
        });

        Assert.That(
            () => Reads(body, (ref BodyReader reader) => StepsBody.Read(ref reader, new RunInput[1], Loaded(new MapDefinition("m", MapType.Hash, 2, 4, 1))), mustBeRight: true),
            Throws.TypeOf<BpfFormatException>());
    }

    private static LoadRequest Loaded(params MapDefinition[] maps) => new(new BpfProgram([]), [.. maps], 0);
}
