using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Generation;

namespace BpfConformance.Tests.Engine.Campaigns;

/// <summary>Two numbers, of which r0 becomes the 64-bit sum or difference.</summary>
internal sealed class TinyGenerator : IProgramGenerator
{
    private const byte MoveImmediate = 0xb7;
    private const byte SubImmediate = 0x17;

    public string Name => "tiny";

    public static Profile Profile { get; } = new("tiny", 1, () => new TinyGenerator());

    public TestCase Next(ref Entropy entropy, GeneratorLimits limits)
    {
        entropy.BeginStep();
        byte operation = entropy.Below(2) == 0 ? Opcodes.AddImmediate64 : SubImmediate;
        return new TestCase
        {
            Name = Name,
            File = string.Empty,
            Program = new BpfProgram(
            [
                new Instruction(MoveImmediate, Register.R0, default, 0, (int)entropy.Next()),
                new Instruction(operation, Register.R0, default, 0, (int)entropy.Next()),
                new Instruction(Opcodes.Exit, 0, 0, 0),
            ]),
            Lines = [0, 0, 0],
            Inputs = [new CaseInput(0, ReadOnlyMemory<byte>.Empty, null, null)],
            Expectation = Expectation.None,
            Groups = [ConformanceGroup.Base32, ConformanceGroup.Base64],
            Cpu = CpuVersion.V1,
        };
    }
}
