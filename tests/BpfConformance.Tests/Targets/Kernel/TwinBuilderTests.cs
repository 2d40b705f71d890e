using BpfConformance.Abi.Instructions;
using BpfConformance.Targets.Kernel;
using NUnit.Framework;
using static BpfConformance.Tests.Targets.Kernel.Slots;

namespace BpfConformance.Tests.Targets.Kernel;

[TestFixture]
internal sealed class TwinBuilderTests
{
    private static readonly ResultsPlace Results = new(2);
    private static readonly Instruction[] s_prologue = [Move(1, 7), Move(2, 8)];
    private static readonly Instruction[] s_zeroing = [Move(6, 0), Move(7, 0), Move(8, 0), Move(9, 0)];

    private static readonly Instruction[] s_epilogue =
    [
        Slot(0x18, 1, 6, 0, 2), Slot(0),
        Slot(0x7b, 1, 0, 0), Slot(0x7b, 1, 6, 8), Slot(0x7b, 1, 7, 16), Slot(0x7b, 1, 8, 24), Slot(0x7b, 1, 9, 32),
        Slot(0x7a, 1, 0, 40, 0x600d),
        Slot(0x95),
    ];

    [Test]
    public void Build_OneExit_ZeroesThenRunsThenShows()
    {
        Twin twin = Build([Move(0, 1), Exit]);

        Assert.Multiple(() =>
        {
            Assert.That(twin.Instructions, Is.EqualTo((Instruction[])[.. s_prologue, .. s_zeroing, Move(0, 1), Ja(0), .. s_epilogue]));
            Assert.That(twin.WithoutPrologue, Is.EqualTo((Instruction[])[.. s_zeroing, Move(0, 1), Ja(0), .. s_epilogue]));
        });
    }

    [Test]
    public void Build_ResultOnly_ZeroesNothingAndShowsR0()
    {
        Twin? twin = TwinBuilder.Build(
            [CallLocal(1), Exit, Move(0, 1), Exit], s_prologue, Results, TwinShape.ResultOnly, hasLongJump: true, out _);

        Assert.That(twin!.WithoutPrologue, Is.EqualTo((Instruction[])
        [
            CallLocal(1 + 5), Ja(0),
            Slot(0x18, 1, 6, 0, 2), Slot(0), Slot(0x7b, 1, 0, 0), Slot(0x7a, 1, 0, 40, 0x600d), Exit,
            Move(0, 1), Exit,
        ]));
        Assert.That(twin.OriginalPc(7), Is.EqualTo(2));
    }

    [Test]
    public void Build_SeveralExits_AllLeadToTheEpilogue()
    {
        Twin twin = Build([Move(0, 1), Slot(0x15, 1, 0, 1), Exit, Move(0, 2), Exit]);

        Assert.That(Body(twin, 5), Is.EqualTo((Instruction[])[Move(0, 1), Slot(0x15, 1, 0, 1), Ja(2), Move(0, 2), Ja(0)]));
    }

    [Test]
    public void Build_WideImmediateThatLooksLikeExit_IsNotTouched()
    {
        Instruction[] wide = [Slot(0x18, 0, 0, 0, 0x95), Slot(0, 0, 0, 0, 0x95)];

        Twin twin = Build([.. wide, Exit]);

        Assert.That(Body(twin, 3), Is.EqualTo((Instruction[])[.. wide, Ja(0)]));
    }

    [Test]
    public void Build_LocalFunction_StandsAfterTheEpilogueWithItsExit()
    {
        Twin twin = Build([CallLocal(1), Exit, Move(0, 3), Exit]);

        Assert.Multiple(() =>
        {
            Assert.That(Body(twin, 2), Is.EqualTo((Instruction[])[CallLocal(1 + 9), Ja(0)]));
            Assert.That(twin.Instructions[(2 + 4 + 2)..], Is.EqualTo((Instruction[])[.. s_epilogue, Move(0, 3), Exit]));
            Assert.That(twin.MainSlots, Is.EqualTo(2));
        });
    }

    [Test]
    public void Build_CallsBetweenFunctions_KeepTheirDistance()
    {
        // main calls 4, which calls back to 2.
        Twin twin = Build([CallLocal(3), Exit, Move(0, 3), Exit, CallLocal(-3), Exit]);

        Assert.That(twin.Instructions[(2 + 4 + 2 + 9)..], Is.EqualTo((Instruction[])[Move(0, 3), Exit, CallLocal(-3), Exit]));
        Assert.That(Body(twin, 1), Is.EqualTo((Instruction[])[CallLocal(3 + 9)]));
    }

    [Test]
    public void Build_CallFromFunctionToMain_CrossesTheEpilogueBackward()
    {
        Twin twin = Build([CallLocal(1), Exit, CallLocal(-3), Exit]);

        Assert.That(twin.Instructions[2 + 4 + 2 + 9], Is.EqualTo(CallLocal(-3 - 9)));
    }

    [Test]
    public void Build_CodeAddress_NamesAFunctionToo()
    {
        Twin twin = Build([.. Wide(2, 4, 2), Exit, Move(0, 0), Exit]);

        Assert.Multiple(() =>
        {
            Assert.That(Body(twin, 3), Is.EqualTo((Instruction[])[.. Wide(2, 4, 2 + 9), Ja(0)]));
            Assert.That(twin.Instructions[^1], Is.EqualTo(Exit));
            Assert.That(twin.MainSlots, Is.EqualTo(3));
        });
    }

    [Test]
    public void Build_FarExit_TakesTheLongJump()
    {
        Instruction[] program = [Slot(0x15, 1, 0, 1), Exit, .. Enumerable.Repeat(Move(0, 1), 0x8000), Exit];

        Twin twin = Build(program);

        Assert.That(twin.Instructions[2 + 4 + 1], Is.EqualTo(Slot(0x06, 0, 0, 0, 0x8001)));
    }

    [Test]
    public void Build_FarthestShortExit_TakesTheShortJump()
    {
        Instruction[] program = [Slot(0x15, 1, 0, 1), Exit, .. Enumerable.Repeat(Move(0, 1), 0x7ffe), Exit];

        Assert.That(Build(program).Instructions[2 + 4 + 1], Is.EqualTo(Ja(0x7fff)));
    }

    [Test]
    public void Build_FarExitWithoutLongJump_SaysWhyNot()
    {
        Instruction[] program = [Slot(0x15, 1, 0, 1), Exit, .. Enumerable.Repeat(Move(0, 1), 0x8000), Exit];

        Twin? twin = TwinBuilder.Build(program, s_prologue, Results, TwinShape.AllRegisters, hasLongJump: false, out string problem);

        Assert.Multiple(() =>
        {
            Assert.That(twin, Is.Null);
            Assert.That(problem, Is.EqualTo("the exit at pc 1 is 32769 slots from the epilogue, and there is no ja32"));
        });
    }

    [Test]
    public void OriginalPc_OfEveryPart_LeadsBackOrNowhere()
    {
        Twin twin = Build([CallLocal(1), Exit, Move(0, 3), Exit]);
        int?[] expected = [null, null, null, null, 0, 1, null, null, null, null, null, null, null, null, null, 2, 3];

        Assert.That(twin.WithoutPrologue.Select((_, pc) => twin.OriginalPc(pc)), Is.EqualTo(expected));
    }

    private static Twin Build(Instruction[] program)
    {
        Twin? twin = TwinBuilder.Build(program, s_prologue, Results, TwinShape.AllRegisters, hasLongJump: true, out string problem);
        Assert.That(problem, Is.Empty);
        return twin!;
    }

    private static Instruction[] Body(Twin twin, int slots) => [.. twin.Instructions.Skip(2 + 4).Take(slots)];
}
