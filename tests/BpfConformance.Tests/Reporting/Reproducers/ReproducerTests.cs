using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Findings;
using BpfConformance.Reporting.Reproducers;
using BpfConformance.Targets.InProcess;
using BpfConformance.Tests.Engine.Reduction;
using NUnit.Framework;

namespace BpfConformance.Tests.Reporting.Reproducers;

public sealed class ReproducerTests
{
    internal const string WithMemory = """
        r6 = r1
        r0 = *(u32 *)(r6 + 4)
        if r0 == 3 goto +2
        r0 *= 5
        *(u16 *)(r6 + 0) = r0
        r1 = r0
        call pc+2
        r0 += 1
        exit
        r2 = 0x123456789abcdef0 ll
        r0 = r1
        r0 ^= r2
        exit
        """;

    internal const string WithMap = """
        *(u32 *)(r10 - 4) = 1
        r2 = r10
        r2 += -4
        r1 = map_by_fd(0) ll
        call 1
        if r0 == 0 goto +3
        r1 = 7
        lock *(u64 *)(r0 + 0) += r1
        r0 = *(u64 *)(r0 + 0)
        exit
        """;

    [TestCase(WithMemory, "0200000009000000")]
    [TestCase("r0 = 1\nexit", "")]
    [TestCase(WithMap, "")]
    public void Vector_OfAStatedCase_IsReadBackAsTheSame(string assembly, string data)
    {
        TestCase test = Stated(assembly, data);
        var form = new VectorReproducer();

        Assert.That(form.Lacks(test), Is.Null);
        TestCase again = form.Read(form.Write(test), test);

        Assert.That(again.Program, Is.EqualTo(test.Program));
        Assert.That(again.Inputs.Select(input => (input.Result, Hex(input.Data), Hex(input.DataAfter ?? default))), Is.EqualTo(test.Inputs.Select(input => (input.Result, Hex(input.Data), Hex(input.DataAfter ?? default)))));
        Assert.That(again.Maps.Select(map => (map.Name, map.Type, map.MaxEntries, map.Contents.Length)), Is.EqualTo(test.Maps.Select(map => (map.Name, map.Type, map.MaxEntries, map.Contents.Length))));
        Assert.That(again.Inputs[0].MapsAfter.Select(stated => Hex(stated.Part)), Is.EqualTo(test.Inputs[0].MapsAfter.Select(stated => Hex(stated.Part))));
    }

    [TestCase(5)]
    [TestCase(0)]
    public void Vector_OfATypeWithContextFlagsAndLicense_IsReadBackAsTheSame(byte mark)
    {
        TestCase bare = ReducerTests.CaseOf("r0 = *(u32 *)(r1 + 8)\nexit");
        var context = new byte[192];
        context[8] = mark;
        TestCase test = bare with
        {
            Program = bare.Program with { Type = ProgramType.SchedCls, License = "Dual BSD/GPL", Flags = ProgramFlags.StrictAlignment | ProgramFlags.TestRndHi32 },
            Inputs = [new CaseInput(0, new byte[14], 5, null) { Context = context }],
            Expectation = new Expectation(LoadExpectation.Accepted, []),
        };
        var form = new VectorReproducer();

        TestCase again = form.Read(form.Write(test), test);

        Assert.That(again.Program, Is.EqualTo(test.Program));
        Assert.That(Hex(again.Inputs[0].Context), Is.EqualTo(Hex(context)));
    }

    [TestCase("r0 = *(u8 *)(r1 + 9)\nexit", "", "-- faults\nInvalidPointer at 0\n")]
    [TestCase("r0 = 0\n.raw 0xff\nexit", "", "-- rejected\nUnknownOpcode\n")]
    public void Vector_OfWhatDoesNotReturn_SaysSo(string assembly, string data, string expected)
    {
        Assert.That(new VectorReproducer().Write(Stated(assembly, data)), Does.Contain(expected));
    }

    [Test]
    public void Data_OfACaseWithAMap_LacksThat() =>
        Assert.That(new DataReproducer().Lacks(Stated(WithMap, string.Empty)), Is.EqualTo("the format has no maps"));

    [Test]
    public void Selftest_HasTheMacrosOfTheKernel()
    {
        const string Expected = """
            struct bpf_insn insns[] = {
            	BPF_LD_IMM64(BPF_REG_2, 0x100000002ULL),
            	BPF_LD_MAP_FD(BPF_REG_1, map_fds[0]),
            	BPF_ALU32_IMM(BPF_ADD, BPF_REG_2, 5),
            	BPF_JMP32_REG(BPF_JSLT, BPF_REG_2, BPF_REG_3, 1),
            	BPF_ATOMIC_OP(BPF_W, BPF_XOR | BPF_FETCH, BPF_REG_10, BPF_REG_2, -4),
            	BPF_EMIT_CALL(BPF_FUNC_map_lookup_elem),
            	BPF_RAW_INSN(0xd4, BPF_REG_0, BPF_REG_0, 0, 16),
            	BPF_EXIT_INSN(),
            };

            """;
        TestCase test = ReducerTests.CaseOf("r2 = 0x100000002 ll\nr1 = map_by_fd(0) ll\nw2 += 5\nif w2 s< w3 goto +1\nw2 = atomic_fetch_xor((u32 *)(r10 - 4), w2)\ncall 1\nr0 = le16 r0\nexit");

        Assert.That(new SelftestReproducer().Write(test), Is.EqualTo(Expected.ReplaceLineEndings("\n")));
    }

    [TestCase(WithMemory)]
    [TestCase(WithMap)]
    [TestCase("r1 = map_by_idx(0) ll\nr2 = map_val(map_by_idx(0)) + 4 ll\nr0 = 0\nexit")]
    [TestCase("r0 = 0x8000000080000000 ll\nr1 = (s8)r0\nr2 s/= r1\nr3 = bswap32 r3\nif r0 s<= -1 goto +0\ngotol +0\nif w1 & 0x80000000 goto +0\nexit")]
    [TestCase("r0 = 5\nlock *(u32 *)(r10 - 8) ^= w0\nr0 = cmpxchg_64(r10 - 8, r0, r1)\nr0 = xchg_64(r10 - 8, r0)\n*(u8 *)(r10 - 1) = -1\nr0 = *(s16 *)(r10 - 2)\nr0 = *(u8 *)skb[3]\nr0 = *(u16 *)skb[r1 + 3]\nexit")]
    [TestCase(".raw 0xfffffffffffffff0\n.raw 0x18\nexit")]
    public void Selftest_Compiled_ComesToTheSameProgram(string assembly)
    {
        TestCase test = ReducerTests.CaseOf(assembly);
        test = test with { Maps = [new MapDefinition("m", MapType.Array, 4, 8, 1)] };

        (int? code, string said) = CompiledReproducer.Run(SelftestReproducer.Printing(new SelftestReproducer().Write(test), test), runs: true);

        if (code is null) Assert.Ignore(said);
        Assert.That(code, Is.Zero, said);
        Assert.That(SelftestReproducer.IsPrinted(said, test), said);
    }

    [TestCase("BPF_ALU32_IMM(BPF_ADD, BPF_REG_0, 5)", true)]
    [TestCase("BPF_ALU64_IMM(BPF_ADD, BPF_REG_0, 5)", false)]
    [TestCase("BPF_ALU32_IMM(BPF_SUB, BPF_REG_0, 5)", false)]
    public void Selftest_WithAnotherMacro_IsNotTheSameProgram(string macro, bool isSame)
    {
        TestCase test = ReducerTests.CaseOf("w0 += 5\nexit");
        string text = $"struct bpf_insn insns[] = {{\n\t{macro},\n\tBPF_EXIT_INSN(),\n}};\n";

        (int? code, string said) = CompiledReproducer.Run(SelftestReproducer.Printing(text, test), runs: true);

        if (code is null) Assert.Ignore(said);
        Assert.That(code, Is.Zero, said);
        Assert.That(SelftestReproducer.IsPrinted(said, test), Is.EqualTo(isSame));
    }

    [TestCase(false, "-- maps\ncounters: hash key 4 value 8 entries 4\n-- asm\nr0 = r10\nexit\n-- faults\nor returns\n")]
    [TestCase(true, "# -- maps\n# counters: hash key 4 value 8 entries 4\n# -- steps\n# run main -\nr0 = r10\nexit\n")]
    public void Untried_OfWhatCannotBeStated_HasTheMaps(bool isSequence, string expected)
    {
        TestCase test = ReducerTests.CaseOf("r0 = r10\nexit") with { Maps = [new MapDefinition("counters", MapType.Hash, 4, 8, 4)], Inputs = [new CaseInput(0, default, null, null)], IsSequence = isSequence };

        Assert.That(Reproducing.Untried(stated: null, test).Text, Does.EndWith(expected));
    }

    /// <summary>Steps that are not taken come to nothing.</summary>
    [Test]
    public void Untried_OfStepsWithAProgramThatIsRefused_IsAVector()
    {
        TestCase test = ReducerTests.CaseOf("r0 = r1\nexit") with
        {
            Inputs = [new CaseInput(0, default, null, null)],
            IsSequence = true,
            Expectation = new Expectation(LoadExpectation.Rejected, [ReasonClass.UninitializedRegister], RunExpectation.Unstated),
        };

        Assert.That(Reproducing.Untried(test, test).Text, Does.EndWith("-- asm\nr0 = r1\nexit\n-- rejected\nUninitializedRegister\n"));
    }

    /// <summary>What the reference makes of it.</summary>
    internal static TestCase Stated(string assembly, string data)
    {
        TestCase test = ReducerTests.CaseOf(assembly) with { Inputs = [new CaseInput(0, Convert.FromHexString(data), null, null)] };
        if (test.Program.Instructions.Any(slot => slot.NamesMap))
        {
            test = test with { Maps = [new MapDefinition("counters", MapType.Hash, 4, 8, 4) { Contents = [new MapEntry(new byte[] { 1, 0, 0, 0 }, new byte[] { 5, 0, 0, 0, 0, 0, 0, 0 })] }] };
        }

        using var reference = new ReferenceTarget();
        return StatedCase.Of(test, new ExperimentRunner([reference]).Run(test).Runs[0])!;
    }

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexString(bytes.Span);
}
