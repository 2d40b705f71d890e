using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Reduction;
using BpfConformance.Loading.Assembly;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Reduction;

public sealed class ReducerTests
{
    private const string Long = """
        r6 = 9
        r2 = 0x12345
        if r2 > 7 goto +1
        r6 = 4
        call pc+3
        r6 += r0
        r0 = r6
        exit
        r0 = 1
        r0 *= 3
        exit
        """;

    [Test]
    public void Reduce_WhatHoldsForOneInstruction_LeavesThatAlone()
    {
        ReductionResult result = Reducer.Default.Reduce(CaseOf(Long), test => Names(test, 0x27), CancellationToken.None);

        Assert.That(result.End, Is.EqualTo(ReductionEnd.Minimal));
        Assert.That(Text(result.Case), Is.EqualTo("r0 *= 0\n"));
    }

    [Test]
    public void Reduce_OfTheSameCase_TriesTheSame()
    {
        var first = new List<string>();
        var second = new List<string>();
        foreach (List<string> tried in (List<string>[])[first, second])
        {
            Reducer.Default.Reduce(CaseOf(Long), test => Note(tried, test) && Names(test, 0x27) && Names(test, 0x85), CancellationToken.None);
        }

        Assert.That(second, Is.EqualTo(first));
        Assert.That(first, Has.Count.GreaterThan(10));
    }

    [Test]
    public void Reduce_TriesNoCaseTwice()
    {
        var tried = new List<string>();

        ReductionResult result = Reducer.Default.Reduce(CaseOf(Long), test => Note(tried, test) && Names(test, 0x27), CancellationToken.None);

        // Before the passes: the case itself, and two that only exit.
        Assert.That(tried[3..], Is.Unique);
        Assert.That(tried, Has.Count.EqualTo(result.Tried + 3));
    }

    [Test]
    public void Reduce_WhatNeverHolds_LeavesTheCase()
    {
        TestCase test = CaseOf(Long);

        ReductionResult result = Reducer.Default.Reduce(test, _ => false, CancellationToken.None);

        Assert.That(result.End, Is.EqualTo(ReductionEnd.NeverHeld));
        Assert.That(result.Case, Is.SameAs(test));
    }

    [Test]
    public void Reduce_WhatAlwaysHolds_SaysThatItIsAboutNothing()
    {
        ReductionResult result = Reducer.Default.Reduce(CaseOf(Long), _ => true, CancellationToken.None);

        Assert.That(result.End, Is.EqualTo(ReductionEnd.HoldsForNothing));
        Assert.That(Text(result.Case), Is.EqualTo("exit\n"));
    }

    [Test]
    public void Reduce_WithASmallBudget_EndsWithWhatItHas()
    {
        var reducer = new Reducer(ReductionPasses.All) { Budget = 5 };

        ReductionResult result = reducer.Reduce(CaseOf(Long), test => Names(test, 0x27), CancellationToken.None);

        Assert.That(result.End, Is.EqualTo(ReductionEnd.OutOfBudget));
        Assert.That(result.Tried, Is.EqualTo(5));
        Assert.That(Names(result.Case, 0x27));
    }

    [Test]
    public void Reduce_WhenCancelled_EndsWithWhatItHas()
    {
        using var source = new CancellationTokenSource();

        ReductionResult result = Reducer.Default.Reduce(CaseOf(Long), test => Stop(source) && Names(test, 0x27), source.Token);

        Assert.That(result.End, Is.EqualTo(ReductionEnd.Cancelled));
        Assert.That(Names(result.Case, 0x27));
    }

    [Test]
    public void Reduce_DataAndInputs_LeavesTheByteThatMatters()
    {
        var data = new byte[64];
        data.AsSpan().Fill(0x77);
        TestCase test = CaseOf("r0 = 0\nexit") with { Inputs = [.. Enumerable.Range(0, 5).Select(index => new CaseInput(0, index == 3 ? data : new byte[64], null, null))] };

        ReductionResult result = Reducer.Default.Reduce(test, each => each.Program.Instructions.Length == 2 && each.Inputs.Any(input => input.Data.Length > 17 && input.Data.Span[17] == 0x77), CancellationToken.None);

        Assert.That(result.Case.Inputs, Has.Length.EqualTo(1));
        Assert.That(Convert.ToHexString(result.Case.Inputs[0].Data.Span), Is.EqualTo("000000000000000000000000000000000077"));
    }

    [Test]
    public void Reduce_MapsThatNothingNames_LeavesTheOtherUnderItsNewNumber()
    {
        TestCase test = CaseOf("r1 = map_by_fd(2) ll\nr0 = 0\nexit") with
        {
            Maps = [.. Enumerable.Range(0, 4).Select(index => new MapDefinition($"m{index}", MapType.Hash, 4, 8 + index, 16 + index))],
        };

        ReductionResult result = Reducer.Default.Reduce(
            test, each => each.Program.Instructions.FirstOrDefault(slot => slot.NamesMap) is { NamesMap: true } slot && each.Maps[slot.Immediate].Name == "m2", CancellationToken.None);

        Assert.That(result.Case.Maps.Select(map => map.Name), Is.EqualTo((string[])["m2"]));
        Assert.That(Text(result.Case), Is.EqualTo("r0 = map_by_fd(0) ll\n"));
    }

    [Test]
    public void Reduce_WhatCannotBeReadAsInstructions_LeavesOutSlots()
    {
        // The wide instruction has no second half.
        TestCase test = CaseOf("r0 = 5\nr0 += 7\n.raw 0x18\nexit\nexit");

        ReductionResult result = Reducer.Default.Reduce(test, each => Names(each, 0x18), CancellationToken.None);

        Assert.That(result.Case.Program.Instructions, Is.EqualTo((Instruction[])[new(0x18, 0, 0, 0)]));
    }

    [Test]
    public void Reduce_AProgramThatATailCallLeadsTo_LeavesItOutWithWhatLeadsToIt()
    {
        TestCase main = CaseOf("r0 = 0\nexit\nr0 = 1\nexit\nr0 = 2\nexit");
        TestCase test = main with
        {
            Program = main.Program with { Others = [new ProgramPart("one", 2, ProgramType.Unspecified), new ProgramPart("two", 4, ProgramType.Unspecified)] },
            Maps = [new MapDefinition("jumps", MapType.ProgArray, 4, 4, 2) { Contents = [new MapEntry(new byte[] { 0, 0, 0, 0 }, new byte[] { 1, 0, 0, 0 }), new MapEntry(new byte[] { 1, 0, 0, 0 }, new byte[] { 2, 0, 0, 0 })] }],
        };

        ReductionResult result = Reducer.Default.Reduce(
            test, each => each.Program.Others.Any(other => other.Name == "two") && each.Maps is [{ Contents: [.., var last] }] && last.Value.Span[0] == each.Program.Count - 1, CancellationToken.None);

        Assert.That(result.Case.Program.Others.Select(other => other.Name), Is.EqualTo((string[])["two"]));
        Assert.That(result.Case.Maps[0].Contents, Has.Length.EqualTo(1));
        Assert.That(result.Case.Maps[0].Contents[0].Value.ToArray(), Is.EqualTo((byte[])[1, 0, 0, 0]));
    }

    internal static TestCase CaseOf(string assembly)
    {
        AssembledProgram program = Assembler.Assemble(assembly);
        ProgramNeeds needs = ProgramNeeds.Of(program.Instructions.AsSpan());
        return new TestCase
        {
            Name = "test",
            File = "test.asm",
            Program = new BpfProgram(program.Instructions),
            Lines = program.Lines,
            Inputs = [new CaseInput(0, ReadOnlyMemory<byte>.Empty, null, null)],
            Expectation = Expectation.None,
            Groups = needs.Groups,
            Cpu = needs.Cpu,
        };
    }

    private static bool Names(TestCase test, byte opcode) => test.Program.Instructions.Any(slot => slot.Opcode == opcode);

    private static string Text(TestCase test) => Disassembler.Listing(test.Program.Instructions.AsSpan());

    private static bool Note(List<string> tried, TestCase test)
    {
        tried.Add(Convert.ToHexString(test.Program.ToBytes()));
        return true;
    }

    private static bool Stop(CancellationTokenSource source)
    {
        source.Cancel();
        return true;
    }
}
