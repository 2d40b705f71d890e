using System.Globalization;
using System.Text;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.States;
using NUnit.Framework;
using static BpfConformance.Tests.Targets.Kernel.Slots;

namespace BpfConformance.Tests.Targets.Kernel.States;

/// <summary>Logs as Linux 6.18.44 wrote them, cut down to a few registers.</summary>
[TestFixture]
internal sealed class ExplorationLogTests
{
    private static readonly Instruction[] s_branch = [Slot(0x61, 2, 1), Slot(0x15, 2, 0, 1, 5), Move(2, 1), Copy(0, 2), Exit];

    private static readonly Instruction[] s_call = [Slot(0x61, 6, 1), Copy(1, 6), CallLocal(2), Slot(0x0f, 0, 6), Exit, Copy(0, 1), Exit];

    // while r2 has bits: r0 += 1
    private static readonly Instruction[] s_loop = [Slot(0x61, 2, 1), Slot(0x77, 2, 0, 0, 1), Slot(0x15, 2, 0, 1), Ja(-3), Exit];

    private static (string[] Told, bool IsWhole, ExplorationLog Log) Read(Instruction[] program, string log, int prologue = 0, int start = 0)
    {
        var told = new Told();
        var exploration = new ExplorationLog(program, prologue, start, told);
        bool isWhole = exploration.Read(Encoding.ASCII.GetBytes(log.ReplaceLineEndings("\n")));
        return ([.. told.Lines], isWhole, exploration);
    }

    [Test]
    public void Read_Branch_TellsOfBothPaths()
    {
        (string[] told, bool isWhole, _) = Read(s_branch, """
            func#0 @0
            Live regs before insn:
                  0: .1........ (61) r2 = *(u32 *)(r1 +0)
            0: R1=ctx() R10=fp0
            0: (61) r2 = *(u32 *)(r1 +0)          ; R1=ctx() R2=scalar(smin=0,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff))
            1: (15) if r2 == 0x5 goto pc+1        ; R2=scalar(smin=0,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff))
            2: (b7) r2 = 1                        ; R2=1
            3: (bf) r0 = r2                       ; R0=1 R2=1
            4: (95) exit

            from 1 to 3: R1=ctx() R2=5 R10=fp0
            3: R1=ctx() R2=5 R10=fp0
            3: (bf) r0 = r2                       ; R0=5 R2=5
            4: safe
            processed 7 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0

            """);

        Assert.That(isWhole, Is.True);
        Assert.That(told, Is.EqualTo(new[]
        {
            "0 at 0:", "1 at 0: r2=bits 0x0 of ~0xffffffff, u64 [0x0, 0xffffffff], s64 [0, 4294967295]",
            "2 at 0: r2=bits 0x0 of ~0xffffffff, u64 [0x0, 0xffffffff], s64 [0, 4294967295]",
            "3 at 0: r2=0x1", "4 at 0: r0=0x1 r2=0x1",
            "back to 2, then 3", "3 at 0: r2=0x5", "pruned at 4",
        }));
    }

    [Test]
    public void Read_CallOfFunction_HasItsFrame()
    {
        (string[] told, _, _) = Read(s_call, """
            0: R1=ctx() R10=fp0
            0: (61) r6 = *(u32 *)(r1 +0)          ; R1=ctx() R6=7
            1: (bf) r1 = r6                       ; R1=7 R6=7
            2: (85) call pc+2
            caller:
             R6=7 R10=fp0
            callee:
             frame1: R1=7 R10=fp0
            5: frame1: R1=7 R10=fp0
            5: (bf) r0 = r1                       ; frame1: R0=7 R1=7
            6: (95) exit
            returning from callee:
             frame1: R0=7 R1=7 R10=fp0
            to caller at 3:
             R0=7 R6=7 R10=fp0

            from 6 to 3: R0=7 R6=7 R10=fp0
            3: (0f) r0 += r6                      ; R0=14 R6=7
            4: (95) exit
            processed 7 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0

            """);

        Assert.That(told, Is.EqualTo(new[]
        {
            "0 at 0:", "1 at 0: r6=0x7", "2 at 0: r1=0x7 r6=0x7", "5 at 1: r1=0x7", "6 at 1: r0=0x7 r1=0x7", "3 at 0: r0=0x7 r6=0x7", "4 at 0: r0=0xe r6=0x7",
        }));
    }

    private const string Loop = """
        0: (61) r2 = *(u32 *)(r1 +0)          ; R2=scalar(umax=7)
        1: (77) r2 >>= 1                      ; R2=scalar(umax=3)
        2: (15) if r2 == 0x0 goto pc+1        ; R2=scalar(umax=3)
        3: (05) goto pc-3
        1: (77) r2 >>= 1                      ; R2=scalar(umax=1)
        2: (15) if r2 == 0x0 goto pc+1        ; R2=1
        3: (05) goto pc-3

        from 2 to 4: R2=0
        4: (95) exit

        """;

    [Test]
    public void Read_PathThatBeginsInALoop_BeginsAtItsLastTime() =>
        Assert.That(Read(s_loop, Loop).Told[^3..], Is.EqualTo(new[] { "3 at 0: r2=0x1", "back to 6, then 4", "4 at 0: r2=0x0" }));

    [Test]
    public void Read_PathThatIsPrunedWhereItBegins_DoesNotBeginAgain() =>
        Assert.That(
            Read(s_loop, Loop.Replace("from 2 to 4: R2=0\n", "from 2 to 4: safe\n\nfrom 2 to 4: R2=0\n", StringComparison.Ordinal)).Told[^4..],
            Is.EqualTo(new[] { "back to 6, then 4", "pruned at 4", "back to 3, then 4", "4 at 0: r2=0x0" }));

    [Test]
    public void Read_BranchThatTheVerifierDecided_BeginsNoPath() =>
        Assert.That(
            Read(s_loop, Loop.Replace("; R2=1\n", "\nmark_precise: frame0: last_idx 2 first_idx 0 subseq_idx -1 \n2: R2=1\n", StringComparison.Ordinal)).Told[^3..],
            Is.EqualTo(new[] { "3 at 0: r2=0x1", "back to 3, then 4", "4 at 0: r2=0x0" }));

    [Test]
    public void Read_BranchOnAPointer_MayHaveBeenDecided() =>
        Assert.That(
            Read(s_loop, Loop.Replace("; R2=1\n", "; R2=map_value(map=m,ks=4,vs=8)\n", StringComparison.Ordinal)).Told[^2..],
            Is.EqualTo(new[] { "3 at 0:", "lost" }));

    [Test]
    public void Read_AfterALostPath_WhatBeginsBeforeItIsKnownAgain()
    {
        Instruction[] program = [s_loop[0], Slot(0x25, 3, 0, 3, 7), .. s_loop[1..]];
        (string[] told, _, _) = Read(program, """
            0: (61) r2 = *(u32 *)(r1 +0)          ; R2=scalar()
            1: (25) if r3 > 0x7 goto pc+3         ; R3=scalar(umax=7)
            2: (77) r2 >>= 1                      ; R2=scalar(umax=3)
            3: (15) if r2 == 0x0 goto pc+1        ; R2=scalar(umax=3)
            4: (05) goto pc-3
            2: (77) r2 >>= 1                      ; R2=scalar(umax=1)
            3: (15) if r2 == 0x0 goto pc+1        ; R2=map_value_or_null(id=1,map=m,ks=4,vs=8)
            4: (05) goto pc-3

            from 3 to 5: R2=0
            5: (95) exit

            from 1 to 5: R3=scalar(umin=8)
            5: (95) exit

            """);

        Assert.That(told[^3..], Is.EqualTo(new[] { "lost", "back to 2, then 5", "5 at 0: r3=u64 [0x8, 0xffffffffffffffff]" }));
    }

    [Test]
    public void Read_StateThatIsSplit_GoesBackToTheInstructionThatSplitIt()
    {
        Instruction[] program = [Slot(0xc7, 3, 0, 0, 63), Slot(0x57, 3, 0, 0, 9), Copy(0, 3), Exit];
        (string[] told, _, _) = Read(program, """
            0: (c7) r3 s>>= 63                    ; R3=scalar(smin=smin32=-1,smax=smax32=0)
            1: (57) r3 &= 9                       ; R3=9
            2: (bf) r0 = r3                       ; R0=9 R3=9
            3: (95) exit

            from 1 to 1: R1=ctx() R3=0 R10=fp0
            1: R1=ctx() R3=0 R10=fp0
            1: (57) r3 &= 9                       ; R3=0
            2: (bf) r0 = r3                       ; R0=0 R3=0
            3: (95) exit

            """);

        Assert.That(told, Is.EqualTo(new[]
        {
            "0 at 0:", "1 at 0: r3=s64 [-1, 0], s32 [-1, 0]", "2 at 0: r3=0x9", "3 at 0: r0=0x9 r3=0x9",
            "back to 1, then 1, split", "1 at 0: r3=0x0", "2 at 0: r3=0x0", "3 at 0: r0=0x0 r3=0x0",
        }));
    }

    [Test]
    public void Read_CallThatLeavesTwoStates_GoesOnBehindIt()
    {
        (string[] told, _, _) = Read([CallHelper(7), Exit], "0: (85) call bpf_iter_num_next ; R0=0\n1: (95) exit\n\nfrom 0 to 1: R0=mem(sz=4)\n1: (95) exit\n");

        Assert.That(told, Is.EqualTo(new[] { "0 at 0:", "1 at 0: r0=0x0", "back to 1, then 1, split", "1 at 0:" }));
    }

    [Test]
    public void Read_SpeculativePath_IsNoRun()
    {
        (string[] told, _, _) = Read(s_branch, """
            0: (61) r2 = *(u32 *)(r1 +0)          ; R2=scalar()
            1: (15) if r2 == 0x5 goto pc+1        ; R2=scalar()

            from 1 to 3 (speculative execution): R2=scalar()
            3: (bf) r0 = r2                       ; R2=scalar()

            """);

        Assert.That(told[^1], Is.EqualTo("lost"));
    }

    [Test]
    public void Read_Prologue_IsNotTold()
    {
        (string[] told, _, _) = Read([Move(1, 0), Move(2, 3), .. s_branch], "0: (b7) r1 = 0 ; R1=0\n1: (b7) r2 = 3 ; R2=3\n2: (61) r2 = *(u32 *)(r1 +0) ; R2=5\n3: safe\n", prologue: 2, start: 10);

        Assert.That(told, Is.EqualTo(new[] { "10 at 0: r1=0x0 r2=0x3", "pruned at 11" }));
    }

    [Test]
    public void Read_AfterAHelper_WhatItMayHaveLeftIsUnknown()
    {
        (string[] told, _, _) = Read([Move(1, 4), CallHelper(7), Exit], "0: (b7) r1 = 4 ; R1=4\n1: (85) call bpf_get_prandom_u32#7 ; R0=scalar()\n2: (95) exit\n");

        Assert.That(told, Is.EqualTo(new[] { "0 at 0:", "1 at 0: r1=0x4", "2 at 0: r0=any number" }));
    }

    [Test]
    public void Read_LogThatIsCut_LeavesOutItsLastLine()
    {
        (string[] told, bool isWhole, _) = Read(s_branch, "0: (61) r2 = *(u32 *)(r1 +0) ; R2=5\n1: (15) if r2 == 0x5 goto pc+1 ; R2=1");

        Assert.That(isWhole, Is.False);
        Assert.That(told, Is.EqualTo(new[] { "0 at 0:" }));
    }

    [Test]
    public void Read_WhatTheVerifierFoundWrongInItself_IsKept()
    {
        (_, _, ExplorationLog log) = Read(s_branch, "0: (61) r2 = *(u32 *)(r1 +0) ; R2=5\nverifier bug: REG INVARIANTS VIOLATION (true_reg1): range bounds violation u64=[0x2, 0x1]\n", start: 4);

        Assert.That(log.Bug, Is.EqualTo(new VerifierBug(4, "REG INVARIANTS VIOLATION (true_reg1): range bounds violation u64=[0x2, 0x1]")));
    }

    [Test]
    public void Read_AnyBytes_DoesNotThrow([Range(1, 40)] int seed)
    {
        var random = new Random(seed);
        string[] words = ["from ", " to ", "1", "3", "99999", "7: ", "2: (15)", " ; ", "R2=", "R11=", "frame1:", "frame9:", "scalar(", "umax=", "0x", "-", ")", "(", "safe", "\n", "\n", "\ncallee:\n", " ", "\nto caller at ", "\nreturning from callee:\n", "mark_precise: ", "\0", "é", "var_off=(0x0; "];
        string log = string.Concat(Enumerable.Range(0, 400).Select(_ => words[random.Next(words.Length)]));

        Assert.That(() => Read(s_branch, log, prologue: seed % 3), Throws.Nothing, $"seed {seed}");
    }

    private sealed class Told : IExplorationObserver
    {
        public List<string> Lines { get; } = [];

        public bool WantsStates => true;

        public void Step(int pc, int depth, ReadOnlySpan<BelievedRegister> before)
        {
            string line = string.Create(CultureInfo.InvariantCulture, $"{pc} at {depth}:");
            for (int register = 0; register < before.Length; register++)
            {
                if (before[register].Kind == BelievedKind.Number) line += $" r{register}={before[register]}";
            }

            Lines.Add(line);
        }

        public void Return(int length, int next, bool splits) => Lines.Add($"back to {length}, then {next}{(splits ? ", split" : string.Empty)}");

        public void Prune(int pc) => Lines.Add($"pruned at {pc}");

        public void Lose() => Lines.Add("lost");
    }
}
