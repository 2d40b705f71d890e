using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Runtime.Contexts;

/// <summary>
/// What a region that is no plain memory has in it, for engines that look accesses up: the fields of a <see cref="ContextView"/>. There is
/// one for each view, and none is ever freed.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public readonly unsafe struct ContextTable
{
    private static readonly ConcurrentDictionary<ContextView, nint> s_tables = [];

    private readonly ContextCell* _cells;
    private readonly int _cellCount;

    /// <summary>For each offset the first cell that has the byte, or one behind it.</summary>
    private readonly ushort* _first;

    private ContextTable(ContextView view)
    {
        ContextField[] fields = [.. view.Layout.Fields.Where(field => view.PermissionOf(field) != FieldPermission.None)];
        (Layout, SizeBytes) = (view.Layout.Number, view.Layout.SizeBytes);
        _cellCount = fields.Length;
        _cells = (ContextCell*)NativeMemory.Alloc((nuint)Math.Max(fields.Length, 1), (nuint)sizeof(ContextCell));
        _first = (ushort*)NativeMemory.Alloc((nuint)SizeBytes, sizeof(ushort));
        for (int i = 0; i < fields.Length; i++) _cells[i] = new ContextCell(fields[i], view.PermissionOf(fields[i]));
        for (int offset = 0; offset < SizeBytes; offset++)
        {
            int first = Array.FindIndex(fields, field => offset < field.Offset + field.SizeBytes);
            _first[offset] = (ushort)(first < 0 ? fields.Length : first);
        }
    }

    /// <summary>The <see cref="ContextLayout.Number"/> of the structure.</summary>
    public int Layout { get; }

    /// <summary>Of the structure.</summary>
    public int SizeBytes { get; }

    public static ContextTable* Of(ContextView view) => (ContextTable*)s_tables.GetOrAdd(view, static view =>
    {
        var table = (ContextTable*)NativeMemory.Alloc((nuint)sizeof(ContextTable));
        *table = new ContextTable(view);
        return (nint)table;
    });

    /// <summary>The field that an access touches; null: there is none that it may touch.</summary>
    /// <param name="offset">Less than <see cref="SizeBytes"/>.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="access">Which way.</param>
    public ContextCell* Find(int offset, int bytes, ContextAccess access)
    {
        for (int i = _first[offset]; i < _cellCount && _cells[i].Offset <= offset; i++)
        {
            if (_cells[i].Takes(offset, bytes, access)) return _cells + i;
        }

        return null;
    }
}

/// <summary>One field, as one view sees it.</summary>
public readonly struct ContextCell
{
    private readonly FieldAccess _loads;
    private readonly FieldAccess _stores;
    private readonly bool _extendsSign;
    private readonly ulong _lastStored;

    internal ContextCell(ContextField field, FieldPermission permission)
    {
        (Offset, SizeBytes) = (field.Offset, field.SizeBytes);
        Value = field.Value == ContextValue.ByBtf ? ContextValue.Number : field.Value;
        _loads = field.Loads;
        _stores = permission == FieldPermission.ReadWrite ? field.Stores : FieldAccess.None;
        _extendsSign = Value == ContextValue.Number;
        KeptBytes = field.KeptBytes;
        _lastStored = field.IgnoredFrom - 1 ?? ulong.MaxValue;
    }

    public int Offset { get; }

    public int SizeBytes { get; }

    /// <summary>As <see cref="ContextField.KeptBytes"/>.</summary>
    public int KeptBytes { get; }

    /// <summary>Arguments of a function are numbers here: no function of a kernel says what they are.</summary>
    public ContextValue Value { get; }

    /// <summary>Whether a store leaves just what was stored.</summary>
    public bool KeepsAll => KeptBytes == SizeBytes && _lastStored == ulong.MaxValue;

    /// <summary>Whether a store changes nothing: <see cref="ContextField.IgnoredFrom"/>.</summary>
    public bool Ignores(ulong value) => value > _lastStored;

    /// <summary>As <see cref="ContextField.Takes"/>.</summary>
    public bool Takes(int offset, int bytes, ContextAccess access)
    {
        FieldAccess widths = access == ContextAccess.Store ? _stores : _loads;
        return offset >= Offset && offset + bytes <= Offset + SizeBytes && offset % bytes == 0
            && (widths & (FieldAccess)bytes) != FieldAccess.None
            && (offset == Offset || (widths & FieldAccess.StartOnly) == FieldAccess.None)
            && (access != ContextAccess.SignedLoad || (_extendsSign && bytes < sizeof(ulong)));
    }
}
