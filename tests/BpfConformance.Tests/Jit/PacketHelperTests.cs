using System.Globalization;
using System.Text;
using BpfConformance.Abi.Programs;
using BpfConformance.Jit;
using BpfConformance.Runtime.Execution;
using NUnit.Framework;
using Assembler = BpfConformance.Loading.Assembly.Assembler;

namespace BpfConformance.Tests.Jit;

/// <summary>Programs that move their packet, and then read and write it, do what they do on the reference.</summary>
[TestFixtureSource(typeof(Engine), nameof(Engine.Compilers))]
internal sealed class PacketHelperTests(Compiler compiler)
{
    private const int DataBytes = 96;
    private const int Programs = 150;
    private const long Budget = 5_000;

    [SetUp]
    public void NeedTheCompiler()
    {
        if (compiler.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    [TestCase(ProgramType.Xdp)]
    [TestCase(ProgramType.SchedCls)]
    public void Programs_ThatMoveTheirPacket_AreTheReferences(ProgramType type)
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        byte[] data = new byte[DataBytes];
        random.NextBytes(data);
        (data[12], data[13]) = (0x08, 0x00);
        for (int n = 0; n < Programs; n++)
        {
            string text = Next(random, type);
            string expected = Run(Engine.Reference.Load, text, type, data);
            Assert.That(Run(compiler.With(JitOptions.Checked), text, type, data), Is.EqualTo(expected), $"seed {seed}:\n{text}");
        }
    }

    /// <summary>r6 is the context, r7 what was seen, r8 a counter.</summary>
    private static string Next(Random random, ProgramType type)
    {
        var text = new StringBuilder("r6 = r1\nr7 = 0\nr8 = 0\ncall moves\nagain:\n");
        int labels = 0;
        for (int n = random.Next(1, 5); n > 0; n--)
        {
            bool isInFunction = random.Next(3) == 0;
            _ = isInFunction ? text.Append("r1 = r6\ncall moves\n") : Move(text, random, type);
            Touch(text, random, type, labels++);
        }

        _ = text.Append(CultureInfo.InvariantCulture, $"r8 += 1\nif r8 < {random.Next(1, 5)} goto again\nr0 = r7\nexit\nmoves:\nr6 = r1\n");
        return Move(text, random, type).Append("exit\n").ToString();
    }

    private static StringBuilder Move(StringBuilder text, Random random, ProgramType type)
    {
        string[] calls = type == ProgramType.Xdp
            ? [$"r2 = {random.Next(-40, 40)}\ncall xdp_adjust_head", $"r2 = {4 * random.Next(-8, 8)}\ncall xdp_adjust_meta", $"r2 = {random.Next(-40, 40)}\ncall xdp_adjust_tail"]
            : [$"r2 = {random.Next(140)}\nr3 = 0\ncall skb_change_tail", $"r2 = {random.Next(20)}\nr3 = 0\ncall skb_change_head", $"r2 = {random.Next(-20, 20)}\nr3 = {random.Next(2)}\nr4 = 0\ncall skb_adjust_room"];
        return text.Append(CultureInfo.InvariantCulture, $"r1 = r6\n{calls[random.Next(calls.Length)]}\n");
    }

    /// <summary>Through pointers that are asked for anew, and sometimes too far.</summary>
    private static void Touch(StringBuilder text, Random random, ProgramType type, int label)
    {
        (int start, int end) = type == ProgramType.Xdp ? (random.Next(3) == 0 ? 8 : 0, 4) : (76, 80);
        int bytes = random.Next(8, 120);
        int slack = random.Next(20) == 0 ? 1 : 0;
        _ = text.Append(CultureInfo.InvariantCulture, $"r7 += r0\nr2 = *(u32 *)(r6 + {start})\nr3 = *(u32 *)(r6 + {end})\nr4 = r2\nr4 += {bytes}\nif r4 > r3 goto over{label}\n")
            .Append(CultureInfo.InvariantCulture, $"r5 = *(u64 *)(r2 + {bytes - 8 + slack})\nr7 ^= r5\n*(u16 *)(r2 + {random.Next(bytes - 1)}) = {random.Next(1 << 15)}\nover{label}:\n");
    }

    private static unsafe string Run(EngineLoad load, string text, ProgramType type, byte[] data)
    {
        using IMachineProgram program = load(Assembler.Assemble(text).Instructions.AsSpan(), [], type, DataBytes, out _)!; // it is valid
        program.Prepare(data, Budget);
        program.RunPrepared();
        Machine* m = program.Memory.Machine;
        string left = Convert.ToHexString(program.Memory.Data);
        return m->Status == RunStatus.Returned ? $"{m->Registers[0]:x} {left} {Convert.ToHexString(program.Memory.Context)}" : $"{m->Status} {m->Fault} {m->FaultPc}";
    }
}
