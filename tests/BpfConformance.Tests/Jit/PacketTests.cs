using BpfConformance.Abi.Programs;
using BpfConformance.Jit;
using BpfConformance.Runtime.Execution;
using NUnit.Framework;
using Assembler = BpfConformance.Loading.Assembly.Assembler;

namespace BpfConformance.Tests.Jit;

/// <summary>Loads of a packet, at its ends and beyond, are what they are on the reference.</summary>
[TestFixtureSource(typeof(Engine), nameof(Engine.Compilers))]
internal sealed class PacketTests(Compiler compiler)
{
    private const int PacketBytes = 64;
    private const int Header = 14;
    private const long Budget = 100;

    /// <summary>Where loads of the packet, of the network header and of the link header begin and end (uapi linux/filter.h, 6.18).</summary>
    private static readonly int[] s_starts = [0, -0x100000, -0x200000];

    [SetUp]
    public void NeedTheCompiler()
    {
        if (compiler.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    [Test]
    public void Loads_AtEveryEdge_AreTheReferences([Values(8, 16, 32)] int bits, [Values] bool isIndirect)
    {
        byte[] data = [.. Enumerable.Range(0, PacketBytes).Select(n => (byte)(0x90 + n))];
        IEnumerable<int> positions = s_starts
            .SelectMany(start => (int[])[0, PacketBytes - Header, PacketBytes], (start, edge) => unchecked(start + edge))
            .SelectMany(edge => Enumerable.Range(-5, 10), (edge, by) => unchecked(edge + by))
            .Concat([int.MinValue, int.MaxValue])
            .Distinct();
        int inside = 0;
        foreach (int position in positions)
        {
            string load = isIndirect ? $"r7 = {position}\nr0 = *(u{bits} *)skb[r7 + 0]" : $"r0 = *(u{bits} *)skb[{position}]";
            string text = $"r6 = r1\nr0 = 7\n{load}\nr0 += 1\nexit";
            (ulong R0, long Executed) expected = Run(Engine.Reference.Load, text, data);
            Assert.That(Run(compiler.With(JitOptions.Checked), text, data), Is.EqualTo(expected), text);
            if (expected.R0 != 0) inside++;
        }

        Assert.That(inside, Is.InRange(10, 60));
    }

    private static unsafe (ulong R0, long Executed) Run(EngineLoad load, string text, byte[] data)
    {
        using IMachineProgram program = load(Assembler.Assemble(text).Instructions.AsSpan(), [], ProgramType.SocketFilter, PacketBytes, out _)!; // it is valid
        program.Prepare(data, Budget);
        program.RunPrepared();
        Assert.That(program.Memory.Machine->Status, Is.EqualTo(RunStatus.Returned));
        return (program.Memory.Machine->Registers[0], program.Executed(Budget));
    }
}
