using System.Numerics;
using BpfConformance.Abi.Instructions;
using BpfConformance.Interpreter;
using BpfConformance.Interpreter.Handlers;
using BpfConformance.Interpreter.Semantics;
using BpfConformance.Interpreter.Shadow;
using BpfConformance.Runtime.Execution;
using NUnit.Framework;

namespace BpfConformance.Tests.Interpreter;

/// <summary>The reference meaning against a second, mathematical statement, over the whole edge lattice.</summary>
[TestFixture]
public sealed unsafe class MathematicalModelTests
{
    /// <summary>What neither computes nor compares: other tests state it.</summary>
    private static readonly string[] s_withoutModel =
    [
        "addr-space-cast-kern", "addr-space-cast-user", "ja", "ja32", "may-goto",
        "call-helper", "call-local", "call-btf", "callx", "exit",
        "load-acquire8", "load-acquire16", "load-acquire32", "load-acquire64",
        "store-release8", "store-release16", "store-release32", "store-release64",
        "lddw-imm", "lddw-map-fd", "lddw-map-value-fd", "lddw-var", "lddw-code", "lddw-map-idx", "lddw-map-value-idx",
        "ldx8", "ldx16", "ldx32", "ldx64", "ldxs8", "ldxs16", "ldxs32",
        "st8", "st16", "st32", "st64", "stx8", "stx16", "stx32", "stx64",
        "ldabs8", "ldabs16", "ldabs32", "ldind8", "ldind16", "ldind32",
    ];

    [TestCaseSource(nameof(ModeledRows))]
    public void Meaning_OverTheLattice_IsTheModels(string row)
    {
        var comparison = new ModelComparison(HandlerTable.Checked, HandlerTable.Sanitized);
        Assert.That(comparison.FirstDifference(InstructionTable.Named(row)), Is.Null);
    }

    [Test]
    public void Model_EveryRowOfTheTable_IsCoveredOrNamedAsAnException()
    {
        IEnumerable<string> uncovered = InstructionTable.Rows
            .Where(row => MathematicalModel.ShapeOf(Example(row)) == ModelShape.None)
            .Select(row => row.Name);
        Assert.That(uncovered, Is.EquivalentTo(s_withoutModel));
    }

    [Test]
    public void Lattice_HasTheEdgesOfEveryWidth()
    {
        ulong[] edges =
        [
            0, 1, ulong.MaxValue, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff,
            0x1_0000_0000, 0x1_0000_0001, 0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, 0x8000_0000_0000_0001,
            0xffff_ffff_ffff_ff80, 0xffff_ffff_ffff_8000, 0xffff_ffff_8000_0000, 31, 32, 33, 63, 64, 65,
        ];
        Assert.That(EdgeLattice.Values, Is.SupersetOf(edges));
        Assert.That(
            EdgeLattice.Immediates,
            Is.SupersetOf(new[] { 0, -1, int.MinValue, int.MaxValue, -129, 127, 32, 64 }));
        Assert.That(EdgeLattice.Values, Has.Length.EqualTo(374));
    }

    // Spot checks of the model itself, from the text of RFC 9669.
    [TestCase(0x94, 0, 0, 0x1_0000_0005ul, 5ul, Description = "32-bit modulo zero keeps the low half, zeroes the high")]
    [TestCase(0x97, 0, 0, 0x1_0000_0005ul, 0x1_0000_0005ul, Description = "64-bit modulo zero keeps dst")]
    [TestCase(0x97, 1, 3, 0xffff_ffff_ffff_fff3ul, ulong.MaxValue, Description = "-13 s% 3 == -1")]
    [TestCase(0x37, 0, -1, ulong.MaxValue, 1ul, Description = "the immediate is sign-extended, then unsigned")]
    [TestCase(0x34, 0, -1, 0xffff_ffff_ffff_fffful, 1ul)]
    [TestCase(0x37, 1, -1, 0x8000_0000_0000_0000ul, 0x8000_0000_0000_0000ul)]
    [TestCase(0xc4, 0, 33, 0x8000_0000ul, 0xc000_0000ul)]
    [TestCase(0x67, 0, 64, 1ul, 1ul)]
    [TestCase(0x84, 0, 0, 1ul, 0xffff_fffful)]
    [TestCase(0xb7, 0, -2, 7ul, 0xffff_ffff_ffff_fffeul)]
    public void Model_ImmediateExamplesOfTheText_Hold(int opcode, int offset, int immediate, ulong dst, ulong expected)
    {
        var instruction = new Instruction((byte)opcode, 0, (short)offset, immediate);
        Assert.That((ulong)MathematicalModel.Alu(instruction, dst, 0), Is.EqualTo(expected));
    }

    [TestCase(0xd4, 16, 0x0000_0000_0000_7788ul)]
    [TestCase(0xdc, 16, 0x0000_0000_0000_8877ul)]
    [TestCase(0xdc, 32, 0x0000_0000_8877_6655ul)]
    [TestCase(0xd7, 64, 0x8877_6655_4433_2211ul)]
    public void Model_ByteSwapExamples_Hold(int opcode, int bits, ulong expected)
    {
        var instruction = new Instruction((byte)opcode, 0, 0, bits);
        Assert.That((ulong)MathematicalModel.ByteSwap(instruction, 0x1122_3344_5566_7788ul), Is.EqualTo(expected));
    }

    [TestCaseSource(nameof(Mutants))]
    public void Model_HandlerWithADefect_IsCaught(string row, Handler defect)
    {
        InstructionDef def = InstructionTable.Named(row);
        var mutant = new ModelComparison(HandlerTable.Checked.With(def, defect));
        Assert.That(mutant.FirstDifference(def), Does.StartWith(row));
    }

    private static IEnumerable<string> ModeledRows() => InstructionTable.Rows
        .Where(row => MathematicalModel.ShapeOf(Example(row)) != ModelShape.None)
        .Select(row => row.Name);

    private static Instruction Example(InstructionDef row) =>
        ModelComparison.Instance(row, Register.R6, Register.R7, row.Immediate.Value);

    private static TestCaseData[] Mutants() =>
    [
        Mutant("add32-reg", KeepsHighHalf),
        Mutant("sdiv64-reg", AluHandlers.Alu64<Div, FromRegister, NoShadow>),
        Mutant("mod32-reg", AluHandlers.Alu32<ZeroModuloZero, FromRegister, NoShadow>),
        Mutant("smod64-imm", AluHandlers.Alu64<FloorSMod, FromImmediate, NoShadow>),
        Mutant("div64-imm", ZeroExtendsImmediate),
        Mutant("arsh32-reg", AluHandlers.Alu32<Rsh, FromRegister, NoShadow>),
        Mutant("lsh64-imm", AluHandlers.Alu64<LshWithoutMask, FromImmediate, NoShadow>),
        Mutant("movsx32-8", AluHandlers.Extend<SignExtend8, NoShadow>),
        Mutant("be16", AluHandlers.InPlace<Swap32, NoShadow>),
        Mutant("le32", AluHandlers.InPlace<Keep64, NoShadow>),
        Mutant("jslt32-reg", JumpHandlers.JumpIf32<Jlt, FromRegister, NoShadow>),
        Mutant("jge64-imm", JumpHandlers.JumpIf64<Jgt, FromImmediate, NoShadow>),
        Mutant("jset32-imm", JumpHandlers.JumpIf64<Jset, FromImmediate, NoShadow>),
        Mutant("atomic-add32-fetch", MemoryHandlers.Atomic32<AtomicAdd, NoFetch, NoShadow>),
        Mutant("atomic-or64", MemoryHandlers.Atomic64<AtomicXor, NoFetch, NoShadow>),
        Mutant("atomic-xor32", MemoryHandlers.Atomic64<AtomicXor, NoFetch, NoShadow>),
        Mutant("atomic-cmpxchg32", KeepsR0WhenEqual),
    ];

    private static TestCaseData Mutant(string row, Handler defect) => new(row, defect) { TestName = $"{{m}}({row})" };

    private static Slot* KeepsHighHalf(Slot* s, Machine* m)
    {
        ulong dst = m->Registers[s->Dst];
        m->Registers[s->Dst] = (dst & 0xffff_ffff_0000_0000) | (uint)(dst + m->Registers[s->Src]);
        return s + 1;
    }

    private static Slot* ZeroExtendsImmediate(Slot* s, Machine* m)
    {
        m->Registers[s->Dst] = Div.Apply(m->Registers[s->Dst], (uint)s->Immediate);
        return s + 1;
    }

    private static Slot* KeepsR0WhenEqual(Slot* s, Machine* m)
    {
        ulong before = m->Registers[0];
        Slot* next = MemoryHandlers.Atomic32<AtomicCmpxchg, FetchToR0, NoShadow>(s, m);
        // As x86 does, whose cmpxchg writes eax only when memory differs.
        if ((uint)before == m->Registers[0]) m->Registers[0] = before;
        return next;
    }

    private struct ZeroModuloZero : IAluOperation
    {
        public static uint Apply(uint dst, uint src) => src == 0 ? 0 : dst % src;

        public static ulong Apply(ulong dst, ulong src) => src == 0 ? 0 : dst % src;
    }

    private struct FloorSMod : IAluOperation
    {
        public static uint Apply(uint dst, uint src) => (uint)Apply((ulong)(int)dst, (ulong)(int)src);

        public static ulong Apply(ulong dst, ulong src)
        {
            if (src == 0) return dst;
            BigInteger remainder = (long)dst % (BigInteger)(long)src;
            bool differsInSign = !remainder.IsZero && remainder.Sign != ((BigInteger)(long)src).Sign;
            return (ulong)(long)(differsInSign ? remainder + (long)src : remainder);
        }
    }

    private struct LshWithoutMask : IAluOperation
    {
        public static uint Apply(uint dst, uint src) => src > 31 ? 0 : dst << (int)src;

        public static ulong Apply(ulong dst, ulong src) => src > 63 ? 0 : dst << (int)src;
    }
}
