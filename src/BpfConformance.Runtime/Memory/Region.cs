using System.Runtime.InteropServices;
using BpfConformance.Runtime.Contexts;

namespace BpfConformance.Runtime.Memory;

/// <summary>
/// One stretch of memory that a program may touch. Regions lie so far apart in the program's addresses
/// (<see cref="Addressing"/>) that one lookup checks any number of them, and an offset that leaves a region leaves its bounds.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct Region
{
    public byte* Base;

    /// <summary>The address of the first byte, as the program sees it.</summary>
    public ulong Start;

    /// <summary>One <see cref="ByteShadow"/> per byte of <see cref="Base"/>.</summary>
    public byte* Shadow;

    /// <summary>One <see cref="Provenance"/> per eight bytes, where the shadow says that a pointer is stored.</summary>
    public uint* Pointers;

    /// <summary>Bytes; 0 while the region may not be touched, or not as one piece.</summary>
    public uint Length;

    public uint IsWritable;

    /// <summary>Of the values of a map: bytes that each has; between them lies what may not be touched.</summary>
    public uint ElementBytes;

    /// <summary>The distance from each value to the next, a power of two, less one.</summary>
    public uint ElementMask;

    /// <summary>The offset behind the last value; 0: the region is one piece.</summary>
    public uint ElementsEnd;

    /// <summary>What is in it, where it is no plain memory, and <see cref="Length"/> is 0; null: it is.</summary>
    public ContextTable* Fields;

    /// <summary>How many bytes its fields have in this run.</summary>
    public uint FieldBytes;

    /// <summary>How many bytes of memory or of fields it has.</summary>
    public readonly int OpenBytes => (int)(Length + FieldBytes);

    /// <summary>Gives it fields, all of them zero.</summary>
    public void OpenFields(ContextTable* fields, int bytes)
    {
        Fields = fields;
        FieldBytes = (uint)bytes;
        new Span<byte>(Base, bytes).Clear();
        new Span<byte>(Shadow, bytes).Fill(ByteShadow.Scalar);
    }

    public void CloseFields()
    {
        Fields = null;
        FieldBytes = 0;
    }

    /// <summary>Whether one value holds so many bytes at an offset.</summary>
    public readonly bool HasInElement(ulong offset, ulong size) =>
        offset < ElementsEnd && (offset & ElementMask) <= ElementBytes && size <= ElementBytes - (offset & ElementMask);
}

/// <summary>The regions of every machine, in this order; behind those of its maps come keys and records, where helpers give any, and then its stacks (<see cref="Execution.Machine.FirstStack"/>), one for each frame, so that an access beyond a frame faults.</summary>
public static class Regions
{
    /// <summary>Nothing lives here, so that no address is null.</summary>
    public const int None = 0;

    /// <summary>The program's memory, or what it sees of the packet.</summary>
    public const int Data = 1;

    /// <summary>What r1 points to when the program has a hook.</summary>
    public const int Context = Data + 1;

    /// <summary>The socket that a context leads to.</summary>
    public const int Socket = Context + 1;

    /// <summary>The keys of a flow, or the state of a netfilter hook or of an operation: a context that leads to them leads to no socket.</summary>
    public const int FlowKeys = Socket, HookState = Socket, DummyState = Socket;

    /// <summary>The values of map n are region <c>MapValues + n</c>.</summary>
    public const int MapValues = Socket + 1;

    /// <summary>Map n as such is region <c>Maps + n</c>: beyond all that there is, so that it is never touched.</summary>
    public const int Maps = 1 << 28;

    /// <summary>Whether an address stands for a map as such.</summary>
    public static bool IsMap(ulong address) => address >> 32 is >= Maps and < Functions;

    /// <summary>The function at pc n is region <c>Functions + n</c>, in the same way.</summary>
    public const int Functions = 1 << 29;

    /// <summary>The address of <paramref name="offset"/> in a region.</summary>
    public static ulong Address(int region, uint offset) => ((ulong)region << 32) | offset;
}
