using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace BpfConformance.Abi.Instructions;

/// <summary>The byte order of an instruction stream (RFC 9669 section 3: the host's).</summary>
public enum ByteOrder
{
    LittleEndian,
    BigEndian,
}

/// <summary>
/// One 64-bit slot of a program, any bits at all (RFC 9669 section 3.1). A wide instruction is two slots; the
/// second holds <c>next_imm</c> in its <see cref="Immediate"/>.
/// </summary>
/// <param name="Opcode">Operation and class.</param>
/// <param name="Registers">Destination in the low, source in the high four bits, whatever the stream's byte order.</param>
/// <param name="Offset">Signed; counts bytes for memory, instructions for jumps.</param>
/// <param name="Immediate">Signed.</param>
public readonly record struct Instruction(byte Opcode, byte Registers, short Offset, int Immediate)
{
    public const int SizeBytes = 8;

    public Instruction(byte opcode, Register dst, Register src, short offset, int immediate)
        : this(opcode, (byte)((byte)dst | ((byte)src << 4)), offset, immediate)
    {
    }

    /// <summary>The destination field, 0–15: not necessarily a register that exists.</summary>
    public int Dst => Registers & 0xf;

    /// <summary>The source field, 0–15: a register, or a sub-code for calls and wide instructions.</summary>
    public int Src => Registers >> 4;

    public InstructionClass Class => (InstructionClass)(Opcode & 0x07);

    /// <summary>All of it as one number, to be compared with another's.</summary>
    internal ulong Bits => Unsafe.BitCast<Instruction, ulong>(this);

    /// <summary>Whether this opcode announces a second slot (RFC 9669 section 3.2: only opcode 0x18 does).</summary>
    public bool IsWide => Opcode == Opcodes.LoadImm64;

    /// <summary>Whether it names a map by its <see cref="Immediate"/>, in whichever form.</summary>
    public bool NamesMap => IsWide && (LoadImm64Source)Src is
        LoadImm64Source.MapByFd or LoadImm64Source.MapByIndex or LoadImm64Source.MapValueByFd or LoadImm64Source.MapValueByIndex;

    /// <summary>Reads one slot from the first eight bytes of <paramref name="source"/>.</summary>
    public static Instruction Read(ReadOnlySpan<byte> source, ByteOrder order)
    {
        bool little = order == ByteOrder.LittleEndian;
        byte registers = source[1];
        // The two register nibbles swap places with the byte order (RFC 9669 section 3.1).
        return new Instruction(
            source[0],
            little ? registers : (byte)((registers << 4) | (registers >> 4)),
            little ? BinaryPrimitives.ReadInt16LittleEndian(source[2..]) : BinaryPrimitives.ReadInt16BigEndian(source[2..]),
            little ? BinaryPrimitives.ReadInt32LittleEndian(source[4..]) : BinaryPrimitives.ReadInt32BigEndian(source[4..]));
    }

    /// <summary>Writes the slot to the first eight bytes of <paramref name="destination"/>.</summary>
    public void Write(Span<byte> destination, ByteOrder order)
    {
        destination[0] = Opcode;
        if (order == ByteOrder.LittleEndian)
        {
            destination[1] = Registers;
            BinaryPrimitives.WriteInt16LittleEndian(destination[2..], Offset);
            BinaryPrimitives.WriteInt32LittleEndian(destination[4..], Immediate);
        }
        else
        {
            destination[1] = (byte)((Registers << 4) | (Registers >> 4));
            BinaryPrimitives.WriteInt16BigEndian(destination[2..], Offset);
            BinaryPrimitives.WriteInt32BigEndian(destination[4..], Immediate);
        }
    }
}
