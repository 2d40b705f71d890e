using BpfConformance.Abi.Instructions;
using BpfConformance.Runtime.Helpers;

namespace BpfConformance.Jit;

/// <summary>For each instruction, which registers somebody may still read when it is done. Arrays are kept from program to program.</summary>
internal sealed class Liveness
{
    /// <summary>
    /// Backward passes; a loop takes one more than those around it. A program that is made to take more is compiled as if
    /// everything were read.
    /// </summary>
    private const int MaxPasses = 10;

    private RegisterEffects[] _effects = [];
    private ushort[] _before = [];

    /// <param name="program">Every slot was found valid.</param>
    /// <param name="flow">Its blocks and functions.</param>
    /// <param name="atEnd">What is read when the program returns.</param>
    public void Compute(ReadOnlySpan<Instruction> program, ControlFlow flow, ushort atEnd)
    {
        if (_before.Length <= program.Length) (_effects, _before) = (new RegisterEffects[2 * program.Length], new ushort[2 * program.Length]);
        for (int pc = 0; pc < program.Length; pc += program[pc].IsWide ? 2 : 1) _effects[pc] = RegisterEffects.Of(program[pc]);
        _before.AsSpan(0, program.Length + 1).Clear();
        if (flow.HasTailCalls) KeepOverTailCalls(program, atEnd);

        bool changed = Pass(program, flow, atEnd);
        if (!flow.HasLoops) return; // whatever comes after an instruction was seen before it
        for (int pass = 1; changed && pass < MaxPasses; pass++) changed = Pass(program, flow, atEnd);
        if (changed) _before.AsSpan(0, program.Length + 1).Fill(ushort.MaxValue);
    }

    /// <summary>The registers that may be read after an instruction which goes on with the next.</summary>
    public ushort After(int nextPc) => _before[nextPc];

    /// <summary>What an instruction reads and writes.</summary>
    public RegisterEffects EffectsOf(int pc) => _effects[pc];

    /// <summary>The program that a tail call leads to leaves registers as they were, and at its end they are looked at.</summary>
    private void KeepOverTailCalls(ReadOnlySpan<Instruction> program, ushort atEnd)
    {
        for (int pc = 0; pc < program.Length; pc += program[pc].IsWide ? 2 : 1)
        {
            if (TailCalls.Is(program[pc])) _effects[pc] = _effects[pc] with { Reads = (ushort)(_effects[pc].Reads | atEnd) };
        }
    }

    private bool Pass(ReadOnlySpan<Instruction> program, ControlFlow flow, ushort atEnd)
    {
        bool changed = false;
        for (int pc = program.Length - 1; pc >= 0; pc--)
        {
            ref readonly Instruction i = ref program[pc];
            if (i.Opcode == 0) continue; // the second slot of a wide instruction
            RegisterEffects effects = _effects[pc];
            int after = JumpTargets.IsStraight(i) ? _before[pc + 1] : AfterOf(program, pc, flow, atEnd);
            var before = (ushort)((after & ~effects.Writes) | effects.Reads);
            changed |= before != _before[pc];
            _before[pc] = before;
        }

        return changed;
    }

    private int AfterOf(ReadOnlySpan<Instruction> program, int pc, ControlFlow flow, ushort atEnd)
    {
        ref readonly Instruction i = ref program[pc];
        int end = flow.IsOfProgram(pc) ? atEnd : RegisterEffects.Result; // only a program's own end shows its registers
        if (i.Opcode == Opcodes.Exit) return end;
        int after = JumpTargets.EndsBlock(i) ? 0 : _before[pc + (i.IsWide ? 2 : 1)];
        if (JumpTargets.IsJump(i)) after |= _before[JumpTargets.Of(i, pc)];
        bool mayEnd = i.Class == InstructionClass.Ld && !i.IsWide; // a packet load
        return mayEnd ? after | end : after;
    }
}
