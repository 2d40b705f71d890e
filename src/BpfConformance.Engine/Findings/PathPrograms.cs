using System.Collections.Immutable;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Findings;

/// <summary>Cases that run a part of the path of one run, instead of that run.</summary>
internal sealed class PathPrograms
{
    /// <summary>No run comes to them by chance.</summary>
    private const int Unusual = 0x5afe_0ff0;
    private const int Another = 0x3a5e_7001;

    private readonly TestCase _test;
    private readonly IrProgram _program;

    // Its indices.
    private readonly Range _part;

    private readonly bool _isNarrow;

    private PathPrograms(TestCase test, IrProgram program, Range part, bool isNarrow)
    {
        (_test, _program, _part, _isNarrow) = (test, program, part, isNarrow);
        ReturnRange range = test.Program.HookOf(test.Inputs[^1].Program)?.Return.Range ?? ReturnRange.Any;
        (Strayed, Stayed) = range.Contains(Unusual) ? (Unusual, Another) : ((int)range.Maximum, (int)range.Minimum);
    }

    public ImmutableArray<IrInstruction> Code => _program.Code;

    /// <summary>Where the path begins.</summary>
    public int Start => _part.Start.Value;

    /// <summary>What a run returns that did not follow the path.</summary>
    public int Strayed { get; }

    /// <summary>What one may return that did.</summary>
    public int Stayed { get; }

    /// <param name="test">The case.</param>
    /// <param name="input">Which run of it; of a sequence those before it are run, too.</param>
    /// <param name="isNarrow">As of <see cref="PathBuilder"/>.</param>
    /// <returns><c>null</c>: what happens there is more than one run, or the program cannot be read.</returns>
    public static PathPrograms? Of(TestCase test, int input, bool isNarrow)
    {
        if (test.Contention is not null || test.HasNetwork || test.Inputs[input].Step is not null || IrProgram.TryDecode(test.Program) is not { } program) return null;
        TestCase alone = test.Unstated() with { Inputs = test.IsSequence ? test.Inputs[..(input + 1)] : [test.Inputs[input]] };
        int index = test.Inputs[input].Program;
        int start = index == 0 ? 0 : program.Frame.Others[index - 1].Start;
        int end = index == program.Frame.Others.Length ? program.Code.Length : program.Frame.Others[index].Start;
        return new PathPrograms(alone, program, start..end, isNarrow);
    }

    public PathBuilder NewBuilder() => new(Strayed, _isNarrow);

    /// <summary>The case with a path in the place of the run. Programs that are led to from elsewhere stay, and so do functions that are called back.</summary>
    public TestCase? With(PathBuilder path)
    {
        BpfProgram frame = _program.Frame;
        int inputProgram = _test.Inputs[^1].Program;
        if (inputProgram == 0 && !_test.IsSequence)
        {
            ImmutableArray<IrInstruction> code = path.Build(0, index => index);
            int length = code.Length;
            IEnumerable<IrInstruction> rest = _program.Code.Select(instruction => instruction.HasTarget ? instruction.To(instruction.Target + length) : instruction);
            BpfProgram moved = frame with { Others = [.. frame.Others.Select(other => other with { Start = other.Start + length })] };
            return _test.With(new IrProgram([.. code, .. rest], moved).WithoutUnreached());
        }

        // Runs before it, and tail calls, find the program as it was: the path is one more.
        int place = _program.Code.Length;
        ImmutableArray<IrInstruction> added = path.Build(place, index => index - Start);
        int distance = place + added.Length - Start;
        IEnumerable<IrInstruction> copy = _program.Code[_part].Select(instruction => instruction.HasTarget ? instruction.To(instruction.Target + distance) : instruction);
        ProgramPart run = _test.Program[inputProgram];
        BpfProgram longer = frame with { Others = [.. frame.Others, new ProgramPart("path", place, run.Type, run.AttachType)] };
        TestCase aside = _test with { Inputs = _test.Inputs.SetItem(_test.Inputs.Length - 1, _test.Inputs[^1] with { Program = longer.Count - 1 }) };
        return aside.With(new IrProgram([.. _program.Code, .. added, .. copy], longer).WithoutUnreached());
    }
}
