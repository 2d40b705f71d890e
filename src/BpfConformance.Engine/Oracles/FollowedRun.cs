using System.Collections.Immutable;
using System.Globalization;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Oracles;

/// <summary>A run, as it is followed along the paths of a verifier.</summary>
/// <param name="trace">What it did.</param>
/// <param name="run">Which it is.</param>
/// <param name="program">The slots of the case.</param>
internal sealed class FollowedRun(ExecutionTrace trace, TracedRun run, ImmutableArray<Instruction> program)
{
    private const int Nowhere = -1;

    /// <summary>Where something is not as believed, by the index of the step.</summary>
    private int _wrongAt = Nowhere;
    private int _wrongRegister;
    private BelievedRegister _wrongBelief;

    /// <summary>So many of its steps are those of the path, from the start of both.</summary>
    private int _matched;

    /// <summary>The most steps that a path had in common with it.</summary>
    private int _furthest;

    /// <summary>Whether it was in a part of a state that was split, which has been followed to all its ends.</summary>
    private bool _isSettled;

    /// <summary>Whether what was wrong in one part of such a state can be right in the next.</summary>
    private bool _mayBeElsewhere;

    private enum End
    {
        None,
        OfRun,
        Pruned,
    }

    private End _end;

    public TracedRun Run => run;

    public int ComparedSteps { get; private set; }

    public int Numbers { get; private set; }

    public int ComparedNumbers { get; private set; }

    public bool IsPruned => _end == End.Pruned;

    public bool HasEnded => _end == End.OfRun;

    /// <summary>Whether nothing was found of it, nor that nothing will be.</summary>
    private bool IsUndecided => _end == End.None && _wrongAt == Nowhere;

    /// <summary>Whether it comes to a slot after so many steps that it has in common with the path.</summary>
    public bool GoesOn(int length, int pc) => MayGoOn(length) && trace[run.First + length].Pc == pc;

    /// <summary>Whether it may come to what follows after so many steps.</summary>
    public bool MayGoOn(int length) => (IsUndecided || _mayBeElsewhere) && !_isSettled && _matched == length && length < run.Count;

    public void Step(int index, int pc, int depth, ReadOnlySpan<BelievedRegister> believed)
    {
        if (!GoesOn(index, pc)) return;
        TracedStep step = trace[run.First + index];
        if (step.Depth != depth) return;
        int wrong = Compare(index, step, believed);
        if (_mayBeElsewhere)
        {
            _mayBeElsewhere = false;
            if (wrong != Nowhere) return;
            _wrongAt = Nowhere;
        }

        _matched++;
        _furthest = Math.Max(_furthest, _matched);
        if (wrong != Nowhere) (_wrongAt, _wrongRegister, _wrongBelief) = (index, wrong, believed[wrong]);
        else if (_matched == run.Count) _end = End.OfRun;
    }

    public void Return(int length, bool splits)
    {
        _mayBeElsewhere = false;
        if (splits && _matched >= length && _furthest > length)
        {
            // Up to the instruction that split it nothing was wrong.
            if (_wrongAt == length || _wrongAt == length + 1) _mayBeElsewhere = true;
            else _isSettled = true;
        }

        _matched = Math.Min(_matched, length);
    }

    public void Prune(int index, int pc)
    {
        if (GoesOn(index, pc)) (_end, _wrongAt) = (End.Pruned, Nowhere);
    }

    /// <summary>What comes next may be the other part of a state, and nobody will tell.</summary>
    public void Lose()
    {
        if (_wrongAt > 0 && MaySplit(trace[run.First + _wrongAt - 1].Pc)) (_wrongAt, _isSettled) = (Nowhere, true);
    }

    /// <summary>What must not be, or <c>null</c>.</summary>
    /// <param name="wasWhole">Whether the verifier accepted it, and everything was told of how.</param>
    public (int Pc, string Expected, string Got)? Problem(bool wasWhole) =>
        _wrongAt != Nowhere ? NotContained() : wasWhole ? NeverFollowed() : null;

    /// <summary>
    /// Whether a verifier may go on behind an instruction in more than one state: a condition both of whose ways lead there, a call, and what masks a number of which only
    /// 0 and −1 are possible (kernel/bpf/verifier.c, 6.18, maybe_fork_scalars).
    /// </summary>
    private bool MaySplit(int pc)
    {
        const int And = 0x50;
        const int Or = 0x40;
        Instruction instruction = program[pc];
        return instruction.Class switch
        {
            InstructionClass.Alu or InstructionClass.Alu64 => (instruction.Opcode & 0xf0) is And or Or,
            InstructionClass.Jmp or InstructionClass.Jmp32 => !JumpTargets.IsJump(instruction) || JumpTargets.Of(instruction, pc) == pc + 1,
            InstructionClass.Ld or InstructionClass.Ldx or InstructionClass.St or InstructionClass.Stx => false,
        };
    }

    /// <summary>The first register that is not as believed, or <see cref="Nowhere"/>.</summary>
    private int Compare(int index, in TracedStep step, ReadOnlySpan<BelievedRegister> believed)
    {
        ReadOnlySpan<ulong> registers = trace.Registers(run.First + index);
        ComparedSteps++;
        for (int r = 0; r < registers.Length; r++)
        {
            if (!step.IsNumber(r)) continue;
            Numbers++;
            ref readonly BelievedRegister belief = ref believed[r];
            if (belief.Kind == BelievedKind.Unknown) continue;
            ComparedNumbers++;
            if (!belief.Allows(registers[r])) return r;
        }

        return Nowhere;
    }

    /// <summary>The slot is that of the instruction which the state is left by.</summary>
    private (int Pc, string Expected, string Got) NotContained()
    {
        int pc = trace[run.First + _wrongAt].Pc;
        int before = trace[run.First + Math.Max(_wrongAt - 1, 0)].Pc;
        ulong value = trace.Registers(run.First + _wrongAt)[_wrongRegister];
        return (before, $"before pc {pc} r{_wrongRegister} is {_wrongBelief}", string.Create(CultureInfo.InvariantCulture, $"r{_wrongRegister} = 0x{value:x}"));
    }

    /// <summary>A condition leads it where no path went.</summary>
    private (int Pc, string Expected, string Got)? NeverFollowed()
    {
        if (!IsUndecided || _furthest == 0 || _furthest == run.Count) return null;
        int pc = trace[run.First + _furthest - 1].Pc;
        int next = trace[run.First + _furthest].Pc;
        bool isCondition = JumpTargets.IsJump(program[pc]) && program[pc].Opcode is not (Opcodes.Ja or Opcodes.Ja32 or Opcodes.MayGoto);
        return isCondition ? (pc, $"pc {pc} never leads to pc {next}", "it does") : null;
    }
}
