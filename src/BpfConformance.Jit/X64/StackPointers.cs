using BpfConformance.Abi.Instructions;

namespace BpfConformance.Jit.X64;

/// <summary>
/// A guess which registers point into the stack, from the instructions in their order and nothing else: it decides where an access
/// is looked for first, and may be wrong.
/// </summary>
internal struct StackPointers
{
    private const int Frame = 1 << (int)Register.R10;

    private int _likely;

    public readonly bool MayBe(Register register) => (_likely >> (int)register & 1) != 0;

    /// <summary>At the beginning of a function only r10 does.</summary>
    public void Begin() => _likely = Frame;

    /// <summary>Follows one instruction.</summary>
    public void Follow(in Instruction i, RegisterEffects effects)
    {
        bool isSum = i.Class == InstructionClass.Alu64 && (i.Opcode & 0xf0) is 0x00 or 0x10; // ADD, SUB
        bool isCopy = i.Class == InstructionClass.Alu64 && (i.Opcode & 0xf0) == 0xb0 && i.Offset == 0; // MOV
        int from = isSum || isCopy ? effects.Reads : 0;
        bool remains = (from & _likely) != 0;
        _likely &= ~effects.Writes;
        if (remains) _likely |= effects.Writes;
    }
}
