using System.Collections.Immutable;

namespace BpfConformance.Abi.Programs;

/// <summary>What r1 points to when a program starts: a structure, and who may do what with its fields.</summary>
/// <param name="Name">The structure's name in the kernel; what it is in parentheses, where it has none.</param>
/// <param name="SizeBytes">Of the structure.</param>
/// <param name="ViewNames">Who sees it; each is a column of the fields' permissions.</param>
/// <param name="Fields">By offset. Where two fields share bytes, an access belongs to the first that takes it.</param>
public sealed record ContextLayout(
    string Name, int SizeBytes, ImmutableArray<string> ViewNames, ImmutableArray<ContextField> Fields)
{
    /// <summary>The context as the hooks of that name see it.</summary>
    public ContextView this[string viewName]
    {
        get
        {
            int column = ViewNames.IndexOf(viewName);
            return column >= 0
                ? new ContextView(this, column)
                : throw new ArgumentOutOfRangeException(nameof(viewName), viewName, $"{Name} is seen by {string.Join(", ", ViewNames)}");
        }
    }
}

/// <summary>A context as one family of hooks sees it.</summary>
/// <param name="Layout">The structure.</param>
/// <param name="Column">Of the family, in the permissions of the fields.</param>
public readonly record struct ContextView(ContextLayout Layout, int Column)
{
    public string Name => Layout.ViewNames[Column];

    public FieldPermission PermissionOf(ContextField field) => field.Permissions[Column];

    /// <summary>The field that an access touches; <c>null</c>: the verifier refuses it.</summary>
    public ContextField? Find(int offset, int widthBytes, ContextAccess access)
    {
        FieldPermission needed = access == ContextAccess.Store ? FieldPermission.ReadWrite : FieldPermission.Read;
        foreach (ContextField field in Layout.Fields)
        {
            if (PermissionOf(field) >= needed && field.Takes(offset, widthBytes, access)) return field;
        }

        return null;
    }
}
