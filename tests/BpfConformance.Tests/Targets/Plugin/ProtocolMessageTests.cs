using BpfConformance.Abi;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Campaigns;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.InProcess;
using BpfConformance.Targets.Plugin.Protocol;
using NUnit.Framework;
using static BpfConformance.Tests.Targets.Plugin.MessageBodies;

namespace BpfConformance.Tests.Targets.Plugin;

/// <summary>Other messages written and read again, and what is not known here.</summary>
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
    public void Verdict_WithoutAMessage_IsTheReasonWithoutAColon()
    {
        byte[] body = [1, 5, 0, .. "Moons"u8, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 1, 0, .. "\n"u8];
        Verdict? read = null;

        Reads(body, (ref BodyReader reader) => read = VerdictBody.Read(ref reader), mustBeRight: true);

        Assert.That(read, Is.EqualTo(Verdict.Rejected(ReasonClass.Other, "Moons")));
        Assert.That(ReasonText.Of(read!), Is.EqualTo("Other: Moons"));
        Assert.That(ReasonText.Of(Verdict.Rejected(ReasonClass.ReservedField, string.Empty)), Is.EqualTo("ReservedField"));
        Assert.That(ReasonText.Of(Verdict.Inconclusive("12 of 0x1f\tdone")), Is.EqualTo("Inconclusive: N of N done"));
        Assert.That(Verdict.Rejected(ReasonClass.ReservedField, string.Empty).Text, Is.EqualTo("ReservedField"));
    }

    [Test]
    public void Hello_WithWhatIsNotKnownHere_LeavesItOut()
    {
        byte[] body =
        [
            1, 0, 1, 0, (byte)'x', 1, 0, (byte)'2', 9, 0xff, 0xff, 0xff, 0xff, 0xfe,
            2, 0, 6, 0, .. "base32"u8, 5, 0, .. "moons"u8, 2, 0, 0, 0, 0, 0, 77, 7, 0, 0, 3, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0,
            0xf8, 2, 0, 2, 0, 0, 0, 77, 7, 0, 0, 2, 0, 5, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f, 0, 0, 0, 0, 0, 0, 0xf0, 0xbf, 1, 2, 3,
        ];
        HelloAnswer? read = null;

        Reads(body, (ref BodyReader reader) => read = HelloAnswer.Read(ref reader), mustBeRight: true);

        Assert.That(read!.Capabilities.Groups, Is.EqualTo(new[] { ConformanceGroup.Base32 }));
        Assert.That(read.Capabilities.Types, Is.EqualTo(new[] { ProgramType.Unspecified }));
        Assert.That(read.Capabilities.Helpers, Is.EqualTo(new[] { 5 }));
        Assert.That((read.Capabilities.Cpu, read.Capabilities.MaxDataBytes, read.HasThreads), Is.EqualTo((CpuVersion.V4, 16 << 20, false)));
        Assert.That((read.Capabilities.Verifies, read.Capabilities.Tracks, read.Capabilities.HasUpperPartsOfFields), Is.EqualTo((false, false, true)));
        Assert.That(read.Capabilities.OnlyLoaded, Is.EqualTo(new[] { ProgramType.Kprobe }));
        Assert.That(read.Capabilities.MayLackMemory, Is.EqualTo(new[] { 5 }));
        Assert.That(read.Capabilities.UsualCost, Is.EqualTo(default(UsualCost)), "not a number, and −1");
    }

    [Test]
    public void Hello_WithAndWithoutDetails_SaysThoseThatThereAre()
    {
        TargetCapabilities said = new ReferenceTarget().Capabilities with
        {
            Verifies = true,
            HasUpperPartsOfFields = false,
            OnlyLoaded = [ProgramType.Kprobe, ProgramType.Lsm],
            MayLackMemory = [169],
            UsualCost = new UsualCost(VerifiedInstructions: 1.25, CodeBytes: null),
        };
        byte[] body = Body(new HelloAnswer(1, "x", said, HasThreads: false).Write);
        byte[] details = Body(writer => DetailsBody.Write(writer, said));

        TargetCapabilities with = Read(body);
        Assert.That((with.Verifies, with.Tracks, with.HasUpperPartsOfFields, with.UsualCost), Is.EqualTo((true, true, false, said.UsualCost)));
        Assert.That((with.OnlyLoaded, with.MayLackMemory), Is.EqualTo((said.OnlyLoaded, said.MayLackMemory)));
        TargetCapabilities without = Read(body[..^details.Length]);
        Assert.That((without.Verifies, without.Tracks, without.HasUpperPartsOfFields, without.UsualCost), Is.EqualTo((false, false, true, default(UsualCost))));
        Assert.That((without.OnlyLoaded.Count, without.MayLackMemory.Count), Is.EqualTo((0, 0)));
        Assert.That(() => Read(body[..^1]), Throws.TypeOf<BpfFormatException>());

        static TargetCapabilities Read(byte[] body)
        {
            var reader = new BodyReader(body);
            return HelloAnswer.Read(ref reader).Capabilities;
        }
    }

    [TestCase(new byte[] { }, null, null)]
    [TestCase(new byte[] { 7, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, 7L, null)]
    [TestCase(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0x80, 0, 1, 0, 0, 0, 0, 0, 0, 99 }, null, 256L, Description = "more than can be")]
    public void Cost_OfALoad_IsWhatWasSeen(byte[] body, long? instructions, long? codeBytes)
    {
        var reader = new BodyReader(body);

        Assert.That(CostBody.Read(ref reader), Is.EqualTo(new LoadCost(instructions, codeBytes)));
    }

    [Test]
    public void Text_WithWhatIsForTerminals_IsPlain() =>
        Assert.That(new BodyReader([7, 0, .. "a\u001b[2J\n"u8, 0xff]).Text("text"), Is.EqualTo("a [2J\n\ufffd"));

    [TestCase("right\u202eleft", "right left")]
    [TestCase("zero\u200bwidth \ufeff.", "zero width  .")]
    [TestCase("one\u2028two\u2029three\u0085four", "one two three four")]
    [TestCase("tag \U000e0041.", "tag  .")]
    [TestCase("größer \U0001f600\t≤", "größer \U0001f600\t≤")]
    [TestCase(" two\nlines\n", "two\nlines")]
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
}
