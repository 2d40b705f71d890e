using System.Collections.Immutable;

namespace BpfConformance.Abi.Programs;

/// <summary>
/// The widths, each the flag of its own number of bytes, that a field may be accessed in: everywhere inside it where an access of
/// that width is aligned.
/// </summary>
[Flags]
public enum FieldAccess : byte
{
    None = 0,
    Byte = 1,
    Half = 2,
    Word = 4,
    Double = 8,

    /// <summary>Only from the field's first byte on, whatever the width.</summary>
    StartOnly = 16,
}

/// <summary>What a hook may do with a field.</summary>
public enum FieldPermission : byte
{
    None,
    Read,
    ReadWrite,
}

/// <summary>What a load of a field gives: <c>enum bpf_reg_type</c> (include/linux/bpf.h, 6.18), as far as contexts give it.</summary>
public enum ContextValue : byte
{
    /// <summary>A number (<c>SCALAR_VALUE</c>).</summary>
    Number,

    /// <summary>The first byte of the packet (<c>PTR_TO_PACKET</c>): 64 bits, also where the field has 32.</summary>
    PacketData,

    /// <summary>The byte after the packet's last (<c>PTR_TO_PACKET_END</c>): 64 bits, also where the field has 32.</summary>
    PacketEnd,

    /// <summary>
    /// The first byte of the metadata before the packet (<c>PTR_TO_PACKET_META</c>): 64 bits, also where the field has 32.
    /// </summary>
    PacketMeta,

    /// <summary>A <c>struct bpf_sock</c> (<c>PTR_TO_SOCKET</c>).</summary>
    Socket,

    /// <summary>A <c>struct bpf_sock</c>, or null.</summary>
    SocketOrNull,

    /// <summary>What every kind of socket has of a <c>struct bpf_sock</c> (<c>PTR_TO_SOCK_COMMON</c>), or null.</summary>
    SocketCommonOrNull,

    /// <summary>A <c>struct bpf_flow_keys</c> (<c>PTR_TO_FLOW_KEYS</c>).</summary>
    FlowKeys,

    /// <summary>The memory of a writable tracepoint (<c>PTR_TO_TP_BUFFER</c>).</summary>
    TracepointBuffer,

    /// <summary>A kernel object, known by its BTF type (<c>PTR_TO_BTF_ID</c>).</summary>
    KernelObject,

    /// <summary>What the BTF type of the hook's function says of that argument.</summary>
    ByBtf,
}

/// <summary>How an instruction touches a context; atomics never may.</summary>
public enum ContextAccess : byte
{
    Load,

    /// <summary>A load that extends the sign, which pointers do not survive.</summary>
    SignedLoad,

    /// <summary>Of a register or of an immediate.</summary>
    Store,
}

/// <summary>One field of a context.</summary>
/// <param name="Name">As the kernel spells it; another spelling, in parentheses, where the kernel has no word for those bytes.</param>
/// <param name="Offset">Of its first byte from the start of the context.</param>
/// <param name="SizeBytes">Of the field; of all elements together where it is an array.</param>
/// <param name="Loads">Widths of loads, where it may be read.</param>
/// <param name="Stores">Widths of stores, where it may be written.</param>
/// <param name="Value">What a load gives.</param>
/// <param name="Permissions">What each view of the layout may do with it, in their order.</param>
public sealed record ContextField(
    string Name,
    int Offset,
    int SizeBytes,
    FieldAccess Loads,
    FieldAccess Stores,
    ContextValue Value,
    params ImmutableArray<FieldPermission> Permissions)
{
    /// <summary>Whether an access stays in the field, is aligned, and has one of the widths; whoever may make it.</summary>
    public bool Takes(int offset, int widthBytes, ContextAccess access)
    {
        FieldAccess widths = access == ContextAccess.Store ? Stores : Loads;
        int start = offset - Offset;
        return start >= 0
            && start <= SizeBytes - widthBytes
            && offset % widthBytes == 0
            && (widths & (FieldAccess)widthBytes) != FieldAccess.None
            && (start == 0 || (widths & FieldAccess.StartOnly) == FieldAccess.None)
            && (access != ContextAccess.SignedLoad || (Value is (ContextValue.Number or ContextValue.ByBtf) && widthBytes < sizeof(ulong)));
    }
}
