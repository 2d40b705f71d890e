using BpfConformance.Jit.X64;
using Iced.Intel;
using NUnit.Framework;
using Decoded = Iced.Intel.Instruction;

namespace BpfConformance.Tests.Jit.X64;

/// <summary>Every instruction that is emitted, as another decoder reads it.</summary>
[TestFixture]
internal sealed class EmitterTests
{
    private readonly Disassembly _disassembly = new();

    private static EmitterForm[] Forms => EmitterForms.All;

    [TestCaseSource(nameof(Forms))]
    public void Form_EveryRegisterAndEdge_IsWhatWasAskedForInItsShortestEncoding(EmitterForm form)
    {
        var code = default(Emitter);
        var expected = new List<string>();
        foreach (EmitterOperands operands in form.Operands())
        {
            code.Reserve();
            expected.Add(form.Emit(ref code, operands));
        }

        AssertEmitted(code, expected, form);
        code.Free();
    }

    [Test]
    public void Sequences_OfRandomForms_AreReadBackAsTheyWereEmitted()
    {
        int seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (int sequence = 0; sequence < 2000; sequence++)
        {
            var code = default(Emitter);
            var expected = new List<string>();
            for (int n = random.Next(1, 40); n > 0; n--)
            {
                code.Reserve();
                expected.Add(Forms[random.Next(Forms.Length)].Emit(ref code, EmitterOperands.Random(random)));
            }

            AssertEmitted(code, expected, form: null);
            code.Free();
        }
    }

    [TestCase(0ul, 2)]
    [TestCase(1ul, 5)]
    [TestCase(0xffff_fffful, 5)]
    [TestCase(0x1_0000_0000ul, 10)]
    [TestCase(0x7fff_ffff_ffff_fffful, 10)]
    [TestCase(0xffff_ffff_7fff_fffful, 10)]
    [TestCase(0xffff_ffff_8000_0000ul, 7)]
    [TestCase(ulong.MaxValue, 7)]
    public void MoveImmediate_OfAValue_TakesTheShortestForm(ulong value, int bytes)
    {
        var code = default(Emitter);
        code.Reserve();
        code.MoveImmediate(X64Register.Rax, value);
        Assert.That(code.Position, Is.EqualTo(bytes));
        code.MoveImmediate(X64Register.R8, value);
        Assert.That(code.Position, Is.EqualTo(bytes + bytes + (bytes is 2 or 5 ? 1 : 0)), "with REX, unless it is there already");
        code.Free();
    }

    [Test]
    public unsafe void JumpShort_Back_IsTheConditionAndADistanceInAByte()
    {
        var code = default(Emitter);
        code.Reserve();
        code.JumpShort(X64Condition.NotEqual, -5);
        Assert.That(new ReadOnlySpan<byte>(code.Bytes, code.Position).ToArray(), Is.EqualTo(new byte[] { 0x75, 0xfb }));
        code.Free();
    }

    [TestCase(X64Register.Rcx, 0, 3)]
    [TestCase(X64Register.Rbp, 0, 4)]
    [TestCase(X64Register.R13, 0, 4)]
    [TestCase(X64Register.Rsp, 0, 4)]
    [TestCase(X64Register.R12, 0, 4)]
    [TestCase(X64Register.Rcx, 127, 4)]
    [TestCase(X64Register.Rcx, -128, 4)]
    [TestCase(X64Register.Rcx, 128, 7)]
    [TestCase(X64Register.Rcx, -129, 7)]
    [TestCase(X64Register.R12, 127, 5)]
    [TestCase(X64Register.R12, 128, 8)]
    public void Load_FromABase_TakesItsShortestDisplacement(X64Register baseRegister, int displacement, int bytes)
    {
        var code = default(Emitter);
        code.Reserve();
        code.Load(bytes: 8, signed: false, X64Register.Rax, new X64Memory(baseRegister, displacement));
        Assert.That(code.Position, Is.EqualTo(bytes));
        code.Free();
    }

    [Test]
    public void Jumps_WithDistancesToBeFilledIn_AreTheLongForms()
    {
        var code = default(Emitter);
        code.Reserve();
        code.CallNear();
        code.JumpNear();
        code.JumpNear(X64Condition.Above);
        code.JumpShort(X64Condition.NotEqual, distance: -128);
        Code[] expected = [Code.Call_rel32_64, Code.Jmp_rel32_64, Code.Ja_rel32_64, Code.Jne_rel8_64];
        Assert.That(Disassembly.Of(code.Code).Select(each => each.Code), Is.EqualTo(expected));
        Assert.That(code.Position, Is.EqualTo(5 + 5 + 6 + 2));
        code.Free();
    }

    [TestCase(X64Condition.Carry, ConditionCode.b)]
    [TestCase(X64Condition.NotCarry, ConditionCode.ae)]
    [TestCase(X64Condition.Equal, ConditionCode.e)]
    [TestCase(X64Condition.NotEqual, ConditionCode.ne)]
    [TestCase(X64Condition.BelowOrEqual, ConditionCode.be)]
    [TestCase(X64Condition.Above, ConditionCode.a)]
    [TestCase(X64Condition.Sign, ConditionCode.s)]
    [TestCase(X64Condition.NotSign, ConditionCode.ns)]
    [TestCase(X64Condition.Less, ConditionCode.l)]
    [TestCase(X64Condition.GreaterOrEqual, ConditionCode.ge)]
    [TestCase(X64Condition.LessOrEqual, ConditionCode.le)]
    [TestCase(X64Condition.Greater, ConditionCode.g)]
    public void Condition_InEitherJump_IsTheProcessors(X64Condition condition, ConditionCode expected)
    {
        var code = default(Emitter);
        code.Reserve();
        code.JumpNear(condition);
        code.JumpShort(condition, distance: 0);
        Assert.That(Disassembly.Of(code.Code).Select(each => each.ConditionCode), Is.EqualTo(new[] { expected, expected }));
        code.Free();
    }

    private void AssertEmitted(in Emitter code, List<string> expected, EmitterForm? form)
    {
        List<Decoded> decoded = Disassembly.Of(code.Code);
        int bytes = 0;
        for (int n = 0; n < Math.Min(decoded.Count, expected.Count); n++)
        {
            Decoded each = decoded[n];
            string text = _disassembly.TextOf(each);
            if (text != expected[n]) Assert.Fail($"instruction {n}: expected {expected[n]}, decoded {text}");
            if (_disassembly.ShortestBytes(each) != each.Length) Assert.Fail($"{text} takes {each.Length} bytes");
            if (form?.Uses.HasFlag(EmitterUse.ShortImmediate) == true) AssertShort(each);
            bytes += each.Length;
        }

        Assert.That((decoded.Count, bytes), Is.EqualTo((expected.Count, code.Position)));
    }

    private void AssertShort(in Decoded instruction)
    {
        OpKind kind = instruction.GetOpKind(instruction.OpCount - 1);
        bool isShort = kind is OpKind.Immediate8to32 or OpKind.Immediate8to64;
        ulong bits = instruction.GetImmediate(instruction.OpCount - 1);
        long value = kind == OpKind.Immediate32 ? (int)bits : (long)bits;
        bool fits = value is >= sbyte.MinValue and <= sbyte.MaxValue;
        if (isShort != fits) Assert.Fail($"{_disassembly.TextOf(instruction)}: {kind}");
    }
}
