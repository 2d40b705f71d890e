using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Generation.Valid;
using BpfConformance.Engine.Ir;
using BpfConformance.Engine.Oracles.Metamorphic;
using BpfConformance.Engine.Oracles.Variants;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Oracles.Metamorphic;

[TestFixture]
public sealed class RewritesTests
{
    private const ulong Seed = 7;

    private static readonly MapDefinition s_value = new("value", MapType.Array, 4, 8, 1);

    private static BpfProgram Program(string assembly) => VectorReader.Read($"-- asm\n{assembly}-- result\n5\n", "x", "x").Program;

    private static string Rewritten(IRewrite rewrite, string assembly)
    {
        Entropy entropy = Entropy.OfBytes(default); // always the first that there is
        BpfProgram? rewritten = rewrite.Mutate(IrProgram.TryDecode(Program(assembly))!, ref entropy)?.TryEncode();
        return rewritten is null ? string.Empty : Convert.ToHexStringLower(rewritten.ToBytes());
    }

    private static string Hex(string assembly) => Convert.ToHexStringLower(Program(assembly).ToBytes());

    [Test]
    public void NothingDone_AtTheStart_IsAJumpToTheNext() =>
        Assert.That(Rewritten(new NothingDone(), "r0 = 5\nexit\n"), Is.EqualTo(Hex("goto +0\nr0 = 5\nexit\n")));

    [Test]
    public void JumpInverted_OfAJump_JumpsOverAJump() =>
        Assert.That(Rewritten(new JumpInverted(), "r0 = 5\nif r1 > 3 goto +1\nr0 = 6\nexit\n"), Is.EqualTo(Hex("r0 = 5\nif r1 <= 3 goto +1\ngoto +1\nr0 = 6\nexit\n")));

    [Test]
    public void JumpInverted_OfJset_HasNoOpposite() =>
        Assert.That(Rewritten(new JumpInverted(), "r0 = 5\nif r1 & 3 goto +1\nr0 = 6\nexit\n"), Is.Empty);

    [Test]
    public void ImmediateInRegister_TakesARegisterThatHoldsNothing() =>
        Assert.That(Rewritten(new ImmediateInRegister(), "r0 = r1\nr0 += 7\nexit\n"), Is.EqualTo(Hex("r0 = r1\nr1 = 7\nr0 += r1\nexit\n")));

    [TestCase(".raw 0x0000004000000077")]
    [TestCase(".raw 0x8000000000000077")]
    [TestCase("r0 /= 0")]
    public void ImmediateInRegister_OfANumberThatVerifiersRefuse_LeavesIt(string instruction) =>
        Assert.That(Rewritten(new ImmediateInRegister(), $"r0 = r1\n{instruction}\nexit\n"), Is.Empty);

    [Test]
    public void ImmediateInRegister_OfANullCheck_LeavesItAsVerifiersKnowIt() =>
        Assert.That(Rewritten(new ImmediateInRegister(), "r0 = r1\nif r0 == 0 goto +0\nexit\n"), Is.Empty);

    [TestCase("r2 = 0\nr0 = r1\nif r0 != r2 goto +0\nexit\n", "")]
    [TestCase("r2 = 7\nr0 = r1\nr0 += r2\nexit\n", "r2 = 7\nr0 = r1\nr0 += 7\nexit\n")]
    [TestCase("r2 = 64\nr0 = r1\nr0 <<= r2\nexit\n", "")]
    [TestCase("r2 = 0\nr0 = r1\nr0 /= r2\nexit\n", "")]
    [TestCase("r2 = 7\nr2 = r1\nr0 = r2\nexit\n", "")]
    public void RegisterAsImmediate_TakesTheNumberWhereItIsKnownAndAllowed(string given, string expected) =>
        Assert.That(Rewritten(new RegisterAsImmediate(), given), Is.EqualTo(expected.Length == 0 ? string.Empty : Hex(expected)));

    [Test]
    public void Outlined_ArgumentsAndResult_ArePassed() =>
        Assert.That(
            Rewritten(new Outlined(), "r6 = r1\nr6 ^= r2\nr0 = r6\nexit\n"),
            Is.EqualTo(Hex("call f\nr6 = r0\nr0 = r6\nexit\nf:\nr0 = r1\nr0 ^= r2\nexit\n")));

    [TestCase("r6 += -8")]
    [TestCase("r6 = *(u64 *)(r6 - 8)")]
    public void Outlined_ResultThatMayPointIntoTheStack_Stays(string last) =>
        Assert.That(Rewritten(new Outlined(), $"r6 = r1\n{last}\nif r6 == 5 goto +0\nexit\n"), Is.Empty);

    [Test]
    public void Outlined_WhatTheCallWouldDestroy_Stays() =>
        Assert.That(Rewritten(new Outlined(), "r0 = 5\nr0 += r2\nif r1 > 3 goto +0\nexit\n"), Is.Empty);

    [Test]
    public void Outlined_ProgramThatRunsPastItsEnd_IsNotRepaired() =>
        Assert.That(Rewritten(new Outlined(), "r0 = 5\nr0 += r2\n"), Is.Empty);

    [TestCase(0, true)]
    [TestCase(1, false)]
    public void LookupAsValue_OfTheOnlyKey_NamesTheValue(int key, bool isRewritten)
    {
        TestCase test = VectorReader.Read($"-- maps\nvalue: array key 4 value 8 entries 1\n-- asm\n*(u32 *)(r10 - 4) = {key}\nr1 = map_by_idx(0) ll\nr2 = r10\nr2 += -4\ncall 1\nif r0 == 0 goto +1\nr0 = *(u64 *)(r0 + 0)\nexit\n-- result\n0\n", "x", "x");
        Entropy entropy = Entropy.OfSeed(Seed);

        IrProgram? rewritten = new LookupAsValue([s_value]).Mutate(IrProgram.TryDecode(test.Program)!, ref entropy);

        Assert.That(rewritten?.Code[4].First.NamesMap, isRewritten ? Is.True : Is.Null);
    }

    [Test]
    public void VariantsOf_ValidPrograms_GiveTheSameOnEveryEngine()
    {
        IExecutionTarget[] targets = [.. new[] { "reference", "x64" }.Select(name => TargetRegistry.Find(name)!.Create())];
        GeneratorLimits limits = GeneratorLimits.Of([.. targets.Select(target => target.Capabilities)]);
        var generator = new ValidGenerator();
        var runner = new VariantRunner(targets, []);
        var findings = new List<string>();
        var names = new HashSet<string>();
        for (ulong index = 0; index < 300; index++)
        {
            Entropy entropy = Entropy.OfSeed(Seed, index);
            TestCase test = generator.Next(ref entropy, limits);
            var variants = new List<Variant>();
            foreach (IRewrite rewrite in Rewrites.Of(test.Maps))
            {
                if (Rewrites.VariantOf(test, rewrite, ref entropy) is { } variant) variants.Add(variant);
            }

            names.UnionWith(variants.Select(variant => variant.Name));
            findings.AddRange(VariantOracle.Judge(runner.Run(test, [.. variants])).Select(finding => $"seed {Seed}, index {index}: {finding}"));
        }

        foreach (IExecutionTarget target in targets) target.Dispose();
        Assert.That(findings, Is.Empty);
        Assert.That(names, Is.SupersetOf(new[] { "nop", "renaming", "imm-to-reg", "reg-to-imm", "inversion", "outline" }));
    }
}
