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
    /// <summary>How many bytes of what is stored the kernel keeps; the others read as zeros. All, unless it says otherwise.</summary>
    public int KeptBytes { get; init; } = SizeBytes;

    /// <summary>A store of this or more, in all 64 bits of what is stored, changes nothing; <c>null</c>: there is no such limit.</summary>
    public ulong? IgnoredFrom { get; init; }

    /// <summary>Of one element, where the field is an array; else of all of it.</summary>
    public int ElementBytes { get; init; } = SizeBytes;

    public bool IsArray => ElementBytes < SizeBytes;

    /// <summary>Where the first element begins: before the field, where that is what another leaves of an array.</summary>
    public int FirstElement => IsArray ? Offset - (Offset % ElementBytes) : Offset;

    public int ElementCount => (Offset + SizeBytes - FirstElement) / ElementBytes;

    /// <summary>Whether the kernel has a word for it.</summary>
    public bool HasName => Name[0] != '(';

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
