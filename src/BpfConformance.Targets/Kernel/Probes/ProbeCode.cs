using System.Buffers.Binary;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Probes;

/// <summary>A file that has no name, in which there is an instruction and a jump back behind it, to be mapped wherever that is to be run.</summary>
internal sealed class ProbeCode : IDisposable
{
    private const int Pages = 2;

    private readonly RegisterLoader _loader;

    /// <param name="loader">Jumps there.</param>
    /// <param name="start">Of the instruction: the bytes in its first page are its place in the file.</param>
    /// <param name="instruction">Which.</param>
    /// <exception cref="TargetException">There is no such file here.</exception>
    public ProbeCode(RegisterLoader loader, ulong start, ReadOnlySpan<byte> instruction)
    {
        _loader = loader;
        Offset = (int)(start % MappedPages.PageBytes);
        File = MemoryFile.Create("probe", Content(Offset, instruction, loader.ReturnAddress));
    }

    public FileDescriptor File { get; }

    /// <summary>Of the instruction in the file.</summary>
    public int Offset { get; }

    /// <summary>Runs the instruction once, with values in registers.</summary>
    /// <param name="registers">A whole <c>pt_regs</c>.</param>
    /// <param name="start">Where the instruction is to be.</param>
    /// <returns>Why it cannot be there, or <c>null</c>.</returns>
    public CallFailure? Run(ReadOnlySpan<byte> registers, ulong start)
    {
        ulong page = start - (ulong)Offset;
        using MappedPages? code = MappedPages.TryMap(page, Pages, Native.ProtectionRead | Native.ProtectionExecute, File, out CallFailure? problem);
        if (code is null) return problem;
        _loader.Jump(registers, start);
        return null;
    }

    public void Dispose() => File.Dispose();

    /// <summary>The jump takes its target from an aligned place, as a process can ask to be told of others (X86_EFLAGS_AC).</summary>
    private static byte[] Content(int offset, ReadOnlySpan<byte> instruction, ulong target)
    {
        byte[] content = new byte[Pages * MappedPages.PageBytes];
        int jump = offset + instruction.Length;
        int end = jump + 6;
        int place = (end + 7) & ~7;
        instruction.CopyTo(content.AsSpan(offset));
        (content[jump], content[jump + 1]) = (0xff, 0x25); // jmp [end + distance]
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(jump + 2), place - end);
        BinaryPrimitives.WriteUInt64LittleEndian(content.AsSpan(place), target);
        return content;
    }
}
