using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Generation;

namespace BpfConformance.SeededBugs.Hunting;

/// <summary>
/// What a fuzzer does that knows next to nothing: every other program is bytes of chance, as uBPF's libFuzzer harness begins with; the rest are opcodes that exist, with
/// registers that exist and other fields of chance. Before them all registers but two are loaded from memory of chance: without, nearly each would read what was never
/// written. An exit stands behind them.
/// </summary>
internal sealed class ByteGenerator : IProgramGenerator
{
    private const int DataBytes = Registers * sizeof(ulong);
    private const int Registers = (int)Register.R10;
    private const int Longest = 30;
    private const int NearOffsets = 16;

    public string Name => "bytes";

    public TestCase Next(ref Entropy entropy, GeneratorLimits limits)
    {
        entropy.BeginStep();
        bool isRaw = entropy.Below(2) == 0;
        var slots = ImmutableArray.CreateBuilder<Instruction>();
        for (int r = 0; r < Registers; r++)
        {
            if (r != (int)Register.R1) slots.Add(Code.Load(sizeof(ulong), (Register)r, Register.R1, r * sizeof(ulong)));
        }

        for (int left = entropy.Between(1, Longest); left > 0; left--) slots.Add(isRaw ? Raw(ref entropy) : OfTable(ref entropy, limits));
        slots.Add(Code.Exit);
        var inputs = new ReadOnlyMemory<byte>[limits.Inputs];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = Bytes(ref entropy);
        return GeneratedCase.Of(Name, new BpfProgram(slots.ToImmutable()), [], inputs);
    }

    private static Instruction Raw(ref Entropy entropy) => Instruction.Read(BitConverter.GetBytes(entropy.Next()), ByteOrder.LittleEndian);

    private static Instruction OfTable(ref Entropy entropy, GeneratorLimits limits)
    {
        InstructionDef row = InstructionTable.Rows[entropy.Below(InstructionTable.Rows.Length)];
        while (!limits.Rows[row.Index]) row = InstructionTable.Rows[entropy.Below(InstructionTable.Rows.Length)];
        var dst = (Register)entropy.Below(MachineLimits.RegisterCount);
        var src = (Register)entropy.Below(MachineLimits.RegisterCount);
        return new Instruction(row.Opcode, dst, row.HasSourceRegister ? src : default, (short)(entropy.Below(NearOffsets) - 1), (int)entropy.Next());
    }

    private static byte[] Bytes(ref Entropy entropy)
    {
        var bytes = new byte[DataBytes];
        for (int i = 0; i < DataBytes; i += sizeof(ulong)) BitConverter.TryWriteBytes(bytes.AsSpan(i), entropy.Next());
        return bytes;
    }
}
