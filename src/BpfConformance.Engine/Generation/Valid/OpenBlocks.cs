using BpfConformance.Abi.Instructions;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>Branches and loops that have begun and not ended, the innermost last.</summary>
internal sealed class OpenBlocks
{
    /// <summary>How many can be open in each other.</summary>
    public const int MostOpen = 4;

    private readonly ProgramDraft _draft;
    private readonly Block[] _open = new Block[MostOpen];

    /// <summary>Of each branch what holds where it is taken, or where its first part ends.</summary>
    private readonly AbstractState[] _other = [.. Enumerable.Range(0, MostOpen).Select(_ => new AbstractState())];

    public OpenBlocks(ProgramDraft draft) => _draft = draft;

    public int Count { get; private set; }

    public void Clear() => Count = 0;

    /// <summary>What an instruction skips begins behind it.</summary>
    /// <param name="jump">The slot that leads to the end.</param>
    /// <param name="steps">How long it is.</param>
    /// <param name="hasElse">Whether the instruction leads to something else first.</param>
    public void BeginBranch(int jump, int steps, bool hasElse)
    {
        _draft.State.CopyTo(_other[Count]);
        _open[Count++] = new Block { Jump = jump, Steps = steps, HasElse = hasElse };
    }

    /// <summary>A loop begins, its counter being set.</summary>
    public void BeginLoop(int steps, in LoopForm form, int counter)
    {
        AbstractState state = _draft.State;
        _open[Count++] = new Block { IsLoop = true, Steps = steps, Jump = _draft.Count, Form = form, Counter = counter, Pinned = state.Pinned, Kept = state.KeptScalars };
        state.BeginLoop();
        state.Pin(counter);
    }

    /// <summary>A step begins: what has had its steps ends before it.</summary>
    public void BeginStep()
    {
        while (Count > 0 && _open[Count - 1].Steps == 0) Close();
        if (Count > 0) _open[Count - 1].Steps--;
    }

    public void CloseAll()
    {
        while (Count > 0) Close();
    }

    private void Close()
    {
        ref Block block = ref _open[Count - 1];
        AbstractState state = _draft.State;
        AbstractState other = _other[Count - 1];
        if (block.IsLoop)
        {
            EndLoop(block);
            Count--;
        }
        else if (block.HasElse)
        {
            int skip = _draft.Emit(_draft.Entropy.Of<InstructionDef>(_draft.Rows.Jumps), 0);
            _draft.LeadHere(block.Jump);
            (block.Jump, block.HasElse, block.Steps) = (skip, false, _draft.Entropy.Between(1, 3));
            state.CopyTo(_swap);
            other.CopyTo(state);
            _swap.CopyTo(other);
        }
        else
        {
            _draft.LeadHere(block.Jump);
            state.Join(other);
            Count--;
        }
    }

    private readonly AbstractState _swap = new();

    private void EndLoop(in Block block)
    {
        LoopForm form = block.Form;
        if (form.Delta > 0) _draft.Emit(_draft.Rows.AddImmediate, block.Counter, immediate: form.Delta);
        else _draft.Emit(_draft.Rows.SubtractImmediate, block.Counter, immediate: -form.Delta);
        int jump = _draft.Emit(form.Condition, block.Counter, immediate: form.Bound);
        _draft.Lead(jump, block.Jump);
        _draft.State.EndLoop(block.Pinned, block.Kept);
    }

    private struct Block
    {
        public bool IsLoop;
        public bool HasElse;
        public int Steps;

        /// <summary>The slot that jumps over it; of a loop its first.</summary>
        public int Jump;
        public LoopForm Form;
        public int Counter;
        public uint Pinned;
        public uint Kept;
    }
}
