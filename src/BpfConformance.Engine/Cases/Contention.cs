using System.Buffers.Binary;
using System.Collections.Immutable;
using BpfConformance.Abi.Maps;

namespace BpfConformance.Engine.Cases;

/// <summary>
/// Two threads that run a case's program at the same time over one cell, the first eight bytes of a map's value. Each
/// leaves records of its operations on the cell in a memory of its own.
/// </summary>
/// <param name="Map">Index of the map: an array of one entry.</param>
/// <param name="Records">How many records each thread leaves.</param>
/// <param name="End">
/// What the cell holds at the end; the records then only show that the threads met. <c>null</c>: the records say it, all
/// of them in one order.
/// </param>
public sealed record Contention(int Map, int Records, ulong? End)
{
    public const int Threads = 2;

    public const int CellBytes = sizeof(ulong);

    /// <summary>The number of the thread, which it is given.</summary>
    public const int HeaderBytes = sizeof(ulong);

    /// <summary>Whether a map can hold a cell.</summary>
    public static bool HasCell(MapDefinition map) => map is { Type: MapType.Array, MaxEntries: 1, ValueBytes: >= CellBytes };

    /// <summary>Length of each thread's memory.</summary>
    public int DataBytes => HeaderBytes + (Records * RecordList.RecordBytes);

    /// <summary>What each thread is given, and must return.</summary>
    public ImmutableArray<CaseInput> Inputs(int line, ulong result) =>
        [.. Enumerable.Range(0, Threads).Select(thread => new CaseInput(line, Memory(thread), result, DataAfter: null))];

    private byte[] Memory(int thread)
    {
        var memory = new byte[DataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(memory, (ulong)thread);
        return memory;
    }
}

/// <summary>The records that a thread left: the value of the cell before and after each of its operations, in its order.</summary>
public readonly ref struct RecordList
{
    public const int RecordBytes = 2 * sizeof(ulong);

    private readonly ReadOnlySpan<byte> _records;

    /// <param name="memory">The memory of the thread: its number, then whole records.</param>
    public RecordList(ReadOnlySpan<byte> memory) => _records = memory[Contention.HeaderBytes..];

    public int Count => _records.Length / RecordBytes;

    /// <summary>
    /// How often the cell had changed between two operations that follow each other in this thread: another thread was
    /// at it in the meantime.
    /// </summary>
    public int Interruptions
    {
        get
        {
            int count = 0;
            for (int i = 1; i < Count; i++)
            {
                if (Before(i) != After(i - 1)) count++;
            }

            return count;
        }
    }

    public ulong Before(int index) => BinaryPrimitives.ReadUInt64LittleEndian(_records[(index * RecordBytes)..]);

    public ulong After(int index) => BinaryPrimitives.ReadUInt64LittleEndian(_records[((index * RecordBytes) + sizeof(ulong))..]);
}
