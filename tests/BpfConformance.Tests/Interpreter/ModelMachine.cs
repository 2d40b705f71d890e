using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;

namespace BpfConformance.Tests.Interpreter;

/// <summary>
/// A machine that runs whole programs by the <see cref="MathematicalModel"/>: arithmetic, byte swaps, conditions and
/// atomics are the model's, and what moves values and goes from one instruction to another is stated here, again from the
/// text of RFC 9669 (sections 4.3, 5.1 to 5.4) and the numbers of its fields. It shares nothing with the interpreter, and
/// has addresses of its own. It knows neither helpers nor contexts.
/// </summary>
internal sealed class ModelMachine
{
    // Instruction classes, section 3.3; sizes and modes of section 5.
    private const int Ld = 0;
    private const int Ldx = 1;
    private const int St = 2;
    private const int Stx = 3;
    private const int Jmp64Class = 5;
    private const int Jmp32Class = 6;
    private const int Mem = 3;
    private const int MemSx = 4;
    private const int AtomicMode = 6;

    // Kernel: include/uapi/linux/bpf.h, BPF_LOAD_ACQ and BPF_STORE_REL.
    private const int LoadAcquire = 0x100;
    private const int StoreRelease = 0x110;

    private const int MaxFrames = 8;
    private const int MaxSteps = 100_000_000;
    private const int StackBytes = 512;
    private static readonly int[] s_sizes = [4, 2, 1, 8];

    private readonly Instruction[] _program;
    private readonly ModelShape[] _shapes;
    private readonly IReadOnlyList<MapDefinition> _maps;
    private readonly ulong _origin;

    /// <param name="program">Its slots.</param>
    /// <param name="maps">By number.</param>
    /// <param name="origin">Where addresses begin: what a program gives must not depend on it.</param>
    public ModelMachine(ReadOnlySpan<Instruction> program, IReadOnlyList<MapDefinition> maps, ulong origin)
    {
        _program = program.ToArray();
        _shapes = [.. _program.Select(MathematicalModel.ShapeOf)];
        _maps = maps;
        _origin = origin;
    }

    /// <summary>The instructions of a program that have no meaning here.</summary>
    public static IEnumerable<Instruction> Unstated(ImmutableArray<Instruction> program)
    {
        for (int pc = 0; pc < program.Length; pc += program[pc].Opcode == 0x18 ? 2 : 1)
        {
            if (MathematicalModel.ShapeOf(program[pc]) == ModelShape.None && !IsMove(program[pc])) yield return program[pc];
        }
    }

    /// <summary>One run; changes the memory, and returns r0.</summary>
    /// <exception cref="ModelException">It does not return.</exception>
    public ulong Run(byte[] memory) => new Execution(this, memory).Run();

    private static bool IsMove(Instruction i) => (i.Opcode & 7, i.Opcode >> 5, i.Opcode) switch
    {
        (Ld, _, 0x18) => i.Src is 0 or 1 or 2 or 5 or 6,
        (Ldx, Mem, _) => true,
        (Ldx, MemSx, _) => SizeOf(i) < 8,
        (St or Stx, Mem, _) => true,
        (Stx, AtomicMode, _) => i.Immediate is LoadAcquire or StoreRelease,
        (Jmp64Class, _, 0x05 or 0x95) or (Jmp32Class, _, 0x06) => true,
        (Jmp64Class, _, 0x85) => i.Src == 1,
        _ => false,
    };

    private static int SizeOf(Instruction i) => s_sizes[(i.Opcode >> 3) & 3];

    private static Int128 Modulo64(Int128 value) => value & ulong.MaxValue;

    private sealed class Execution
    {
        private readonly ModelMachine _machine;
        private readonly Int128[] _registers = new Int128[11];
        private readonly ModelMemory _memory;
        private readonly ulong[] _values;
        private readonly ulong[] _stacks = new ulong[MaxFrames];
        private readonly Stack<(int Pc, Int128[] Kept)> _callers = new();

        public Execution(ModelMachine machine, byte[] memory)
        {
            _machine = machine;
            _memory = new ModelMemory(machine._origin);
            ulong data = _memory.Add(memory);
            (_registers[1], _registers[2]) = memory.Length == 0 ? (0, 0) : (data, memory.Length);
            for (int frame = 0; frame < MaxFrames; frame++) _stacks[frame] = _memory.Add(new byte[StackBytes]) + StackBytes;
            _values = [.. machine._maps.Select(map => _memory.Add(new byte[map.ValueBytes]))];
            _registers[10] = _stacks[0];
        }

        public ulong Run()
        {
            int pc = 0;
            for (int step = 0; step < MaxSteps; step++)
            {
                Instruction i = _machine._program[pc];
                if (i.Opcode == 0x95 && _callers.Count == 0) return (ulong)_registers[0];
                try
                {
                    pc = Step(i, _machine._shapes[pc], pc);
                }
                catch (ModelException problem)
                {
                    throw new ModelException($"pc {pc}: {problem.Message}");
                }
            }

            throw new ModelException($"no end after {MaxSteps} instructions");
        }

        /// <summary>The slot to go on with: distances count from the one behind the instruction.</summary>
        private int Step(Instruction i, ModelShape shape, int pc)
        {
            switch (shape)
            {
                case ModelShape.Alu:
                    _registers[i.Dst] = MathematicalModel.Alu(i, _registers[i.Dst], _registers[i.Src]);
                    return pc + 1;
                case ModelShape.ByteSwap:
                    _registers[i.Dst] = MathematicalModel.ByteSwap(i, _registers[i.Dst]);
                    return pc + 1;
                case ModelShape.Condition:
                    return pc + 1 + (MathematicalModel.Condition(i, _registers[i.Dst], _registers[i.Src]) ? i.Offset : 0);
                case ModelShape.Atomic:
                    int size = MathematicalModel.AtomicBits(i) / 8;
                    Int128 address = AddressOf(i.Dst, i);
                    _memory.Store(address, size, MathematicalModel.Atomic(i, _registers, _memory.Load(address, size)));
                    return pc + 1;
                default:
                    return Move(i, pc);
            }
        }

        private int Move(Instruction i, int pc)
        {
            switch (i.Opcode & 7, i.Opcode >> 5, i.Opcode)
            {
                case (Ld, _, 0x18):
                    _registers[i.Dst] = Wide(i, _machine._program[pc + 1].Immediate);
                    return pc + 2;
                case (Ldx, Mem, _):
                    _registers[i.Dst] = _memory.Load(AddressOf(i.Src, i), SizeOf(i));
                    return pc + 1;
                case (Ldx, MemSx, _):
                    _registers[i.Dst] = SignExtended(_memory.Load(AddressOf(i.Src, i), SizeOf(i)), SizeOf(i));
                    return pc + 1;
                case (St, Mem, _):
                    _memory.Store(AddressOf(i.Dst, i), SizeOf(i), Modulo64(i.Immediate));
                    return pc + 1;
                case (Stx, Mem, _) or (Stx, AtomicMode, _) when i.Immediate is 0 or StoreRelease:
                    _memory.Store(AddressOf(i.Dst, i), SizeOf(i), _registers[i.Src]);
                    return pc + 1;
                case (Stx, AtomicMode, _) when i.Immediate == LoadAcquire:
                    _registers[i.Dst] = _memory.Load(AddressOf(i.Src, i), SizeOf(i));
                    return pc + 1;
                case (Jmp64Class, _, 0x05):
                    return pc + 1 + i.Offset;
                case (Jmp32Class, _, 0x06):
                    return pc + 1 + i.Immediate;
                case (Jmp64Class, _, 0x85) when i.Src == 1:
                    return Call(i, pc);
                case (Jmp64Class, _, 0x95):
                    return Return();
                default:
                    throw new ModelException($"no meaning for opcode 0x{i.Opcode:x2}");
            }
        }

        /// <summary>Section 5.4: a number of 64 bits, a map (any address will do that is nobody else's), or a byte of its value.</summary>
        private Int128 Wide(Instruction i, int next) => i.Src switch
        {
            0 => Modulo64(((Int128)next << 32) + (uint)i.Immediate),
            1 or 5 => _values[i.Immediate] + (1ul << 31),
            2 or 6 => Modulo64((Int128)_values[i.Immediate] + next),
            _ => throw new ModelException($"no meaning for a wide instruction with src {i.Src}"),
        };

        private Int128 AddressOf(int register, Instruction i) => Modulo64(_registers[register] + i.Offset);

        private static Int128 SignExtended(Int128 value, int size)
        {
            Int128 half = Int128.One << ((8 * size) - 1);
            return value < half ? value : Modulo64(value - (2 * half));
        }

        /// <summary>Section 4.3.2: the callee has a stack of its own, and the caller finds r6 to r9 (and r10) as they were.</summary>
        private int Call(Instruction i, int pc)
        {
            if (_callers.Count + 1 == MaxFrames) throw new ModelException($"more than {MaxFrames} frames");
            _callers.Push((pc + 1, _registers[6..11]));
            _registers[10] = _stacks[_callers.Count];
            return pc + 1 + i.Immediate;
        }

        private int Return()
        {
            (int pc, Int128[] kept) = _callers.Pop();
            kept.CopyTo(_registers, 6);
            return pc;
        }
    }
}
