using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Execution;

/// <summary>What a dynamic pointer leads to.</summary>
public enum DynptrKind : uint
{
    /// <summary>Nothing: it could not be made, or was given back.</summary>
    Null,

    /// <summary>Memory of the program, or a sample of user space.</summary>
    Local,

    /// <summary>A record that is reserved in a ring buffer.</summary>
    RingBuffer,
}

/// <summary>What this machine keeps in the bytes of a struct bpf_dynptr (include/uapi/linux/bpf.h, 6.18): what they hold is each machine's own, and no program can read it.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Dynptr
{
    /// <summary>Bytes of one.</summary>
    public const int SizeBytes = 16;

    /// <summary>DYNPTR_MAX_SIZE (kernel/bpf/helpers.c): the most bytes that one leads to.</summary>
    public const uint MaxBytes = (1 << 24) - 1;

    /// <summary>Where they are, as the program sees it.</summary>
    public ulong Address;

    /// <summary>How many.</summary>
    public uint Bytes;

    public DynptrKind Kind;

    /// <summary>bpf_dynptr_check_off_len: whether so many bytes are there from an offset on.</summary>
    public readonly bool Has(uint offset, ulong count) => count <= Bytes && offset <= Bytes - count;

    /// <summary>Takes what is at an address; whether it can be one.</summary>
    public static unsafe bool TryRead(Machine* m, ulong address, out Dynptr found)
    {
        byte* bytes = GuestMemory.Readable(m, address, SizeBytes);
        found = bytes == null ? default : Unsafe.ReadUnaligned<Dynptr>(bytes);
        return bytes != null && found.Kind <= DynptrKind.RingBuffer;
    }

    public readonly unsafe void Write(byte* bytes) => Unsafe.WriteUnaligned(bytes, this);
}
