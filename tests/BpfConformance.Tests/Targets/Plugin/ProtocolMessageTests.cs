using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Plugin.Protocol;
using NUnit.Framework;
using static BpfConformance.Tests.Targets.Plugin.MessageBodies;

namespace BpfConformance.Tests.Targets.Plugin;

/// <summary>Messages written and read again, and what is not known here.</summary>
internal sealed class ProtocolMessageTests
{
    [Test]
    public void Outcomes_WithReasonsAndARemark_AreTheSame()
    {
        ObservationBatch written = Batch(2);
        written.SetInconclusive(0, "it depends on the time");
        written.SetCrashed(1, "ended by signal 11");
        written.Remark = "no registers";
        ObservationBatch read = Batch(2);

        Reads(Body(writer => OutcomesBody.Write(writer, written)), (ref BodyReader reader) => OutcomesBody.Read(ref reader, read, 0, 2), mustBeRight: true);

        Assert.That((read[0].Status, read.Reason(0)), Is.EqualTo((ExecutionStatus.Inconclusive, "it depends on the time")));
        Assert.That((read[1].Status, read.Reason(1)), Is.EqualTo((ExecutionStatus.Crashed, "ended by signal 11")));
        Assert.That(read.Remark, Is.EqualTo("no registers"));
    }

    [Test]
    public void Load_WrittenAndRead_IsTheSame()
    {
        var request = new LoadRequest(
            new BpfProgram([new Instruction(0xb7, 0, -2, 7), new Instruction(0x95, 0, 0, 0)], ProgramType.SocketFilter),
            [new MapDefinition("cells", MapType.Array, 4, 8, 1, MapFlags.Mmapable)],
            513)
        {
            InstructionBudget = 1 << 30,
        };
        LoadRequest? read = null;

        Reads(Body(writer => LoadBody.Write(writer, request, BodyParts.None)), (ref BodyReader reader) => read = LoadBody.Read(ref reader), mustBeRight: true);

        Assert.That(read!.Program, Is.EqualTo(request.Program));
        Assert.That(read.Maps, Is.EqualTo(request.Maps));
        Assert.That((read.DataBytes, read.InstructionBudget), Is.EqualTo((513, 1L << 30)));
    }

    [Test]
    public void Load_ForAUserSpace_HasContentsAndSequence()
    {
        MapDefinition inner = new("inner", MapType.Array, 4, 8, 1);
        MapDefinition outer = new("outer", MapType.HashOfMaps, 4, 4, 2)
        {
            InnerMap = 0,
            Extra = 5,
            Contents = [new MapEntry(new byte[] { 1, 0, 0, 0 }, new byte[] { 0, 0, 0, 0 })],
        };
        var request = new LoadRequest(new BpfProgram([new Instruction(0x95, 0, 0, 0)]), [inner, outer], 0) { IsSequence = true };
        LoadRequest? read = null;

        Reads(Body(writer => LoadBody.Write(writer, request, BodyParts.UserSpace)), (ref BodyReader reader) => read = LoadBody.Read(ref reader), mustBeRight: true);

        Assert.That(read!.IsSequence);
        Assert.That(read.Maps.Select(map => map with { Contents = [] }), Is.EqualTo(new[] { inner, outer with { Contents = [] } }));
        Assert.That(
            read.Maps[1].Contents.Select(entry => (Convert.ToHexString(entry.Key.Span), Convert.ToHexString(entry.Value.Span))),
            Is.EqualTo(new[] { ("01000000", "00000000") }));
    }

    [Test]
    public void Load_ForAMachineWithFields_HasThem()
    {
        ImmutableArray<ValueField> fields = [new(ValueFieldKind.SpinLock, 0), new(ValueFieldKind.Timer, 8)];
        MapDefinition[] maps = [new("a", MapType.Array, 4, 24, 1), new("b", MapType.Hash, 4, 24, 1) { Fields = fields }];
        var request = new LoadRequest(new BpfProgram([new Instruction(0x95, 0, 0, 0)]), [.. maps], 0);
        LoadRequest? read = null;

        Reads(Body(writer => LoadBody.Write(writer, request, BodyParts.Fields)), (ref BodyReader reader) => read = LoadBody.Read(ref reader, BodyParts.Fields), mustBeRight: true);

        Assert.That(read!.Maps.Select(map => map.Fields), Is.EqualTo(new[] { [], fields }));
    }

    [Test]
    public void Load_OfPinnedMaps_SaysWhere()
    {
        MapPin?[] pins = [new(PinNamespace.Global, "shared"), null, new(PinNamespace.Object, "shared")];
        MapDefinition[] maps = [.. pins.Select((pin, index) => new MapDefinition($"m{index}", MapType.Array, 4, 8, 1) { Pin = pin })];
        var request = new LoadRequest(new BpfProgram([new Instruction(0x95, 0, 0, 0)]), [.. maps], 0);
        LoadRequest? read = null;

        Reads(Body(writer => LoadBody.Write(writer, request, BodyParts.All)), (ref BodyReader reader) => read = LoadBody.Read(ref reader), mustBeRight: true);

        Assert.That(read!.Maps.Select(map => map.Pin), Is.EqualTo(pins));
    }

    [TestCase((byte)3, "x", Description = "no such namespace")]
    [TestCase((byte)2, "../x", Description = "a path that leads elsewhere")]
    [TestCase((byte)1, "", Description = "no name")]
    [TestCase((byte)1, "a/b", Description = "two names")]
    [TestCase((byte)1, "1a", Description = "a name that begins with a digit")]
    public void Load_WithAPinThatIsNone_IsRefused(byte kind, string name)
    {
        byte[] body = Body(writer =>
        {
            LoadBody.Write(writer, new LoadRequest(new BpfProgram([new Instruction(0x95, 0, 0, 0)]), [new("a", MapType.Array, 4, 24, 1)], 0), BodyParts.All);
            writer.U8(kind);
            writer.Text(name);
        });

        Assert.That(() => Reads(body, (ref BodyReader reader) => LoadBody.Read(ref reader), mustBeRight: true), Throws.TypeOf<BpfFormatException>());
    }

    [TestCase((byte)4, 0u, Description = "no such kind")]
    [TestCase((byte)0, 65_536u, Description = "too far away")]
    public void Load_WithAFieldThatIsNone_IsRefused(byte kind, uint offset)
    {
        byte[] body = Body(writer =>
        {
            LoadBody.Write(writer, new LoadRequest(new BpfProgram([new Instruction(0x95, 0, 0, 0)]), [new("a", MapType.Array, 4, 24, 1)], 0), BodyParts.None);
            writer.U8(1);
            writer.U8(kind);
            writer.U32(offset);
        });

        Assert.That(() => Reads(body, (ref BodyReader reader) => LoadBody.Read(ref reader, BodyParts.Fields), mustBeRight: true), Throws.TypeOf<BpfFormatException>());
    }

    [TestCase(0u, 1u, true, Description = "what is there")]
    [TestCase(1u, 0u, false, Description = "an inner map that is not before it")]
    [TestCase(0u, 5u, false, Description = "a value that is no map before it")]
    public void Load_ForAUserSpace_NamesOnlyMapsBeforeIt(uint inner, uint value, bool isRight)
    {
        byte[] body = Body(writer =>
        {
            MapDefinition[] maps = [new("a", MapType.Array, 4, 8, 1), new("b", MapType.Array, 4, 8, 1), new("c", MapType.HashOfMaps, 4, 4, 2)];
            LoadBody.Write(writer, new LoadRequest(new BpfProgram([new Instruction(0x95, 0, 0, 0)]), [.. maps], 0), BodyParts.None);
            writer.U8(0);
            WriteMap(writer, uint.MaxValue, []);
            WriteMap(writer, isRight ? uint.MaxValue : inner, []);
            WriteMap(writer, 0, [(1, value)]);
        });

        Assert.That(() => Reads(body, (ref BodyReader reader) => LoadBody.Read(ref reader), mustBeRight: true), isRight ? Throws.Nothing : Throws.TypeOf<BpfFormatException>());

        static void WriteMap(FrameWriter writer, uint template, (uint Key, uint Value)[] entries)
        {
            writer.U32(template);
            writer.U64(0);
            writer.U32((uint)entries.Length);
            foreach ((uint key, uint map) in entries)
            {
                writer.U32(key);
                writer.U32(map);
            }
        }
    }

    [Test]
    public void Load_OfSeveralPrograms_SaysWhereEachBegins()
    {
        var exit = new Instruction(0x95, 0, 0, 0);
        var program = new BpfProgram([exit, exit, exit], ProgramType.SocketFilter)
        {
            Others = [new ProgramPart("second", 1, ProgramType.SocketFilter), new ProgramPart("third", 2, ProgramType.Xdp)],
        };
        LoadRequest? read = null;

        Reads(
            Body(writer => LoadBody.Write(writer, new LoadRequest(program, [], 0), BodyParts.UserSpace | BodyParts.Programs)),
            (ref BodyReader reader) => read = LoadBody.Read(ref reader),
            mustBeRight: true);

        Assert.That(read!.Program, Is.EqualTo(program));
    }

    [TestCase(2u, 1u, 0u, Description = "a program that begins before another")]
    [TestCase(1u, 4u, 0u, Description = "a program behind the last slot")]
    [TestCase(1u, 2u, 3u, Description = "an entry of an array that is no program")]
    public void Load_OfSeveralPrograms_RefusesWhatIsNotThere(uint first, uint second, uint entry)
    {
        var exit = new Instruction(0x95, 0, 0, 0);
        var jumps = new MapDefinition("jumps", MapType.ProgArray, 4, 4, 1)
        {
            Contents = [new MapEntry(new byte[4], BitConverter.GetBytes(entry))],
        };
        byte[] body = Body(writer =>
        {
            LoadBody.Write(writer, new LoadRequest(new BpfProgram([exit, exit, exit]), [jumps], 0), BodyParts.UserSpace);
            writer.U32(2);
            foreach (uint start in (uint[])[first, second])
            {
                writer.U32((uint)ProgramType.Unspecified);
                writer.U32(start);
                writer.Text("other");
            }
        });

        Assert.That(() => Reads(body, (ref BodyReader reader) => LoadBody.Read(ref reader), mustBeRight: true), Throws.TypeOf<BpfFormatException>());
    }

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

    [Test]
    public void Outcomes_WithImages_AreTheSame()
    {
        ObservationBatch written = WithImages();
        Convert.FromHexString("0100000001020304").CopyTo(written.Maps(1));
        written.MapsMask(1)[6] = 0;
        written[1].MapsLength = 8;
        ObservationBatch read = WithImages();

        Reads(Body(writer => OutcomesBody.Write(writer, written)), (ref BodyReader reader) => OutcomesBody.Read(ref reader, read, 0, 2), mustBeRight: true);

        Assert.That((read[0].MapsLength, read[1].MapsLength), Is.EqualTo((-1, 8)));
        Assert.That(Convert.ToHexString(read.Maps(1)[..8]), Is.EqualTo("0100000001020304"));
        Assert.That(Convert.ToHexString(read.MapsMask(1)[..8]), Is.EqualTo("FFFFFFFFFFFF00FF"));

        static ObservationBatch WithImages()
        {
            var batch = new ObservationBatch();
            batch.Reset(2, DataBytes, mapBytes: 10);
            return batch;
        }
    }

    [TestCase(VerdictKind.Accepted, ReasonClass.None, "", null, null)]
    [TestCase(VerdictKind.Rejected, ReasonClass.ReservedField, "byte 3 is not zero", 7, null)]
    [TestCase(VerdictKind.Rejected, ReasonClass.Other, "no", null, 22)]
    [TestCase(VerdictKind.Unsupported, ReasonClass.Permission, "may not", 0, 1)]
    [TestCase(VerdictKind.Inconclusive, ReasonClass.None, "no memory", null, null)]
    public void Verdict_WrittenAndRead_IsTheSame(VerdictKind kind, ReasonClass reason, string message, int? pc, int? errno)
    {
        var verdict = new Verdict(kind, reason, message, pc, errno);
        Verdict? read = null;

        Reads(Body(writer => VerdictBody.Write(writer, verdict)), (ref BodyReader reader) => read = VerdictBody.Read(ref reader), mustBeRight: true);

        Assert.That(read, Is.EqualTo(verdict));
    }

    [Test]
    public void Verdict_ForAReasonThatIsNotKnownHere_IsOtherWithTheWord()
    {
        byte[] body = [1, 5, 0, .. "Moons"u8, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 3, 0, .. "bad"u8, 99];
        Verdict? read = null;

        Reads(body, (ref BodyReader reader) => read = VerdictBody.Read(ref reader), mustBeRight: true);

        Assert.That(read, Is.EqualTo(Verdict.Rejected(ReasonClass.Other, "Moons: bad")));
    }

    [Test]
    public void Hello_WithWhatIsNotKnownHere_LeavesItOut()
    {
        byte[] body =
        [
            1, 0, 1, 0, (byte)'x', 1, 0, (byte)'2', 9, 0xff, 0xff, 0xff, 0xff, 0xfe,
            2, 0, 6, 0, .. "base32"u8, 5, 0, .. "moons"u8, 2, 0, 0, 0, 0, 0, 77, 7, 0, 0, 3, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 1, 2, 3,
        ];
        HelloAnswer? read = null;

        Reads(body, (ref BodyReader reader) => read = HelloAnswer.Read(ref reader), mustBeRight: true);

        Assert.That(read!.Capabilities.Groups, Is.EqualTo(new[] { ConformanceGroup.Base32 }));
        Assert.That(read.Capabilities.Types, Is.EqualTo(new[] { ProgramType.Unspecified }));
        Assert.That(read.Capabilities.Helpers, Is.EqualTo(new[] { 5 }));
        Assert.That((read.Capabilities.Cpu, read.Capabilities.MaxDataBytes, read.HasThreads), Is.EqualTo((CpuVersion.V4, 16 << 20, false)));
    }

    [Test]
    public void Text_WithWhatIsForTerminals_IsPlain() =>
        Assert.That(new BodyReader([7, 0, .. "a\u001b[2J\n"u8, 0xff]).Text("text"), Is.EqualTo("a [2J\n\ufffd"));

    [TestCase("right\u202eleft", "right left")]
    [TestCase("zero\u200bwidth \ufeff.", "zero width  .")]
    [TestCase("one\u2028two\u2029three\u0085four", "one two three four")]
    [TestCase("tag \U000e0041.", "tag  .")]
    [TestCase("größer \U0001f600\t≤\n", "größer \U0001f600\t≤\n")]
    public void Text_WithWhatChangesHowOthersAreShown_HasSpacesInstead(string text, string plain) =>
        Assert.That(new BodyReader(Body(writer => writer.Text(text))).Text("text"), Is.EqualTo(plain));

    [TestCase(new byte[] { 7, 0, 0, 0 }, 7)]
    [TestCase(new byte[] { 0xff, 0xff, 0xff, 0xff }, null)]
    public void Outcome_OfAFault_HasAPcUnlessItIsNotKnown(byte[] pc, int? expected)
    {
        byte[] outcome = [1, 0x30, 15, 0, .. "OutOfBoundsLoad"u8, .. pc];
        ObservationBatch batch = Batch(1);

        Reads([0, 0, 1, 0, 0, 0, (byte)outcome.Length, 0, 0, 0, .. outcome], (ref BodyReader reader) => OutcomesBody.Read(ref reader, batch, 0, 1), mustBeRight: true);

        Assert.That(batch.Materialize(0).Fault, Is.EqualTo(new Fault(FaultKind.OutOfBoundsLoad, expected)));
    }

    [Test]
    public void Text_ThatIsTooLong_EndsWithAWholeCharacter()
    {
        byte[] body = Body(writer => writer.Text(new string('é', 40_000)));

        Assert.That(new BodyReader(body).Text("text"), Is.EqualTo(new string('é', 32_767)));
    }

    private static LoadRequest Loaded(params MapDefinition[] maps) => new(new BpfProgram([]), [.. maps], 0);
}
