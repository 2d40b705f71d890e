using System.IO.MemoryMappedFiles;

namespace BpfConformance.Harnesses.Supervision;

/// <summary>
/// Memory that a worker shares with who watches it: what it has done, and the input that it is running, which the watcher saves when the
/// worker does not come back from it.
/// </summary>
internal sealed unsafe class Board : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly Header* _header;

    public Board(string path)
    {
        int size = sizeof(Header) + InputFolder.MaxInputBytes;
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, mapName: null, size);
        _view = _file.CreateViewAccessor(0, size);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _header = (Header*)start;
    }

    /// <summary>Runs that have ended.</summary>
    public long Executions => Volatile.Read(ref _header->Executions);

    public ref int Edges => ref _header->Edges;

    public ref int Failures => ref _header->Failures;

    /// <summary>The input that is being run; <c>null</c>: none is.</summary>
    public byte[]? Running => Volatile.Read(ref _header->RunningBytes) is var bytes and > 0
        ? new ReadOnlySpan<byte>(_header + 1, bytes - 1).ToArray()
        : null;

    public void Begin(ReadOnlySpan<byte> input)
    {
        ReadOnlySpan<byte> shown = input[..Math.Min(input.Length, InputFolder.MaxInputBytes)];
        shown.CopyTo(new Span<byte>(_header + 1, InputFolder.MaxInputBytes));
        Volatile.Write(ref _header->RunningBytes, shown.Length + 1);
    }

    public void End()
    {
        Volatile.Write(ref _header->RunningBytes, 0);
        Volatile.Write(ref _header->Executions, _header->Executions + 1);
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private struct Header
    {
        public long Executions;

        /// <summary>One more than the length of the input; 0: none is run.</summary>
        public int RunningBytes;
        public int Edges;
        public int Failures;
    }
}
