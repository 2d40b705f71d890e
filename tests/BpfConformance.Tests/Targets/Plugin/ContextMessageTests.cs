using BpfConformance.Abi;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.InProcess;
using BpfConformance.Targets.Plugin.Protocol;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using static BpfConformance.Tests.Targets.Plugin.MessageBodies;

namespace BpfConformance.Tests.Targets.Plugin;

/// <summary>What machines with contexts are sent, and what they send back.</summary>
internal sealed class ContextMessageTests
{
    private static readonly Instruction s_exit = new(0x95, 0, 0, 0);

    private static readonly BpfProgram s_program = new([s_exit, s_exit], ProgramType.SchedCls)
    {
        AttachType = AttachType.TcxEgress,
        License = "Dual MIT/GPL",
        Flags = ProgramFlags.StrictAlignment | ProgramFlags.TestRegInvariants,
        Others = [new ProgramPart("other", 1, ProgramType.SchedCls, AttachType.NetkitPeer)],
    };

    [TestCase(BodyParts.All)]
    [TestCase(BodyParts.Programs | BodyParts.Contexts)]
    public void Load_WithContexts_IsTheSame(BodyParts parts) => Assert.That(WrittenAndRead(s_program, parts), Is.EqualTo(s_program));

    [Test]
    public void Load_WithContextsAlone_IsTheSame()
    {
        BpfProgram program = s_program with { Others = [] };

        Assert.That(WrittenAndRead(program, BodyParts.Contexts), Is.EqualTo(program));
    }

    [Test]
    public void Load_ForAMachineWithout_SaysNothingOfThem()
    {
        byte[] plain = Body(writer => LoadBody.Write(writer, new LoadRequest(new BpfProgram([s_exit, s_exit], ProgramType.SchedCls), [], 0), BodyParts.None));

        Assert.That(Body(writer => LoadBody.Write(writer, new LoadRequest(s_program, [], 0), BodyParts.None)), Is.EqualTo(plain));
    }

    [TestCase(3u, 127, 1u, 2u, "byte 137 of the body: 3 attach types, expected 2, one for each program", Description = "too many programs")]
    [TestCase(2u, 128, 1u, 2u, "byte 134 of the body: a license of 128 characters, expected at most 127", Description = "too long a license")]
    [TestCase(2u, 127, 1u, 0x8000_0000u, "attach type is 2147483648, expected at most 2147483647", Description = "no attach type there can be")]
    [TestCase(2u, 127, 1u, null, "attach type needs 4 bytes, and 0 are left", Description = "too few attach types")]
    [TestCase(2u, 127, 1u, 9999u, null, Description = "an attach type of a later kernel")]
    public void Load_WithWhatCannotBe_IsRefused(uint count, int license, uint first, uint? second, string? problem)
    {
        byte[] body = Body(writer =>
        {
            writer.U32(0);
            writer.Text(new string('x', license));
            writer.U32(count);
            writer.U32(first);
            if (second is { } attach) writer.U32(attach);
        });

        Assert.That(
            () => Reads(body, (ref BodyReader reader) => ContextsBody.Read(ref reader, s_program), mustBeRight: true),
            problem is null ? Throws.Nothing : Throws.TypeOf<BpfFormatException>().With.Message.Contains(problem));
    }

    [Test]
    public void Runs_WithContexts_AreTheSame()
    {
        RunInput[] written = [new(default) { Context = new byte[] { 1, 2, 3 } }, new(default), new(default) { Context = new byte[192] }];
        var read = new RunInput[written.Length];
        bool wantsContexts = false;

        Reads(
            Body(writer => ContextsBody.Write(writer, written, wantsContexts: true)),
            (ref BodyReader reader) => wantsContexts = ContextsBody.Read(ref reader, read, s_program),
            mustBeRight: true);

        Assert.That(wantsContexts);
        Assert.That(read.Select(input => Convert.ToHexString(input.Context.Span)), Is.EqualTo(written.Select(input => Convert.ToHexString(input.Context.Span))));
    }

    [TestCase(1u, 0u, 193u, Description = "longer than the structure")]
    [TestCase(1u, 2u, 0u, Description = "of an input that is not there")]
    [TestCase(3u, 0u, 0u, Description = "more than there are inputs")]
    [TestCase(1u, 0u, 8u, Description = "without its bytes")]
    [TestCase(1u, 0u, 0xffff_ffffu, Description = "four thousand million bytes")]
    public void Runs_WithContextsThatCannotBe_AreRefused(uint count, uint input, uint bytes)
    {
        byte[] body = Body(writer =>
        {
            writer.U8(1);
            writer.U32(count);
            writer.U32(input);
            writer.U32(bytes);
        });

        Assert.That(
            () => Reads(body, (ref BodyReader reader) => ContextsBody.Read(ref reader, new RunInput[2], s_program), mustBeRight: true),
            Throws.TypeOf<BpfFormatException>());
    }

    [TestCase(BodyParts.All, 10)]
    [TestCase(BodyParts.Contexts, 0)]
    public void Outcomes_WithContexts_AreTheSame(BodyParts wanted, int mapBytes)
    {
        ObservationBatch written = WithContexts(mapBytes);
        Convert.FromHexString("01020304").CopyTo(written.Context(1));
        written.ContextMask(1)[2] = 0;
        written[1].ContextLength = 4;
        if (mapBytes > 0) written[1].MapsLength = 7;
        ObservationBatch read = WithContexts(mapBytes);

        Reads(Body(writer => OutcomesBody.Write(writer, written)), (ref BodyReader reader) => OutcomesBody.Read(ref reader, read, 0, 2, wanted), mustBeRight: true);

        Assert.That((read[0].ContextLength, read[1].ContextLength, read[1].MapsLength), Is.EqualTo((-1, 4, mapBytes > 0 ? 7 : -1)));
        Assert.That(Convert.ToHexString(read.Context(1)[..4]), Is.EqualTo("01020304"));
        Assert.That(Convert.ToHexString(read.ContextMask(1)[..4]), Is.EqualTo("FFFF00FF"));
    }

    [TestCase(7u, 14)]
    [TestCase(6u, 11)]
    public void Outcomes_WithContextsThatCannotBe_AreRefused(uint length, int bytes)
    {
        byte[] body = Body(writer =>
        {
            writer.Text(string.Empty);
            writer.U32(1);
            int start = writer.BeginCounted();
            writer.U8(0);
            writer.U8(0);
            writer.U8(1);
            writer.U32(length);
            writer.Bytes(new byte[bytes]);
            writer.EndCounted(start);
        });

        Assert.That(
            () => Reads(body, (ref BodyReader reader) => OutcomesBody.Read(ref reader, WithContexts(0), 0, 1), mustBeRight: true),
            Throws.TypeOf<BpfFormatException>());
    }

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public Property Readers_OfAnyBytes_GiveAMessageOrAFormatError() => Prop.ForAll(ProtocolProperties.Bodies, body =>
        Reads(body, (ref BodyReader reader) => ContextsBody.Read(ref reader, s_program))
        && Reads(body, (ref BodyReader reader) => ContextsBody.Read(ref reader, new RunInput[3], s_program))
        && Reads([0, 0, 1, 0, 0, 0, .. BitConverter.GetBytes(body.Length), .. body], (ref BodyReader reader) => OutcomesBody.Read(ref reader, WithContexts(0), 0, 1)));

    [Test]
    public void Hello_OfAMachineWithContextsAlone_SaysSo()
    {
        var hello = new HelloAnswer(1, "x", new ReferenceTarget().Capabilities with { HasUserSpace = false, HasSeveralPrograms = false, HasValueFields = false }, HasThreads: false);
        HelloAnswer? read = null;

        Reads(Body(hello.Write), (ref BodyReader reader) => read = HelloAnswer.Read(ref reader), mustBeRight: true);

        Assert.That((read!.Capabilities.HasContexts, read.Capabilities.HasSeveralPrograms, read.Capabilities.HasUserSpace), Is.EqualTo((true, false, false)));
        Assert.That(read.Capabilities.Parts(), Is.EqualTo(BodyParts.Contexts));
    }

    private static BpfProgram WrittenAndRead(BpfProgram program, BodyParts parts)
    {
        LoadRequest? read = null;
        Reads(
            Body(writer => LoadBody.Write(writer, new LoadRequest(program, [], 0), parts)),
            (ref BodyReader reader) => read = LoadBody.Read(ref reader, parts),
            mustBeRight: true);
        return read!.Program;
    }

    private static ObservationBatch WithContexts(int mapBytes)
    {
        var batch = new ObservationBatch();
        batch.Reset(2, DataBytes, mapBytes, contextBytes: 6);
        return batch;
    }
}
