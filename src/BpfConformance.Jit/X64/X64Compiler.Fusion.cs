using BpfConformance.Abi.Instructions;

namespace BpfConformance.Jit.X64;

/// <summary>
/// Several instructions that one of the processor's can do, as compilers that have only two operands leave them behind. They lie
/// in one block, and a register between them that is read afterwards is computed, too.
/// </summary>
internal ref partial struct X64Compiler
{
    private const byte MoveRegister32 = 0xbc;
    private const byte OrRegister64 = 0x4f;
    private const byte OrRegister32 = 0x4c;
    private const byte ShiftLeft64 = 0x67;
    private const byte ShiftRight64 = 0x77;
    private const byte ShiftLeft32 = 0x64;
    private const byte ShiftRight32 = 0x74;

    /// <summary>Emits the instructions from here as one and returns how many slots they were; 0: nothing was emitted.</summary>
    private int Fuse<TDelivery>()
        where TDelivery : struct, IDelivery<X64Compiler>
    {
        Instruction first = _program[_pc];
        return first.Opcode switch
        {
            Opcodes.MoveRegister64 when first.Offset == 0 => FuseRotation(wide: true) is > 0 and var slots ? slots : FuseAddress(),
            MoveRegister32 when first.Offset == 0 => FuseRotation(wide: false),
            _ when JumpTargets.IsJump(first) => FuseJumps<TDelivery>(),
            _ => 0,
        };
    }

    /// <summary>t = x, t shifted one way, [y = x,] y (or x) shifted the other way, y |= t: a rotation of x when the counts make up the width.</summary>
    private int FuseRotation(bool wide)
    {
        (byte left, byte right) = wide ? (ShiftLeft64, ShiftRight64) : (ShiftLeft32, ShiftRight32);
        byte move = wide ? Opcodes.MoveRegister64 : MoveRegister32;
        Instruction copy = At(0);
        Instruction part = At(1);
        (int t, int x) = (copy.Dst, copy.Src);
        if (t == x || part.Dst != t || (part.Opcode != left && part.Opcode != right)) return 0;

        int next = 2;
        int y = x;
        if (At(next).Opcode == move && At(next).Offset == 0 && At(next).Src == x && At(next).Dst != t) y = At(next++).Dst;
        Instruction rest = At(next++);
        Instruction or = At(next++);
        bool isOther = rest.Dst == y && rest.Opcode == (part.Opcode == left ? right : left);
        bool joins = or.Opcode == (wide ? OrRegister64 : OrRegister32) && or.Dst == y && or.Src == t;
        int bits = wide ? 64 : 32;
        bool isWhole = part.Immediate > 0 && rest.Immediate > 0 && part.Immediate + rest.Immediate == bits;
        if (!isOther || !joins || !isWhole || !IsOneBlock(next)) return 0;

        // A move of 32 bits also cuts x; where x is rotated in place, that is done anyway.
        bool isTRead = IsReadAfter(next, (Register)t);
        if (isTRead)
        {
            if (!wide && y != x) return 0;
            EmitPart(wide, part, x);
        }

        int toRight = part.Opcode == right ? part.Immediate : rest.Immediate;
        EmitRotation(wide, Of((Register)y), Of((Register)x), toRight);
        return next;
    }

    private void EmitPart(bool wide, Instruction part, int x)
    {
        X64Shift shift = part.Opcode is ShiftLeft64 or ShiftLeft32 ? X64Shift.Shl : X64Shift.Shr;
        _code.Move(wide, Of((Register)part.Dst), Of((Register)x));
        _code.Shift(shift, wide, Of((Register)part.Dst), part.Immediate);
    }

    private void EmitRotation(bool wide, X64Register dst, X64Register src, int toRight)
    {
        if (dst != src && _hasShifts)
        {
            _code.RotateRight(wide, dst, src, toRight);
            return;
        }

        if (dst != src) _code.Move(wide, dst, src);
        _code.Shift(X64Shift.Ror, wide, dst, toRight);
    }

    /// <summary>d = a, d += b or a number: a sum into a third register; and a load or store there, when nobody else wants the sum.</summary>
    private int FuseAddress()
    {
        Instruction copy = At(0);
        Instruction add = At(1);
        if (add.Dst != copy.Dst || !IsOneBlock(2)) return 0;
        X64Register dst = Of((Register)copy.Dst);
        X64Register a = Of((Register)copy.Src);
        X64Memory sum;
        if (add.Opcode == Opcodes.AddImmediate64) sum = new X64Memory(a, add.Immediate);
        else if (add.Opcode == Opcodes.AddRegister64 && add.Src != add.Dst) sum = new X64Memory(a, 0, Of((Register)add.Src));
        else if (add.Opcode == Opcodes.AddRegister64) sum = new X64Memory(a, 0, a);
        else return 0;

        if (FuseLoad(copy.Dst, sum)) return 3;
        _code.LoadAddress(dst, sum);
        return 2;
    }

    /// <summary>What is checked is a register and an offset, so only unchecked loads take a sum.</summary>
    private bool FuseLoad(int sum, X64Memory operand)
    {
        Instruction load = At(2);
        if (_options.IsChecked || load.Class != InstructionClass.Ldx || load.Src != sum || !IsOneBlock(3)) return false;
        InstructionDef row = InstructionTable.Of(load);
        long displacement = (long)operand.Displacement + load.Offset;
        if (row.Operation is not (Operation.Load or Operation.LoadSigned) || displacement != (int)displacement) return false;
        if (load.Dst != sum && IsReadAfter(3, (Register)sum)) return false;
        _code.Load((int)row.Size, row.Operation == Operation.LoadSigned, Of((Register)load.Dst), operand with { Displacement = (int)displacement });
        return true;
    }

    /// <summary>A jump over a jump is the jump on the other condition.</summary>
    private int FuseJumps<TDelivery>()
        where TDelivery : struct, IDelivery<X64Compiler>
    {
        if (!_flow.IsOverJump(_pc) || !IsOneBlock(2)) return 0;
        _overJump = JumpTargets.Of(_program[_pc + 1], _pc + 1);
        TDelivery.Deliver(ref this, _program, _pc);
        _overJump = -1;
        if (_options.IsMetered) _code.Alu(X64Alu.Add, wide: true, X64Registers.Budget, 1); // the jump was charged, and is not done
        if (BeginsFunction(_pc + 2)) _layout.Jump(ref _code, _pc + 2);
        return 2;
    }

    /// <summary>The instruction so many slots further; one that does nothing known behind the end.</summary>
    private readonly Instruction At(int slots) => _pc + slots < _program.Length ? _program[_pc + slots] : default;

    private readonly bool IsOneBlock(int slots)
    {
        for (int n = 1; n < slots; n++)
        {
            if (_flow.IsLeader(_pc + n)) return false;
        }

        return true;
    }

    private readonly bool IsReadAfter(int slots, Register register) => (_work.Liveness.After(_pc + slots) >> (int)register & 1) != 0;
}
