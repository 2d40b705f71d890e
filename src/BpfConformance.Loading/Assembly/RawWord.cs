using System.Buffers.Binary;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Loading.Assembly;

/// <summary>A slot as the number that its eight bytes are in little-endian order: the operand of <c>.raw</c>.</summary>
internal static class RawWord
{
    public static long Of(in Instruction instruction)
    {
        Span<byte> bytes = stackalloc byte[Instruction.SizeBytes];
        instruction.Write(bytes, ByteOrder.LittleEndian);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    public static Instruction ToInstruction(long word)
    {
        Span<byte> bytes = stackalloc byte[Instruction.SizeBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, word);
        return Instruction.Read(bytes, ByteOrder.LittleEndian);
    }
}
