using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Jit;
using BpfConformance.Jit.X64;
using BpfConformance.Loading.Assembly;
using BpfConformance.Tests.Interpreter;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit.X64;

/// <summary>Programs that jump over every number of bytes around what a short jump reaches.</summary>
[TestFixture]
internal sealed class JumpDistanceTests
{
    private const int First = 90;
    private const int Last = 150;

    private static readonly Compiler s_x64 = Engine.Compilers.Single(compiler => compiler.Name == "x64");

    [TestCase("r6 = 7\nr0 = 1\nif r0 == 1 goto end\nFILL\nr0 = 100\nend:\nr0 += r6\nexit", 8ul)]
    [TestCase("r6 = 7\nr0 = 1\nif r0 == 2 goto end\nFILL\nr0 = 100\nend:\nr0 += r6\nexit", 107ul)]
    [TestCase("r6 = 7\nr0 = 1\nif r0 != 1 goto other\ngoto end\nother:\nr0 = 5\nFILL\nr0 = 100\nend:\nr0 += r6\nexit", 8ul)]
    [TestCase("r6 = 3\nr0 = 0\nloop:\nr0 += 1\nFILL\nr6 += -1\nif r6 != 0 goto loop\nexit", 3ul)]
    [TestCase("r6 = 3\nr0 = 0\nloop:\nr0 += 1\nFILL\nr6 += -1\nif r6 == 0 goto end\nw7 = w7\ngoto loop\nend:\nexit", 3ul)]
    [TestCase("r6 = 7\nr0 = 1\nif r0 == 2 goto other\ngoto end\nother:\nFILL\nr0 = 100\nend:\nr0 += r6\nexit", 8ul)]
    public void Program_JumpsOverEveryDistance_ReturnsTheSame(string text, ulong expected)
    {
        if (X64Program.WhyUnavailable() is { } reason) Assert.Ignore(reason);
        var lengths = new HashSet<int>();
        for (int bytes = First; bytes <= Last; bytes++)
        {
            string filled = text.Replace("FILL", Fill(bytes), StringComparison.Ordinal);
            ImmutableArray<Instruction> program = Assembler.Assemble(filled).Instructions;
            foreach (JitOptions options in new[] { JitOptions.Trusted, JitOptions.Checked })
            {
                using var machine = new CompiledMachine(s_x64, program, options);
                Assert.That((machine.Run(), machine.R0), Is.EqualTo((RunEnd.Returned, expected)), $"{bytes} bytes, {options}");
                lengths.UnionWith(JumpLengths(((X64Program)machine.Program).Code));
            }
        }

        Assert.That(lengths, Does.Contain(2), "there were short jumps");
        Assert.That(lengths.Max(), Is.GreaterThan(4), "there were long ones");
    }

    /// <summary>Moves of two and of three bytes that change nothing: r6 is rbx.</summary>
    private static string Fill(int bytes)
    {
        int odd = bytes & 1;
        IEnumerable<string> twos = Enumerable.Repeat("w6 = w6", (bytes - (3 * odd)) / 2);
        return string.Join('\n', odd == 0 ? twos : twos.Append("r6 = r6"));
    }

    private static IEnumerable<int> JumpLengths(ReadOnlySpan<byte> code) => Disassembly.Of(code)
        .Where(each => each.FlowControl is Iced.Intel.FlowControl.ConditionalBranch or Iced.Intel.FlowControl.UnconditionalBranch)
        .Select(each => each.Length);
}
