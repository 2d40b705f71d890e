using Iced.Intel;
using Decoded = Iced.Intel.Instruction;

namespace BpfConformance.Tests.Jit.X64;

/// <summary>What another reader of machine code makes of it: text with decimal numbers and the size of every operand in memory.</summary>
internal sealed class Disassembly
{
    private readonly IntelFormatter _formatter = new();
    private readonly StringOutput _text = new();
    private readonly Encoder _encoder = Encoder.Create(bitness: 64, new Sink());

    public Disassembly()
    {
        _formatter.Options.NumberBase = NumberBase.Decimal;
        _formatter.Options.SignedImmediateOperands = true;
        _formatter.Options.MemorySizeOptions = MemorySizeOptions.Always;
    }

    /// <summary>The instructions of code, in their order; a byte that belongs to none is one that is invalid.</summary>
    public static List<Decoded> Of(ReadOnlySpan<byte> code, ulong address = 0)
    {
        var instructions = new List<Decoded>();
        var decoder = Decoder.Create(bitness: 64, new ByteArrayCodeReader(code.ToArray()), address);
        while (decoder.IP < address + (ulong)code.Length) instructions.Add(decoder.Decode());
        return instructions;
    }

    public string TextOf(in Decoded instruction)
    {
        _formatter.Format(instruction, _text);
        return _text.ToStringAndReset();
    }

    /// <summary>How many bytes the same operation and operands take at least, with an immediate of the same size.</summary>
    public int ShortestBytes(in Decoded instruction) => (int)_encoder.Encode(instruction, instruction.IP);

    private sealed class Sink : CodeWriter
    {
        public override void WriteByte(byte value)
        {
        }
    }
}
