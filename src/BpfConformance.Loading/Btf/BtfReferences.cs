using System.Collections.Immutable;
using BpfConformance.Abi;

namespace BpfConformance.Loading.Btf;

/// <summary>Whether the ids that a type names exist and are of a kind that may stand there.</summary>
internal readonly struct BtfReferences(ImmutableArray<BtfType> types, BtfSource source)
{
    /// <exception cref="BpfFormatException">One does not exist, or may not stand there.</exception>
    public void Check(uint id)
    {
        switch (types[(int)id])
        {
            case BtfReference reference:
                Value(id, reference.TypeId, orVoid: true);
                break;
            case BtfArray array:
                Value(id, array.ElementTypeId);
                Value(id, array.IndexTypeId);
                break;
            case BtfComposite composite:
                foreach (BtfMember member in composite.Members) Value(id, member.TypeId);
                break;
            case BtfFunction function:
                Need(id, function.PrototypeId, At(id, function.PrototypeId).Kind == BtfKind.Prototype);
                break;
            case BtfPrototype prototype:
                Check(id, prototype);
                break;
            case BtfVariable variable:
                Value(id, variable.TypeId);
                break;
            case BtfDataSection section:
                foreach (BtfSectionEntry entry in section.Entries)
                {
                    Need(id, entry.TypeId, At(id, entry.TypeId).Kind is BtfKind.Variable or BtfKind.Function);
                }

                break;
            case BtfDeclarationTag tag:
                Check(id, tag);
                break;
            default:
                break;
        }
    }

    private void Check(uint id, BtfPrototype prototype)
    {
        Value(id, prototype.ReturnTypeId, orVoid: true);
        for (int i = 0; i < prototype.Parameters.Length; i++)
        {
            BtfParameter parameter = prototype.Parameters[i];
            bool isRest = i == prototype.Parameters.Length - 1 && parameter.Name.Length == 0;
            Value(id, parameter.TypeId, orVoid: isRest);
        }
    }

    private void Check(uint id, BtfDeclarationTag tag)
    {
        int components = At(id, tag.TypeId) switch
        {
            BtfComposite composite => composite.Members.Length,
            BtfFunction function when At(id, function.PrototypeId) is BtfPrototype prototype => prototype.Parameters.Length,
            BtfVariable or BtfReference { Kind: BtfKind.Typedef } => 0,
            _ => throw source.Error(id, $"it may not name type {tag.TypeId}"),
        };
        if (tag.Component < -1 || tag.Component >= components)
        {
            throw source.Error(id, $"a tag of component {tag.Component} of {components}");
        }
    }

    /// <summary>A type that something can have: no function, variable, section or tag of one.</summary>
    private void Value(uint id, uint named, bool orVoid = false)
    {
        BtfKind kind = At(id, named).Kind;
        bool isNone = kind is BtfKind.Function or BtfKind.Variable or BtfKind.DataSection or BtfKind.DeclarationTag;
        Need(id, named, !isNone && (orVoid || kind != BtfKind.Unknown));
    }

    private void Need(uint id, uint named, bool isGood)
    {
        if (!isGood) throw source.Error(id, $"it may not name type {named}");
    }

    private BtfType At(uint id, uint named) =>
        named < (uint)types.Length ? types[(int)named] : throw source.Error(id, $"it names type {named} of {types.Length}");
}
