using BpfConformance.Abi.Instructions;

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

        // Only the program's own end shows its registers; where nobody knows whose end it is, every one may be it.
        int ownEnd = flow.IsStructured && flow.Functions.Length > 1 ? flow.Functions[1] : program.Length;
        bool changed = Pass(program, ownEnd, atEnd);
        if (!flow.HasLoops) return; // whatever comes after an instruction was seen before it
        for (int pass = 1; changed && pass < MaxPasses; pass++) changed = Pass(program, ownEnd, atEnd);
        if (changed) _before.AsSpan(0, program.Length + 1).Fill(ushort.MaxValue);
    }

    /// <summary>The registers that may be read after an instruction which goes on with the next.</summary>
    public ushort After(int nextPc) => _before[nextPc];

    /// <summary>What an instruction reads and writes.</summary>
    public RegisterEffects EffectsOf(int pc) => _effects[pc];

    private bool Pass(ReadOnlySpan<Instruction> program, int ownEnd, ushort atEnd)
    {
        bool changed = false;
        for (int pc = program.Length - 1; pc >= 0; pc--)
        {
            ref readonly Instruction i = ref program[pc];
            if (i.Opcode == 0) continue; // the second slot of a wide instruction
            RegisterEffects effects = _effects[pc];
            int after = JumpTargets.IsStraight(i) ? _before[pc + 1] : AfterOf(program, pc, ownEnd, atEnd);
            var before = (ushort)((after & ~effects.Writes) | effects.Reads);
            changed |= before != _before[pc];
            _before[pc] = before;
        }

        return changed;
    }

    private int AfterOf(ReadOnlySpan<Instruction> program, int pc, int ownEnd, ushort atEnd)
    {
        ref readonly Instruction i = ref program[pc];
        int end = pc < ownEnd ? atEnd : RegisterEffects.Result;
        if (i.Opcode == Opcodes.Exit) return end;
        int after = JumpTargets.EndsBlock(i) ? 0 : _before[pc + (i.IsWide ? 2 : 1)];
        if (JumpTargets.IsJump(i)) after |= _before[JumpTargets.Of(i, pc)];
        bool mayEnd = i.Class == InstructionClass.Ld && !i.IsWide; // a packet load
        return mayEnd ? after | end : after;
    }
}
