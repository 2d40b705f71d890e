using System.Globalization;
using System.Runtime.InteropServices;
using BpfConformance.Abi.Instructions;
using BpfConformance.Interpreter;

namespace BpfConformance.Tests.Interpreter;

/// <summary>
/// Holds the meaning of a row in one or more handler tables against <see cref="MathematicalModel"/>, over all pairs of
/// the lattice. Operands come from memory and results go there: one program walks over an array of items, so that
/// resetting the machine costs little, and its memory afterwards is compared as a whole.
/// </summary>
internal sealed class ModelComparison(params HandlerTable[] tables)
{
    private const int Cmpxchg = 0xf1;
    private const ulong Background = 0x0123_4567_89ab_cdef;
    private const ulong OtherBackground = 0xfedc_ba98_7654_3210;

    private static readonly Int128[] s_exact = [.. EdgeLattice.Values.Select(value => (Int128)value)];

    private readonly Int128[] _registers = new Int128[MachineLimits.RegisterCount];

    /// <summary>The first disagreement as a sentence; <c>null</c> when there is none.</summary>
    public string? FirstDifference(InstructionDef row) =>
        MathematicalModel.ShapeOf(Instance(row, Register.R6, Register.R7, row.Immediate.Value)) switch
        {
            ModelShape.Alu or ModelShape.ByteSwap or ModelShape.Condition => InRegisters(row),
            ModelShape.Atomic => InMemory(row),
            ModelShape.None => throw new ArgumentException($"the model does not state {row}", nameof(row)),
        };

    /// <summary>An instruction of a row; jumps skip one.</summary>
    public static Instruction Instance(InstructionDef row, Register dst, Register src, int immediate)
    {
        const short Skip = 1;
        bool isJump = row.Class is InstructionClass.Jmp or InstructionClass.Jmp32;
        return new Instruction(
            row.Opcode, dst, row.Src.NamesRegister ? src : default, isJump ? Skip : (short)row.Offset.Value, immediate);
    }

    private string? InRegisters(InstructionDef row)
    {
        bool hasSource = row.Src.NamesRegister;
        int[] immediates = row.Immediate == FieldRule.Any ? EdgeLattice.Immediates : [row.Immediate.Value];
        foreach (int immediate in immediates)
        {
            string? difference = InRegisters(Instance(row, Register.R6, Register.R7, immediate), hasSource)
                ?? (hasSource ? InRegisters(Instance(row, Register.R6, Register.R6, immediate), hasSource) : null);
            if (difference is not null) return $"{row} {difference}";
        }

        return null;
    }

    /// <summary>An item is dst, src, dst afterwards, src afterwards, and 1 for a jump that was taken.</summary>
    private string? InRegisters(Instruction instruction, bool hasSource)
    {
        const int ItemWords = 5;
        ModelShape shape = MathematicalModel.ShapeOf(instruction);
        bool isOneOperand = !hasSource || instruction.Src == instruction.Dst;
        // One run for each dst with all srcs; a single one with all dsts when there is no other operand.
        int runs = isOneOperand ? 1 : s_exact.Length;
        using var rigs = new Rigs(tables, RegisterProgram(instruction, ItemWords), ItemWords);
        for (int run = 0; run < runs; run++)
        {
            for (int item = 0; item < s_exact.Length; item++)
            {
                (int a, int b) = isOneOperand ? (item, item) : (run, item);
                (ulong dst, ulong src) = (EdgeLattice.Values[a], EdgeLattice.Values[b]);
                (ulong result, ulong taken) = Expected(shape, instruction, s_exact[a], s_exact[b]);
                rigs.Set(item, [dst, src, 0, 0, 0], [dst, src, result, src, taken]);
            }

            if (rigs.FirstDifference() is { } difference) return $"of {instruction}: {difference}";
        }

        return null;
    }

    private static (ulong Dst, ulong Taken) Expected(ModelShape shape, Instruction i, Int128 dst, Int128 src) =>
        shape switch
        {
            ModelShape.Alu => ((ulong)MathematicalModel.Alu(i, dst, src), 0),
            ModelShape.ByteSwap => ((ulong)MathematicalModel.ByteSwap(i, dst), 0),
            ModelShape.Condition => ((ulong)dst, MathematicalModel.Condition(i, dst, src) ? 1ul : 0),
            ModelShape.Atomic or ModelShape.None => throw new ArgumentException("not in registers", nameof(i)),
        };

    private static Instruction[] RegisterProgram(Instruction instruction, int itemWords) => Loop(itemWords,
    [
        new(0x79, Register.R6, Register.R8, 0, 0),
        new(0x79, Register.R7, Register.R8, 8, 0),
        new(0xb7, Register.R0, default, 0, 1),
        instruction,
        new(0xb7, Register.R0, default, 0, 0),
        new(0x7b, Register.R8, Register.R6, 16, 0),
        new(0x7b, Register.R8, Register.R7, 24, 0),
        new(0x7b, Register.R8, Register.R0, 32, 0),
    ]);

    private string? InMemory(InstructionDef row)
    {
        foreach (Register src in new[] { Register.R6, Register.R0 })
        {
            Instruction instruction = Instance(row, Register.R8, src, row.Immediate.Value) with { Offset = 8 };
            if (InMemory(instruction) is { } difference) return $"{row} {difference}";
        }

        return null;
    }

    /// <summary>An item is a neighbor, memory, a neighbor, r6, r0, r6 afterwards and r0 afterwards.</summary>
    private string? InMemory(Instruction i)
    {
        const int ItemWords = 7;
        using var rigs = new Rigs(tables, AtomicProgram(i, ItemWords), ItemWords);
        foreach (ulong memory in EdgeLattice.Values)
        {
            for (int variant = 0; variant < (i.Immediate == Cmpxchg && i.Src != 0 ? 3 : 1); variant++)
            {
                for (int item = 0; item < s_exact.Length; item++)
                {
                    (ulong r6, ulong r0) = AtomicOperands(i, variant, memory, EdgeLattice.Values[item]);
                    (ulong after, ulong after6, ulong after0) = ExpectedAtomic(i, memory, r6, r0);
                    rigs.Set(
                        item,
                        [Background, memory, OtherBackground, r6, r0, 0, 0],
                        [Background, after, OtherBackground, r6, r0, after6, after0]);
                }

                if (rigs.FirstDifference() is { } difference) return $"of {i}: {difference}";
            }
        }

        return null;
    }

    /// <summary>The operand in the register that the instruction reads; for CMPXCHG in each, also with an r0 that matches.</summary>
    private static (ulong R6, ulong R0) AtomicOperands(Instruction i, int variant, ulong memory, ulong operand) =>
        (i.Src, i.Immediate, variant) switch
        {
            (0, _, _) or (_, Cmpxchg, 0) => (Background, operand),
            (_, Cmpxchg, 1) => (operand, memory),
            (_, Cmpxchg, _) => (operand, memory ^ 0xa5a5_a5a5_0000_0000), // equal in the low half alone
            _ => (operand, Background),
        };

    /// <summary>The eight bytes of memory, r6 and r0 afterwards.</summary>
    private (ulong Memory, ulong R6, ulong R0) ExpectedAtomic(Instruction i, ulong memory, ulong r6, ulong r0)
    {
        (_registers[6], _registers[0]) = (r6, r0);
        bool isWhole = MathematicalModel.AtomicBits(i) == 64;
        var after = (ulong)MathematicalModel.Atomic(i, _registers, isWhole ? memory : (uint)memory);
        if (!isWhole) after |= memory & 0xffff_ffff_0000_0000; // the neighbor
        return (after, (ulong)_registers[6], (ulong)_registers[0]);
    }

    private static Instruction[] AtomicProgram(Instruction instruction, int itemWords) => Loop(itemWords,
    [
        new(0x79, Register.R6, Register.R8, 24, 0),
        new(0x79, Register.R0, Register.R8, 32, 0),
        instruction,
        new(0x7b, Register.R8, Register.R6, 40, 0),
        new(0x7b, Register.R8, Register.R0, 48, 0),
    ]);

    /// <summary>Does <paramref name="body"/> once for each item, with r8 pointing to it.</summary>
    private static Instruction[] Loop(int itemWords, Instruction[] body) =>
    [
        new(0xbf, Register.R8, Register.R1, 0, 0),
        new(0xb7, Register.R9, default, 0, EdgeLattice.Values.Length),
        .. body,
        new(0x07, Register.R8, default, 0, 8 * itemWords),
        new(0x07, Register.R9, default, 0, -1),
        new(0x55, Register.R9, default, (short)(-body.Length - 3), 0),
        new(0xb7, Register.R0, default, 0, 0),
        new(0x95, default, default, 0, 0),
    ];

    /// <summary>One program, predecoded for each table, and the memory before and afterwards.</summary>
    private sealed class Rigs : IDisposable
    {
        private readonly int _itemWords;
        private readonly ulong[] _before;
        private readonly ulong[] _after;
        private readonly TestMachine[] _machines;

        public Rigs(HandlerTable[] tables, Instruction[] program, int itemWords)
        {
            _itemWords = itemWords;
            int words = EdgeLattice.Values.Length * itemWords;
            (_before, _after) = (new ulong[words], new ulong[words]);
            _machines = [.. tables.Select(table => new TestMachine([.. program], table, 8 * words))];
        }

        public void Set(int item, ReadOnlySpan<ulong> before, ReadOnlySpan<ulong> after)
        {
            before.CopyTo(_before.AsSpan(item * _itemWords));
            after.CopyTo(_after.AsSpan(item * _itemWords));
        }

        public string? FirstDifference()
        {
            const long Budget = 100_000;
            foreach (TestMachine machine in _machines)
            {
                RunEnd end = machine.Run(MemoryMarshal.AsBytes(_before), Budget);
                ReadOnlySpan<ulong> seen = MemoryMarshal.Cast<byte, ulong>(machine.Program.Memory.Data);
                if (end == RunEnd.Returned && seen.SequenceEqual(_after)) continue;

                int item = seen.CommonPrefixLength(_after) / _itemWords;
                return $"{end}, sanitized {machine.Program.IsSanitized}, "
                    + $"item {Words(_before, item)}: expected {Words(_after, item)}, got {Words(seen, item)}";
            }

            return null;
        }

        public void Dispose()
        {
            foreach (TestMachine machine in _machines) machine.Dispose();
        }

        private string Words(ReadOnlySpan<ulong> words, int item) => string.Join(
            ' ', words.Slice(item * _itemWords, _itemWords).ToArray().Select(w => w.ToString("x", CultureInfo.InvariantCulture)));
    }
}
