using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Generation;

namespace BpfConformance.SeededBugs.Hunting;

/// <summary>
/// What a fuzzer does that knows next to nothing: every other program is bytes of chance, as uBPF's libFuzzer harness begins with; the rest are opcodes that exist, with
/// registers that exist and other fields of chance, and an exit behind them.
/// </summary>
internal sealed class ByteGenerator : IProgramGenerator
{
    private const int DataBytes = 64;
    private const int Longest = 30;
    private const int NearOffsets = 16;

    public string Name => "bytes";

    public TestCase Next(ref Entropy entropy, GeneratorLimits limits)
    {
        entropy.BeginStep();
        bool isRaw = entropy.Below(2) == 0;
        var slots = ImmutableArray.CreateBuilder<Instruction>();
        for (int left = entropy.Between(1, Longest); left > 0; left--) slots.Add(isRaw ? Raw(ref entropy) : OfTable(ref entropy, limits));
        slots.Add(Code.Exit);
        var inputs = new ReadOnlyMemory<byte>[limits.Inputs];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = Bytes(ref entropy);
        return GeneratedCase.Of("bytes", new BpfProgram(slots.ToImmutable()), [], inputs);
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
