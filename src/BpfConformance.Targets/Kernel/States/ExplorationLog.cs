using System.Text;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Kernel.States;

/// <summary>
/// Reads the log that the verifier writes of all that it follows (log_level 2; kernel/bpf/log.c and verifier.c, 6.18), and tells of it.
/// Lines that it does not know it leaves out. Behind an instruction stand the registers that it used, as they are after it.
/// </summary>
/// <param name="program">The slots that were loaded.</param>
/// <param name="prologueSlots">So many of them are not the case's.</param>
/// <param name="start">The slot of the case at which the others begin.</param>
/// <param name="observer">Is told.</param>
internal sealed class ExplorationLog(Instruction[] program, int prologueSlots, int start, IExplorationObserver observer)
{
    /// <summary>MAX_CALL_FRAMES.</summary>
    private const int MaxFrames = 8;

    private readonly ExploredPath _path = new(program);
    private readonly BelievedRegister[] _believed = new BelievedRegister[MaxFrames * ExecutionTrace.RegisterCount];
    private int _depth;

    /// <summary>Whether the next line may say that the last branch was decided.</summary>
    private bool _isOpen;

    /// <summary>Whether the next line shows a frame as a whole.</summary>
    private bool _isFrameNext;

    /// <summary>Whether a function has just returned: its caller goes on <c>from</c> there, and no other path begins.</summary>
    private bool _returns;

    private bool _isAtEnd;
    private int _slot;

    /// <summary>The first that the verifier found wrong in itself; <c>null</c>: nothing.</summary>
    public VerifierBug? Bug { get; private set; }

    private Span<BelievedRegister> Frame => _believed.AsSpan(_depth * ExecutionTrace.RegisterCount, ExecutionTrace.RegisterCount);

    /// <summary>Reads a log from its start.</summary>
    /// <returns>Whether it is there up to its end.</returns>
    public bool Read(ReadOnlySpan<byte> log)
    {
        // A line that does not end is one of a log that does not fit: numbers in it can be cut.
        for (int end; !_isAtEnd && (end = log.IndexOf((byte)'\n')) >= 0; log = log[(end + 1)..]) ReadLine(log[..end]);

        return _isAtEnd;
    }

    private void ReadLine(ReadOnlySpan<byte> line)
    {
        var text = new LogText(line);
        (bool wasOpen, _isOpen) = (_isOpen, false);
        (bool isFrame, _isFrameNext) = (_isFrameNext, false);
        switch (text.Next)
        {
            case (byte)'m' when wasOpen && text.TryTake("mark_precise: "u8): _path.Mark(Fork.None); break; // both comparands, to know where it leads
            case >= (byte)'0' and <= (byte)'9': ReadNumbered(text); break;
            case (byte)' ' when isFrame: ReadState(text, isWhole: true); break;
            case (byte)'c': _isFrameNext = text.TryTake("callee:"u8); break;
            case (byte)'t': _isFrameNext = text.TryTake("to caller at "u8); break;
            case (byte)'r': _returns |= text.TryTake("returning from callee:"u8); break;
            case (byte)'f' when text.TryTake("from "u8): ReadFrom(text); break;
            case (byte)'v' when text.TryTake("verifier bug: "u8): Bug ??= new VerifierBug(PcOf(_slot), Encoding.UTF8.GetString(text.Rest)); break;
            case (byte)'V' when text.TryTake("Validating "u8): Lose(); break; // a function on its own, for any arguments
            case (byte)'p': _isAtEnd = text.TryTake("processed "u8); break;
            default: break;
        }
    }

    /// <summary><c>3: (07) r1 += 1 ; R1=2</c>, <c>3: R1=2</c> or <c>3: safe</c>.</summary>
    private void ReadNumbered(LogText text)
    {
        if (!text.TryTakeNumber(out int slot) || !text.TryTake(": "u8) || slot >= program.Length) return;
        if (text.Next == '(')
        {
            Step(slot);
            Forget(program[slot]);
            int state = text.Rest.IndexOf((byte)';');
            bool isJump = JumpTargets.IsJump(program[slot]);
            _isOpen = isJump && state < 0;
            if (state < 0) return;
            ReadState(new LogText(text.Rest[(state + 1)..]), isWhole: false);
            if (isJump && ShowsNumber(text.Rest[state..], program[slot].Dst)) _path.Mark(Fork.Certain); // it would say that it was decided
        }
        else if (text.TryTake("safe"u8))
        {
            Prune(slot);
        }
        else
        {
            ReadState(text, isWhole: false);
        }
    }

    /// <summary><c>from 5 to 9: R0=…</c>, <c>from 5 to 9 (speculative execution): R0=…</c> or <c>from 5 to 9: safe</c>.</summary>
    private void ReadFrom(LogText text)
    {
        if (!text.TryTakeNumber(out int from) || !text.TryTake(" to "u8) || !text.TryTakeNumber(out int to) || to >= program.Length)
        {
            Lose();
            return;
        }

        if (_returns) _returns = false;
        else if (text.TryTake(" "u8)) Lose(); // what no run does
        else Return(from, to);

        text.TakeUntil((byte)':', (byte)':');
        if (!text.TryTake(": "u8) && !text.TryTake(":"u8)) return;
        if (text.TryTake("safe"u8)) Prune(to);
        else ReadState(text, isWhole: true);
    }

    private void Return(int from, int to)
    {
        Array.Clear(_believed); // of the callers nothing is written
        if (_path.Return(from, to) is { } way) observer.Return(way.Length, PcOf(to), way.Splits);
        else observer.Lose();
    }

    private void Lose()
    {
        _path.Lose();
        observer.Lose();
    }

    private void Step(int slot)
    {
        _slot = slot;
        if (slot < prologueSlots) return; // where no path begins
        _path.Add(slot);
        if (!_path.IsLost) observer.Step(PcOf(slot), _depth, Frame);
    }

    /// <summary>What an instruction writes is shown behind it, where it is anything.</summary>
    private void Forget(in Instruction instruction)
    {
        const int CallerSaved = 0b11_1111;
        int written = instruction.Class switch
        {
            InstructionClass.Alu or InstructionClass.Alu64 or InstructionClass.Ldx => 1 << instruction.Dst,
            InstructionClass.Ld => instruction.IsWide ? 1 << instruction.Dst : CallerSaved,
            InstructionClass.Stx => 1 | (1 << instruction.Src) | (1 << instruction.Dst), // atomics write one of them
            InstructionClass.Jmp => instruction.Opcode is Opcodes.Call or Opcodes.CallX ? CallerSaved : 0,
            InstructionClass.Jmp32 or InstructionClass.St => 0,
        };
        for (int register = 0; register < ExecutionTrace.RegisterCount; register++)
        {
            if ((written >> register & 1) != 0) Frame[register] = BelievedRegister.Unknown;
        }
    }

    private void Prune(int slot)
    {
        if (!_path.IsLost) observer.Prune(PcOf(slot));
    }

    /// <param name="text"><c> frame1: R0=… fp-8=… refs=…</c>; the main program's frame has no name.</param>
    /// <param name="isWhole">Whether what is not in it is not known; else it is as before, unless the last instruction changed it.</param>
    private void ReadState(LogText text, bool isWhole)
    {
        text.SkipSpaces();
        if (text.Next is not ((byte)'R' or (byte)'f')) return; // a register, a slot of the stack (fp-8) or a frame
        _depth = text.TryTake("frame"u8) && text.TryTakeNumber(out int depth) && depth < MaxFrames ? depth : 0;
        text.TryTake(":"u8);
        if (!observer.WantsStates || _path.IsLost) return;

        if (isWhole) Frame.Clear();
        while (!text.IsEmpty)
        {
            text.SkipSpaces();
            if (text.TryTake("R"u8) && text.TryTakeNumber(out int register) && register < ExecutionTrace.RegisterCount)
            {
                text.TakeUntil((byte)'=', (byte)' '); // before 6.18: how it was used
                if (text.TryTake("="u8)) Frame[register] = RegisterText.Read(ref text);
            }

            text.SkipWord();
        }
    }

    private static bool ShowsNumber(ReadOnlySpan<byte> state, int register)
    {
        int at = state.IndexOf([(byte)' ', (byte)'R', (byte)('0' + register), (byte)'=']); // no number is in r10
        if (at < 0) return false;
        var text = new LogText(state[(at + 4)..]);
        return text.TryTake("scalar("u8) || text.TryTake("Pscalar("u8) || text.TryTakeBits(out _) || (text.TryTake("P"u8) && text.TryTakeBits(out _));
    }

    private int PcOf(int slot) => start + slot - prologueSlots;
}
