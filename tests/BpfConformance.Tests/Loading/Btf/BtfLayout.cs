using System.Collections.Immutable;
using BpfConformance.Loading.Btf;

namespace BpfConformance.Tests.Loading.Btf;

/// <summary>Lays out one well-formed type after the other, each from what is there already.</summary>
internal sealed class BtfLayout
{
    private static readonly string[] s_names = ["a", "b", "task_struct", "größe", "x.y"];
    private static readonly BtfKind[] s_references =
        [BtfKind.Typedef, BtfKind.Const, BtfKind.Volatile, BtfKind.Restrict, BtfKind.TypeTag];

    public BtfLayout() => Add(new BtfInt("int", 4, BtfIntEncoding.Signed, 0, 32), 4);

    public List<BtfType> Types { get; } = [];

    public List<uint?> Bytes { get; } = [];

    /// <summary>Adds a type of one of fifteen kinds; the numbers choose its parts.</summary>
    public void Add(int kind, int first, int second)
    {
        string name = s_names[second % s_names.Length];
        uint part = Pick(first, id => BytesOf(id) is < 1 << 16);
        uint size = BytesOf(part)!.Value;
        switch (kind)
        {
            case 0:
                uint bytes = 1u << (first % 5);
                byte bits = (byte)(second % ((bytes * 8) + 1));
                Add(new BtfInt(name, bytes, (BtfIntEncoding)(second % 5 is 3 ? 4 : second % 5), (byte)((bytes * 8) - bits), bits), bytes);
                break;
            case 1:
                Add(new BtfReference(BtfKind.Pointer, "", second % 3 == 0 ? 0 : part), 8);
                break;
            case 2:
                BtfKind reference = s_references[second % s_references.Length];
                bool isNamed = reference is BtfKind.Typedef or BtfKind.TypeTag;
                Add(new BtfReference(reference, isNamed ? name : "", part, reference == BtfKind.TypeTag && first % 2 == 0), size);
                break;
            case 3:
                Add(new BtfArray(part, 1, (uint)second % 5), size * ((uint)second % 5));
                break;
            case 4:
                AddStruct(name, first, second);
                break;
            case 5:
                ImmutableArray<BtfMember> members = [new("", part, 0), new("narrow", 1, 0, (byte)(second % 33))];
                Add(new BtfComposite(BtfKind.Union, name, Math.Max(size, 4), members), Math.Max(size, 4));
                break;
            case 6:
                bool isSigned = first % 2 == 0;
                BtfEnumerator most = new("most", isSigned ? 7 : 0xffff_ffff);
                Add(new BtfEnum(BtfKind.Enum, name, 4, isSigned, [new("least", isSigned ? -second : second), most]), 4);
                break;
            case 7:
                Add(new BtfEnum(BtfKind.Enum64, name, 8, first % 2 == 0, [new("value", ((long)first << 40) - second)]), 8);
                break;
            case 8:
                Add(new BtfForward(name, first % 2 == 0), bytes: null);
                break;
            case 9:
                ImmutableArray<BtfParameter> parameters = [.. Enumerable.Repeat(new BtfParameter(name, part), second % 4)];
                Add(new BtfPrototype(first % 3 == 0 ? 0 : part, first % 2 == 0 ? parameters.Add(new("", 0)) : parameters), bytes: null);
                break;
            case 10:
                uint prototype = Pick(first, id => Types[(int)id - 1] is BtfPrototype);
                if (prototype != 0) Add(new BtfFunction(name, prototype, (BtfLinkage)(second % 3)), bytes: null);
                break;
            case 11:
                Add(new BtfVariable(name, part, (BtfLinkage)(second % 3)), bytes: null);
                break;
            case 12:
                uint variable = Pick(first, id => Types[(int)id - 1] is BtfVariable);
                BtfSectionEntry[] entries = variable == 0 ? [] : [new(variable, 0, 8), new(variable, 8, 8)];
                Add(new BtfDataSection("." + name, (uint)second, [.. entries]), (uint)second);
                break;
            case 13:
                Add(new BtfFloat(name, 2u << (first % 4)), 2u << (first % 4));
                break;
            default:
                uint tagged = Pick(first, id => Types[(int)id - 1] is BtfComposite or BtfFunction or BtfVariable);
                if (tagged != 0) Add(new BtfDeclarationTag(name, tagged, -1, second % 2 == 0), bytes: null);
                break;
        }
    }

    private void AddStruct(string name, int first, int second)
    {
        var members = ImmutableArray.CreateBuilder<BtfMember>();
        uint end = 0;
        for (int i = 0; i < second % 4; i++)
        {
            uint part = Pick(first + (i * 7), id => BytesOf(id) is < 1 << 16);
            members.Add(new BtfMember(i == 2 ? "" : $"m{i}", part, end * 8));
            end += BytesOf(part)!.Value;
        }

        if (first % 2 == 0) members.Add(new BtfMember("bits", 1, end * 8, 5));
        Add(new BtfComposite(BtfKind.Struct, name, end + 4, members.DrainToImmutable()), end + 4);
    }

    private void Add(BtfType type, uint? bytes)
    {
        Types.Add(type);
        Bytes.Add(bytes);
    }

    private uint? BytesOf(uint id) => Types[(int)id - 1] is BtfDataSection ? null : Bytes[(int)id - 1];

    /// <summary>The first type from a place on that will do, around the end; 0: none.</summary>
    private uint Pick(int from, Func<uint, bool> isGood)
    {
        for (int i = 0; i < Types.Count; i++)
        {
            uint id = (uint)((from + i) % Types.Count) + 1;
            if (isGood(id)) return id;
        }

        return 0;
    }
}
