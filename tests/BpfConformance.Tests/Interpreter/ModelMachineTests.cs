using System.Collections.Concurrent;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Cases.Grids;
using BpfConformance.Loading.Assembly;
using NUnit.Framework;

namespace BpfConformance.Tests.Interpreter;

/// <summary>The results that the suite states, against a machine that is neither the reference nor the kernel.</summary>
[TestFixture]
internal sealed class ModelMachineTests
{
    /// <summary>Instructions and program types that the model does not state; results with one of them are left to others.</summary>
    private static readonly string[] s_notModeled =
    [
        "call-helper", "callx", "lddw-code", "lddw-var", "may-goto", "addr-space-cast-kern", "addr-space-cast-user",
        "ldabs8", "ldabs16", "ldabs32", "ldind8", "ldind16", "ldind32", "SocketFilter",
    ];

    [Test]
    public void Suite_EveryStatedResult_IsTheModels()
    {
        CaseSet suite = CaseLoader.Load([Repository.PathOf("conformance")]);
        Assert.That(suite.Errors, Is.Empty);
        ILookup<bool, TestCase> cases = suite.Cases.Where(ModelComparedCase.HasResults).ToLookup(ModelComparedCase.IsModeled);

        string[] disagreements =
        [
            .. Partitioner.Create([.. cases[true]], loadBalance: true).AsParallel().Select(ModelComparedCase.Disagreement).OfType<string>(),
        ];

        Assert.Multiple(() =>
        {
            Assert.That(cases[true].Count(), Is.GreaterThan(300));
            Assert.That(disagreements.Order(StringComparer.Ordinal).Take(20), Is.Empty);
            Assert.That(cases[false].SelectMany(ModelComparedCase.NotModeled).Distinct(), Is.SubsetOf(s_notModeled));
        });
    }

    [TestCase("r0 = -1\nexit", "", 0xffff_ffff_ffff_fffful)]
    [TestCase("w0 = -1\nexit", "", 0xffff_fffful)]
    [TestCase("r0 = 0x123456789abcdef0 ll\nexit", "", 0x1234_5678_9abc_def0ul)]
    [TestCase("r0 = *(u16 *)(r1 + 1)\nexit", "00112233", 0x2211ul)]
    [TestCase("r0 = *(s16 *)(r1 + 2)\nexit", "000022f3", 0xffff_ffff_ffff_f322ul)]
    [TestCase("r0 = *(s8 *)(r1 + 3)\nexit", "00002273", 0x73ul)]
    [TestCase("*(u32 *)(r1 + 0) = -2\nr0 = *(u64 *)(r1 + 0)\nexit", "0000000000000011", 0x1100_0000_ffff_fffeul)]
    [TestCase("r3 = 0x1122334455667788 ll\n*(u16 *)(r1 + 1) = r3\nr0 = *(u32 *)(r1 + 0)\nexit", "a0a1a2a3", 0xa377_88a0ul)]
    [TestCase("r3 = 7\nlock *(u32 *)(r1 + 0) += r3\nr0 = *(u64 *)(r1 + 0)\nexit", "ffffffff01000000", 0x1_0000_0006ul)]
    [TestCase("r0 = 1\nr3 = 9\nr0 = cmpxchg_64(r1 + 0, r0, r3)\nr3 = *(u64 *)(r1 + 0)\nr0 <<= 8\nr0 += r3\nexit", "0100000000000000", 0x109ul)]
    [TestCase("r0 = load_acquire((u16 *)(r1 + 0))\nstore_release((u8 *)(r1 + 1), r0)\nr3 = *(u16 *)(r1 + 0)\nr0 <<= 16\nr0 |= r3\nexit", "3412", 0x1234_3434ul)]
    [TestCase("r0 = r2\nexit", "00112233", 4ul)]
    [TestCase("r0 = r1\nr0 |= r2\nexit", "", 0ul)]
    [TestCase("r0 = 0\nl:\nr0 += 3\nif r0 < 10 goto l\nexit", "", 12ul)]
    [TestCase("gotol +1\nr0 = 1\nr0 = 2\nexit", "", 2ul)]
    [TestCase("r6 = 5\n*(u64 *)(r10 - 8) = r6\ncall f\nr0 += r6\nr1 = *(u64 *)(r10 - 8)\nr0 += r1\nexit\nf:\nr6 = 100\n*(u64 *)(r10 - 8) = r6\nr0 = r6\nexit", "", 110ul)]
    public void Run_SmallProgram_GivesTheResult(string asm, string memory, ulong r0) => Assert.That(R0(asm, memory), Is.EqualTo(r0));

    [Test]
    public void Run_FrameWithinFrames_EndsAtTheEighth()
    {
        const string Recursion = "f:\nr0 = r1\nr1 += 1\nif r1 > {0} goto end\ncall f\nend:\nexit";

        Assert.That(R0(Recursion.Replace("{0}", "7", StringComparison.Ordinal), string.Empty), Is.EqualTo(7));
        Assert.That(
            () => R0(Recursion.Replace("{0}", "8", StringComparison.Ordinal), string.Empty),
            Throws.TypeOf<ModelException>().With.Message.EqualTo("pc 3: more than 8 frames"));
    }

    [TestCase("r0 = *(u8 *)(r1 + 4)\nexit", "no 1 bytes at 0x")]
    [TestCase("r0 = *(u64 *)(r1 - 1)\nexit", "no 8 bytes at 0x")]
    [TestCase("*(u8 *)(r10 - 513) = 0\nexit", "no 1 bytes at 0x")]
    [TestCase("*(u8 *)(r10 + 0) = 0\nexit", "no 1 bytes at 0x")]
    public void Run_OutsideOfMemory_Fails(string asm, string problem) =>
        Assert.That(() => R0(asm, "00112233"), Throws.TypeOf<ModelException>().With.Message.StartsWith($"pc 0: {problem}"));

    [Test]
    public void Disagreement_OfARightGrid_IsNone() =>
        Assert.That(ModelComparedCase.Disagreement(Member("r0 = {n}\n*(u8 *)(r1 + 0) = 5\nexit", 0x7a2d_e066_5346_9e43)), Is.Null);

    [Test]
    public void Disagreement_OfAWrongSignature_ShowsBoth() =>
        Assert.That(
            ModelComparedCase.Disagreement(Member("r0 = {n}\n*(u8 *)(r1 + 0) = 5\nexit", 1)),
            Is.EqualTo("x.grid/n=3: signature 7a2de06653469e43, stated is 0000000000000001"));

    [TestCase("r0 = r1\nexit")]
    [TestCase("r0 = r10\nr0 >>= 40\nexit")]
    [TestCase("*(u64 *)(r1 + 0) = r1\nr0 = 0\nexit")]
    public void Disagreement_WhereAResultHoldsAnAddress_SaysSo(string asm) =>
        Assert.That(ModelComparedCase.Disagreement(Member(asm, 1)), Is.EqualTo("x.grid/n=3: a result holds an address"));

    [Test]
    public void Disagreement_AddressStoredComparedAndOverwritten_IsNone()
    {
        const string Asm = "*(u64 *)(r1 + 0) = r1\nr3 = *(u64 *)(r1 + 0)\n*(u64 *)(r1 + 0) = 5\nr0 = {n}\nif r3 == r1 goto end\nr0 = 1\nend:\nexit";
        Assert.That(ModelComparedCase.Disagreement(Member(Asm, 0x7a2d_e066_5346_9e43)), Is.Null);
    }

    private static ulong R0(string asm, string memory) =>
        new ModelMachine(Assembler.Assemble(asm).Instructions.AsSpan(), [], 0x0123_4567_89ab_0000).Run(Convert.FromHexString(memory));

    private static TestCase Member(string asm, ulong signature) =>
        GridReader.ReadUnsigned($"-- axes\nn = 3\n-- asm\n{asm}\n-- items\nu64 0\n", "x.grid", "x.grid")[0] with { Signature = signature };
}
