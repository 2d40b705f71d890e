namespace BpfConformance.Abi.Programs;

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
