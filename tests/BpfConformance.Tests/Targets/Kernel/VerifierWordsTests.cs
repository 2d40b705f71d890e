using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Targets;
using NUnit.Framework;
using static BpfConformance.Tests.Targets.Kernel.Slots;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>What a person reads of a verdict: the kernel's sentence, with the pcs of the program as given, before which the kernel has a prologue.</summary>
[TestFixture]
internal sealed class VerifierWordsTests : KernelFixture
{
    private static IEnumerable<TestCaseData> Sentences()
    {
        Instruction zero = Move(0, 0);
        Instruction ifZero = Slot(0x15, 0);

        yield return Row("R3 !read_ok", 0, Copy(0, 3), Exit);
        yield return Row("R11 is invalid", 1, zero, Copy(0, 11), Exit);
        yield return Row("jump out of range from insn 1 to 7", 1, zero, Ja(5), Exit);
        yield return Row("jump out of range from insn 1 to -1", 1, zero, Ja(-3), Exit);
        yield return Row("jump out of range from insn 1 to -4", 1, zero, Ja(-6), Exit);
        yield return Row("jump out of range from insn 1 to -32766", 1, zero, Ja(-32768), Exit);
        yield return Row("jump out of range from insn 1 to -100000", 1, zero, Slot(0x06, 0, 0, 0, -100_002), Exit);
        yield return Row("jump into the middle of ldimm64 insn 2", 2, [zero, ifZero with { Offset = 1 }, .. Wide(0, 0, 0), Exit]);
        yield return Row("unreachable insn 2", 2, zero, Ja(1), zero, Exit);
        yield return Row("infinite loop detected at insn 1", 1, zero, Ja(-1));
    }

    [TestCaseSource(nameof(Sentences))]
    public void Load_RejectedProgram_SaysTheKernelsSentenceWithPcsOfTheProgram(string sentence, int pc, Instruction[] program)
    {
        Verdict memory = Kernel.Load(Request(program, dataBytes: 16)).Verdict;
        Verdict nothing = Kernel.Load(Request(program)).Verdict;

        Assert.That((memory.Message, memory.Pc), Is.EqualTo((sentence, pc)), "a prologue of three slots");
        Assert.That((nothing.Message, nothing.Pc), Is.EqualTo((sentence, pc)), "a prologue of two slots");
    }

    [Test]
    public void Load_CastWithoutArena_IsUnsupportedAndNamesTheArena()
    {
        Verdict verdict = Kernel.Load(Request([Move(2, 1), Slot(0xbf, 11, 2, 1, 1), Move(0, 0), Exit])).Verdict;

        Assert.That((verdict.Kind, verdict.Reason, verdict.Pc, verdict.Message), Is.EqualTo((
            VerdictKind.Unsupported,
            ReasonClass.NotImplemented,
            1,
            "addr_space_cast insn can only be used in a program that has an associated arena")));
    }

    [Test]
    public void Load_MalformedPacketAccessWithoutPacket_IsUnsupportedAndNamesTheType()
    {
        Verdict verdict = Kernel.Load(Request([Copy(6, 1), Slot(0x30, 1), Exit])).Verdict;

        Assert.That((verdict.Kind, verdict.Reason, verdict.Pc, verdict.Message), Is.EqualTo((
            VerdictKind.Unsupported, ReasonClass.NotImplemented, 1, "BPF_LD_[ABS|IND] instructions not allowed for this program type")));
    }

    [Test]
    public void Load_MalformedPacketAccessOfASocketFilter_IsJudged()
    {
        Verdict verdict = Kernel.Load(Request(ProgramType.SocketFilter, [Copy(6, 1), Slot(0x30, 1), Exit])).Verdict;

        Assert.That((verdict.Kind, verdict.Reason, verdict.Pc, verdict.Message), Is.EqualTo((
            VerdictKind.Rejected, ReasonClass.ReservedField, 1, "BPF_LD_[ABS|IND] uses reserved fields")));
    }

    private static TestCaseData Row(string sentence, int pc, params Instruction[] program) =>
        new TestCaseData(sentence, pc, program).SetArgDisplayNames(sentence);
}
