using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel;
using NUnit.Framework;
using static BpfConformance.Tests.Targets.Kernel.Slots;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>Provokes the kernel's messages one by one: the table of messages is held against the kernel that writes them.</summary>
[TestFixture]
internal sealed class VerifierLogTests : KernelFixture
{
    private static IEnumerable<TestCaseData> Rejections()
    {
        Instruction zero = Move(0, 0);

        // Fields
        yield return Row("unknown opcode", ReasonClass.UnknownOpcode, null, Slot(0xff), Exit);
        yield return Row("alu reserved", ReasonClass.ReservedField, 1, zero, Slot(0x07, 0, 1, 0, 1), Exit);
        yield return Row("mov reserved offset", ReasonClass.ReservedField, 1, zero, Slot(0xbf, 0, 0, 7), Exit);
        yield return Row("end reserved", ReasonClass.ReservedField, 1, zero, Slot(0xdc, 0, 0, 0, 8), Exit);
        yield return Row("exit reserved", ReasonClass.ReservedField, 1, zero, Slot(0x95, 1));
        yield return Row("ldx reserved", ReasonClass.ReservedField, null, Slot(0x61, 0, 1, 0, 1), Exit);
        yield return Row("st reserved", ReasonClass.ReservedField, 0, Slot(0x7a, 10, 1, -8), zero, Exit);
        yield return Row("atomic imm", ReasonClass.ReservedField, 1, zero, Slot(0xdb, 10, 0, -8, 0x22), Exit);
        yield return Row("atomic size", ReasonClass.ReservedField, 1, zero, Slot(0xd3, 10, 0, -8), Exit);
        yield return Row("may_goto imm", ReasonClass.ReservedField, 1, zero, Slot(0xe5, 0, 0, 0, 5), Exit);
        yield return Row("lddw source", ReasonClass.ReservedField, null, [.. Wide(1, 9, 0), zero, Exit]);
        yield return Row("lddw offset", ReasonClass.ReservedField, 0, [Slot(0x18, 1, 0, 1), Slot(0), zero, Exit]);
        yield return Row("lddw second slot", ReasonClass.IncompleteWideInstruction, null, Slot(0x18, 1), Exit, zero, Exit);
        yield return Row("r11 as destination", ReasonClass.InvalidRegister, 0, Move(11, 0), Exit);
        yield return Row("r11 as source", ReasonClass.InvalidRegister, 0, Copy(0, 11), Exit);
        yield return Row("write of r10", ReasonClass.ReadOnlyRegister, 0, Move(10, 0), Exit);

        // Control flow
        yield return Row("jump out of range", ReasonClass.JumpOutOfRange, 1, zero, Ja(5), Exit);
        yield return Row("jump before start", ReasonClass.JumpOutOfRange, 1, zero, Slot(0x15, 0, 0, -9), Exit);
        yield return Row("jump into function", ReasonClass.JumpOutOfRange, 2, zero, CallLocal(2), Ja(2), Exit, zero, Exit);
        yield return Row("jump into lddw", ReasonClass.JumpIntoWideInstruction, 2, [zero, Slot(0x15, 0, 0, 1), .. Wide(0, 0, 0), Exit]);
        yield return Row("unreachable", ReasonClass.UnreachableCode, 2, zero, Ja(1), zero, Exit);
        yield return Row("falls off", ReasonClass.FallsOffEnd, null, zero);
        yield return Row("call out of range", ReasonClass.InvalidCallTarget, null, CallLocal(99), Exit);
        yield return Row("endless", ReasonClass.InfiniteLoop, 1, zero, Slot(0x15, 0, 0, -1), Exit);
        yield return Row("too many instructions", ReasonClass.TooComplex, null, zero, Slot(0x07, 0, 0, 0, 1), Slot(0xa5, 0, 0, -2, 2_000_000), Exit);
        yield return Row("too many frames", ReasonClass.TooManyFrames, 14, [.. Enumerable.Repeat((Instruction[])[CallLocal(1), Exit], 9).SelectMany(pair => pair), zero, Exit]);

        // Constants
        yield return Row("shift of 64", ReasonClass.ShiftOutOfRange, 1, zero, Slot(0x67, 0, 0, 0, 64), Exit);
        yield return Row("shift of 32 in 32", ReasonClass.ShiftOutOfRange, 1, zero, Slot(0xc4, 0, 0, 0, 32), Exit);
        yield return Row("div by zero", ReasonClass.DivisionByZero, 1, zero, Slot(0x37, 0, 0, 0, 0), Exit);
        yield return Row("mod by zero", ReasonClass.DivisionByZero, 1, zero, Slot(0x94, 0, 0, 0, 0), Exit);

        // Helpers, functions, maps, variables
        yield return Row("unknown helper", ReasonClass.UnknownHelper, 0, CallHelper(9999), Exit);
        yield return Row("helper of another type", ReasonClass.UnknownHelper, 0, CallHelper(26), Exit);
        yield return Row("unknown kernel function", ReasonClass.UnknownKernelFunction, null, Slot(0x85, 0, 2, 0, 9_999_999), Exit);
        yield return Row("helper argument", ReasonClass.InvalidArgument, 2, Move(1, 0), Move(2, 0), CallHelper(1), Exit);
        yield return Row("callback's result", ReasonClass.InvalidReturnValue, 8, [Move(1, 1), .. Wide(2, 4, 5), Move(3, 0), Move(4, 0), CallHelper(181), Exit, Move(0, 7), Exit]);
        yield return Row("map by descriptor", ReasonClass.InvalidMapReference, null, [.. Wide(1, 1, 3), zero, Exit]);
        yield return Row("map by index", ReasonClass.InvalidMapReference, null, [.. Wide(1, 5, 3), zero, Exit]);
        yield return Row("map by negative index", ReasonClass.InvalidMapReference, null, [.. Wide(1, 6, -1), zero, Exit]);
        yield return Row("variable", ReasonClass.InvalidVariableReference, null, [.. Wide(1, 3, 1), zero, Exit]);

        // Values
        yield return Row("never written", ReasonClass.UninitializedRegister, 0, Copy(0, 3), Exit);
        yield return Row("never returned", ReasonClass.UninitializedRegister, 0, Exit);
        yield return Row("misaligned stack", ReasonClass.MisalignedAccess, 0, Slot(0x7a, 10, 0, -12), zero, Exit);
        yield return Row("misaligned atomic", ReasonClass.MisalignedAccess, 1, zero, Slot(0xdb, 1, 0, 1), Exit);
        yield return Row("below the stack", ReasonClass.OutOfBoundsAccess, 0, Slot(0x7a, 10, 0, -520), zero, Exit);
        yield return Row("above the stack", ReasonClass.OutOfBoundsAccess, 0, Slot(0x79, 0, 10, 8), Exit);
        yield return Row("variable stack offset", ReasonClass.OutOfBoundsAccess, 4, Slot(0x79, 2, 1), Slot(0x57, 2, 0, 0, 8), Copy(3, 10), Slot(0x0f, 3, 2), Slot(0x79, 0, 3), Exit);
        yield return Row("after the memory", ReasonClass.OutOfBoundsAccess, 0, Slot(0x79, 0, 1, 16), Exit);
        yield return Row("before the memory", ReasonClass.OutOfBoundsAccess, 0, Slot(0x79, 0, 1, -8), Exit);
        yield return Row("through a number", ReasonClass.InvalidPointer, 1, zero, Slot(0x79, 0, 0), Exit);
        yield return Row("sum of pointers", ReasonClass.InvalidPointer, 1, Copy(2, 10), Slot(0x0f, 2, 10), Exit);
        yield return Row("32-bit sum of a pointer", ReasonClass.InvalidPointer, 1, Copy(0, 10), Slot(0x04, 0, 0, 0, 4), Exit);
        yield return Row("and of a pointer", ReasonClass.InvalidPointer, 1, Copy(2, 10), Slot(0x57, 2, 0, 0, 4), Exit);
        yield return Row("number minus pointer", ReasonClass.InvalidPointer, 1, zero, Slot(0x1f, 0, 1), Exit);
        yield return Row("pointer plus anything", ReasonClass.InvalidPointer, 1, Slot(0x79, 2, 1), Slot(0x0f, 1, 2), zero, Exit);
        yield return Row("pointer out of bounds", ReasonClass.InvalidPointer, 0, Slot(0x07, 1, 0, 0, 0x7fff_ffff), zero, Exit);
        yield return Row("half of a pointer", ReasonClass.InvalidPointer, 0, Slot(0x63, 10, 1, -8), zero, Exit);
        yield return Row("return of the callee's stack", ReasonClass.InvalidReturnValue, 3, CallLocal(1), Exit, Copy(0, 10), Exit);
    }

    [TestCaseSource(nameof(Rejections))]
    public void Load_RejectedProgram_HasTheReasonAndThePcOfTheBody(Instruction[] program, ReasonClass reason, int? pc)
    {
        Verdict verdict = Kernel.Load(Request(program, dataBytes: 16)).Verdict;

        Assert.That((verdict.Kind, verdict.Reason, verdict.Pc), Is.EqualTo((VerdictKind.Rejected, reason, pc)), verdict.Message);
        Assert.That(verdict.Errno, Is.Positive.And.Not.EqualTo(28), "ENOSPC speaks of the log");
        Assert.That(verdict.Message, Is.Not.Empty.And.Not.Match("(?m)^[0-9]+: "), "a sentence of the verifier, never the instruction that it traced");
    }

    [TestCase(ProgramType.SocketFilter, 0x61, 4096, ReasonClass.InvalidContextAccess)]
    [TestCase(ProgramType.SchedCls, 0x61, 4096, ReasonClass.InvalidContextAccess)]
    public void Load_ContextOutOfBounds_IsInvalidContextAccess(ProgramType type, byte opcode, int offset, ReasonClass reason)
    {
        Verdict verdict = Kernel.Load(Request(type, [Slot(opcode, 0, 1, offset), Exit])).Verdict;

        Assert.That((verdict.Reason, verdict.Pc), Is.EqualTo((reason, 0)), verdict.Message);
    }

    [Test]
    public void Load_StacksOfFramesTooLarge_IsStackOverflow()
    {
        // Not as a raw tracepoint: since 6.13 each frame of a tracing program may have its own 512 bytes (commit a76ab5731e32).
        Instruction[] program = [Slot(0x7b, 10, 1, -512), CallLocal(1), Exit, Slot(0x7b, 10, 1, -512), Move(0, 0), Exit];

        Verdict verdict = Kernel.Load(Request(ProgramType.SocketFilter, program)).Verdict;

        Assert.That((verdict.Kind, verdict.Reason, verdict.Pc), Is.EqualTo((VerdictKind.Rejected, ReasonClass.StackOverflow, (int?)null)), verdict.Message);
    }

    [Test]
    public void Load_PacketAccessWithoutSkbInR6_IsInvalidArgument()
    {
        Verdict verdict = Kernel.Load(Request(ProgramType.SocketFilter, [Move(6, 0), Slot(0x30), Exit], 64)).Verdict;

        Assert.That((verdict.Reason, verdict.Pc), Is.EqualTo((ReasonClass.InvalidArgument, 1)), verdict.Message);
    }

    [Test]
    public void Load_ReturnValueOutOfRange_IsInvalidReturnValue()
    {
        Verdict verdict = Kernel.Load(Request(ProgramType.CgroupDevice, [Move(0, 7), Exit])).Verdict;

        Assert.That((verdict.Reason, verdict.Pc), Is.EqualTo((ReasonClass.InvalidReturnValue, 1)), verdict.Message);
    }

    [Test]
    public void Load_LockInAMapWithoutTypes_SaysThatThereIsNoBtf()
    {
        Instruction[] program =
        [
            Slot(0x62, 10, 0, -4, 0), Copy(2, 10), Slot(0x07, 2, 0, 0, -4), .. Wide(1, 1, 0), CallHelper(1),
            Slot(0x55, 0, 0, 1), Exit, Copy(1, 0), CallHelper(93), Exit,
        ];

        Verdict verdict = Kernel.Load(new LoadRequest(new BpfProgram([.. program], ProgramType.SchedCls), [Array("m", 8)], 64)).Verdict;

        Assert.That(verdict.Message, Does.Contain("has to have BTF").And.EndWith("(loaded without BTF)"));
    }

    [Test]
    public void Load_NoInstructions_IsEmptyProgram()
    {
        Verdict verdict = Kernel.Load(Request([], dataBytes: 16)).Verdict;

        Assert.That((verdict.Kind, verdict.Reason), Is.EqualTo((VerdictKind.Rejected, ReasonClass.EmptyProgram)));
    }

    [Test]
    public void Load_LogLargerThanItsBuffer_KeepsTheReason()
    {
        // 9,000 jumps that the verifier must all follow write a log of a megabyte.
        Instruction[] jumps = [.. Enumerable.Range(0, 9000).Select(i => Slot(0x15, 2, 0, 0, i))];

        Verdict verdict = Kernel.Load(Request([Slot(0x79, 2, 1), .. jumps, Move(0, 0), Exit], dataBytes: 16)).Verdict;

        Assert.That((verdict.Kind, verdict.Reason), Is.EqualTo((VerdictKind.Rejected, ReasonClass.TooComplex)), verdict.Message);
    }

    [Test]
    public void Classify_NoLog_TakesTheErrno()
    {
        Assert.Multiple(() =>
        {
            Assert.That(VerifierLog.Classify(string.Empty, 1), Is.EqualTo((ReasonClass.Permission, (int?)null)));
            Assert.That(VerifierLog.Classify(string.Empty, 7), Is.EqualTo((ReasonClass.TooLarge, (int?)null)));
            Assert.That(VerifierLog.Classify(string.Empty, 524), Is.EqualTo((ReasonClass.NotImplemented, (int?)null)));
            Assert.That(VerifierLog.MessageOf(string.Empty, 22), Is.EqualTo("EINVAL, and no word of the verifier"));
        });
    }

    [Test]
    public void Classify_MessageOfNoRule_IsOtherAndKept()
    {
        const string Log = "0: R1=ctx() R10=fp0\n0: (b7) r0 = 0\nsomething that no kernel says\nprocessed 1 insns\n";

        Assert.Multiple(() =>
        {
            Assert.That(VerifierLog.Classify(Log, 22), Is.EqualTo((ReasonClass.Other, (int?)0)));
            Assert.That(VerifierLog.MessageOf(Log, 22), Is.EqualTo("something that no kernel says"));
            Assert.That(VerifierLog.MessageOf("0: (b7) r0 = 0\nprocessed 1 insns\n", 22), Is.EqualTo("EINVAL, and no word of the verifier"));
        });
    }

    [Test]
    public void Classify_OlderWordings_MeanTheSame()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Reason("back-edge from insn 4 to 1"), Is.EqualTo((ReasonClass.InfiniteLoop, (int?)1)));
            Assert.That(Reason("5: (85) call bpf_trace_printk#6\nunknown func bpf_trace_printk#6"), Is.EqualTo((ReasonClass.UnknownHelper, (int?)2)));
            Assert.That(Reason("5: (79) r0 = *(u64 *)(r10 -8)\ninvalid read from stack off -8+0 size 8"), Is.EqualTo((ReasonClass.UninitializedStack, (int?)2)));
            Assert.That(Reason("2: (b7) r0 = 0\nunreachable insn 2"), Is.EqualTo((ReasonClass.UnreachableCode, (int?)null)), "a slot of the prologue");
        });

        static (ReasonClass Reason, int? Pc) Reason(string log) => VerifierLog.Classify(log, 22, prologueSlots: 3);
    }

    // Words of other versions, or that take more than a few slots to provoke; the rule that answers must be theirs.
    [TestCase("unknown insn class 3", ReasonClass.UnknownOpcode)]
    [TestCase("invalid BPF_LD_IMM insn", ReasonClass.IncompleteWideInstruction)]
    [TestCase("no program starts at insn 7", ReasonClass.InvalidCallTarget)]
    [TestCase("too many subprograms", ReasonClass.TooLarge)]
    [TestCase("tail_calls are not allowed when call stack of previous frames is 264 bytes. Too large", ReasonClass.StackOverflow)]
    [TestCase("callback function not static", ReasonClass.InvalidCodeAddress)]
    [TestCase("tail_call is not allowed in subprogs without BTF", ReasonClass.NotImplemented)]
    [TestCase("cannot call GPL-restricted function from non-GPL compatible program", ReasonClass.Permission)]
    [TestCase("calling kernel function bpf_x is not allowed", ReasonClass.UnknownKernelFunction)]
    [TestCase("direct value offset of 536870912 is not allowed", ReasonClass.InvalidMapReference)]
    [TestCase("ldimm64 failed to find the address for kernel symbol 'x'.", ReasonClass.InvalidVariableReference)]
    [TestCase("invalid module BTF object FD specified.", ReasonClass.InvalidVariableReference)]
    [TestCase("kernel is missing BTF, make sure CONFIG_DEBUG_INFO_BTF=y is specified in Kconfig.", ReasonClass.InvalidVariableReference)]
    [TestCase("invalid indirect access to stack R2 off=-8 size=16", ReasonClass.OutOfBoundsAccess)]
    [TestCase("invalid indirect read from stack R2 off -8+0 size 8", ReasonClass.UninitializedStack)]
    [TestCase("attempt to corrupt spilled pointer on stack", ReasonClass.InvalidPointer)]
    [TestCase("R1 offset is outside of the packet", ReasonClass.OutOfBoundsAccess)]
    [TestCase("invalid access to packet, off=0 size=1, R1(id=0,off=0,r=0)", ReasonClass.OutOfBoundsAccess)]
    [TestCase("R2 unbounded memory access, use 'var &= const' or 'if (var < const)'", ReasonClass.OutOfBoundsAccess)]
    [TestCase("write into map forbidden, value_size=8 off=0 size=8", ReasonClass.OutOfBoundsAccess)]
    [TestCase("value 536870912 makes map_value pointer be out of bounds", ReasonClass.InvalidPointer)]
    [TestCase("R6 leaks addr into map", ReasonClass.InvalidPointer)]
    [TestCase("R3 pointer comparison prohibited", ReasonClass.InvalidPointer)]
    [TestCase("BPF_ATOMIC stores into R1 ctx is not allowed", ReasonClass.InvalidPointer)]
    [TestCase("dereference of modified ctx ptr R1 off=8 disallowed", ReasonClass.InvalidContextAccess)]
    [TestCase("variable ctx access var_off=(0x0; 0x8) disallowed", ReasonClass.InvalidContextAccess)]
    [TestCase("At program exit the register R0 has value (0x7; 0x0) should have been in (0x0; 0x1)", ReasonClass.InvalidReturnValue)]
    [TestCase("At callback return the register R0 has unknown scalar value should have been in [0, 1]", ReasonClass.InvalidReturnValue)]
    [TestCase("At async callback return the register R0 has smin=1 smax=1 should have been in [0, 0]", ReasonClass.InvalidReturnValue)]
    [TestCase("tracing progs cannot use bpf_spin_lock yet", ReasonClass.InvalidMapReference)]
    [TestCase("socket filter progs cannot use bpf_spin_lock yet", ReasonClass.InvalidMapReference)]
    [TestCase("map '' has no valid bpf_spin_lock", ReasonClass.InvalidArgument)]
    [TestCase("function calls are not allowed while holding a lock", ReasonClass.Other)]
    [TestCase("R11 is invalid", ReasonClass.InvalidRegister)]
    public void Classify_Message_IsAnsweredByItsOwnRule(string message, ReasonClass reason) =>
        Assert.That(VerifierLog.Classify($"4: (85) call pc+1\n{message}\nprocessed 5 insns (limit 1000000)\n", 22).Reason, Is.EqualTo(reason));

    private static TestCaseData Row(string name, ReasonClass reason, int? pc, params Instruction[] program) =>
        new TestCaseData(program, reason, pc).SetArgDisplayNames(name);
}
