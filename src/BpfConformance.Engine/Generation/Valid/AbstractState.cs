using System.Numerics;
using BpfConformance.Abi.Instructions;
using BpfConformance.Domains;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>
/// What is known of registers and stack at a place of a frame. Of the stack as many words as a mask has bits are used, from <see cref="FrameBytes"/> below r10 on;
/// word 0 is the lowest.
/// </summary>
internal sealed class AbstractState
{
    /// <summary>Words of the stack that are kept account of.</summary>
    public const int MostWords = 32;

    /// <summary>r6–r9.</summary>
    public const uint KeptOverCalls = 0x3c0;

    private const uint AllWritable = 0x3ff; // r0–r9
    private const uint LostInCalls = 0x3f; // r0–r5

    private readonly AbstractValue[] _registers = new AbstractValue[MachineLimits.RegisterCount];
    private readonly AbstractValue[] _spilled = new AbstractValue[MostWords];
    private uint _pinned;

    /// <summary>Registers that hold a number.</summary>
    public uint Scalars { get; private set; }

    /// <summary>Registers that hold a number that is <see cref="AbstractValue.IsFresh"/>.</summary>
    public uint Fresh { get; private set; }

    /// <summary>Registers with bytes that may be read and written.</summary>
    public uint Regions { get; private set; }

    /// <summary>Registers that may be written.</summary>
    public uint Writable => AllWritable & ~_pinned;

    /// <summary>Registers that must go on to hold a number: an earlier instruction that may be come to again relies on it.</summary>
    public uint KeptScalars { get; set; }

    /// <summary>Registers that may be written, and hold no pointer.</summary>
    public uint FreeForNumbers
    {
        get
        {
            uint free = Writable;
            for (uint rest = free & ~Scalars; rest != 0; rest &= rest - 1)
            {
                int register = BitOperations.TrailingZeroCount(rest);
                if (_registers[register].Kind != ValueKind.Uninitialized) free &= ~(1u << register);
            }

            return free;
        }
    }

    /// <summary>Whether r0–r5 can be lost: none of them is needed where a loop begins again.</summary>
    public bool MayCall => ((_pinned | KeptScalars) & LostInCalls) == 0;

    /// <summary>Registers that may take a pointer.</summary>
    public uint FreeForPointers => Writable & ~KeptScalars;

    /// <summary>Words of the stack that hold numbers in all their bytes.</summary>
    public uint Written { get; private set; }

    /// <summary>Words of the stack that hold a pointer.</summary>
    public uint Spilled { get; private set; }

    /// <summary>Words of the stack that there are.</summary>
    public int Words { get; private set; }

    /// <summary>Bytes from the lowest word up to r10.</summary>
    public int FrameBytes { get; private set; }

    /// <summary>Open loops: what holds at their heads must hold at their ends.</summary>
    public int Loops { get; set; }

    public ref readonly AbstractValue this[int register] => ref _registers[register];

    public uint Pinned => _pinned;

    /// <summary>A frame begins: nothing can be read but r10.</summary>
    /// <param name="words">Words of its stack.</param>
    /// <param name="gap">Bytes above them that it leaves alone.</param>
    public void Begin(int words, int gap)
    {
        Array.Clear(_registers);
        (Scalars, Fresh, Regions, KeptScalars, Written, Spilled, Loops, _pinned) = (0, 0, 0, 0, 0, 0, 0, 0);
        Words = words;
        FrameBytes = (words * sizeof(ulong)) + gap;
        _registers[(int)Register.R10] = AbstractValue.Pointer(ValueKind.Stack, FrameBytes, FrameBytes);
        Regions = words > 0 ? 1u << (int)Register.R10 : 0;
    }

    public void Set(int register, in AbstractValue value)
    {
        uint bit = 1u << register;
        _registers[register] = value;
        Scalars = value.Kind == ValueKind.Scalar ? Scalars | bit : Scalars & ~bit;
        Fresh = value.IsFresh ? Fresh | bit : Fresh & ~bit;
        Regions = ValueKinds.IsRegion(value.Kind) ? Regions | bit : Regions & ~bit;
    }

    public void SetScalar(int register, in ScalarRange range, bool isFresh = false) => Set(register, AbstractValue.Scalar(range, isFresh));

    /// <summary>What was known of a number is so of others too, from here on, or something was learned of it.</summary>
    public void Touch(int register)
    {
        _registers[register].IsFresh = false;
        Fresh &= ~(1u << register);
    }

    public void Pin(int register) => _pinned |= 1u << register;

    public void Unpin(int register) => _pinned &= ~(1u << register);

    /// <summary>After a call: r0–r5 can no longer be read, but for what it leaves in r0.</summary>
    public void Call()
    {
        for (int register = 0; register <= (int)Register.R5; register++) Set(register, default);
    }

    /// <summary>A number is put into a word of the stack.</summary>
    public void Write(int word)
    {
        Written |= 1u << word;
        Spilled &= ~(1u << word);
    }

    /// <summary>A word of the stack may hold anything.</summary>
    public void Spoil(int word)
    {
        Written &= ~(1u << word);
        Spilled &= ~(1u << word);
    }

    /// <summary>The packet may be another one: what led to it leads nowhere.</summary>
    public void DropPacket()
    {
        for (int register = 0; register < (int)Register.R10; register++)
        {
            if (IsOfPacket(_registers[register].Kind)) Set(register, default);
        }

        for (uint rest = Spilled; rest != 0; rest &= rest - 1)
        {
            int word = BitOperations.TrailingZeroCount(rest);
            if (IsOfPacket(_spilled[word].Kind)) Spoil(word);
        }
    }

    /// <summary>A pointer is put into a word of the stack.</summary>
    public void Spill(int word, in AbstractValue value)
    {
        _spilled[word] = value;
        Spilled |= 1u << word;
        Written &= ~(1u << word);
    }

    public ref readonly AbstractValue SpilledAt(int word) => ref _spilled[word];

    /// <summary>Where a loop begins: of no number more is known than that it is one, and pointers stay where they are.</summary>
    public void BeginLoop()
    {
        Loops++;
        KeptScalars |= Scalars;
        for (uint rest = Scalars; rest != 0; rest &= rest - 1) SetScalar(BitOperations.TrailingZeroCount(rest), ScalarRange.Unknown);
        for (int register = 0; register < (int)Register.R10; register++)
        {
            if (_registers[register].Kind is not (ValueKind.Uninitialized or ValueKind.Scalar)) Pin(register);
        }
    }

    /// <summary>Where a loop ends.</summary>
    /// <param name="pinned">As before it.</param>
    /// <param name="kept">As before it.</param>
    public void EndLoop(uint pinned, uint kept)
    {
        Loops--;
        _pinned = pinned;
        KeptScalars = kept;
    }

    private static bool IsOfPacket(ValueKind kind) => kind is ValueKind.Packet or ValueKind.PacketEnd;

    public void CopyTo(AbstractState other)
    {
        _registers.CopyTo(other._registers, 0);
        if (Spilled != 0) _spilled.CopyTo(other._spilled, 0);
        (other.Scalars, other.Fresh, other.Regions, other.KeptScalars) = (Scalars, Fresh, Regions, KeptScalars);
        (other.Written, other.Spilled, other.Words, other.FrameBytes, other.Loops, other._pinned) = (Written, Spilled, Words, FrameBytes, Loops, _pinned);
    }

    /// <summary>Control comes here from another place too.</summary>
    public void Join(AbstractState other)
    {
        for (int register = 0; register < (int)Register.R10; register++) Set(register, _registers[register].Join(other._registers[register]));
        Written &= other.Written;
        uint spilled = Spilled & other.Spilled;
        for (uint rest = spilled; rest != 0; rest &= rest - 1)
        {
            int word = BitOperations.TrailingZeroCount(rest);
            _spilled[word] = _spilled[word].Join(other._spilled[word]);
            if (_spilled[word].Kind == ValueKind.Uninitialized) spilled &= ~(1u << word);
        }

        Spilled = spilled;
    }
}
