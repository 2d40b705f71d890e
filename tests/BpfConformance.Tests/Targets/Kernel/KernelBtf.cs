using System.Collections.Immutable;
using BpfConformance.Loading.Btf;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>The types of the running kernel by name, as far as the tests ask for them.</summary>
internal sealed class KernelBtf
{
    public const string Path = "/sys/kernel/btf/vmlinux";

    private static readonly Lazy<KernelBtf> s_running = new(() => new KernelBtf(BtfBlob.Parse(File.ReadAllBytes(Path), Path)));

    private readonly BtfBlob _blob;
    private readonly Dictionary<(BtfKind Kind, string Name), uint> _ids = [];

    private KernelBtf(BtfBlob blob)
    {
        _blob = blob;
        for (int id = 0; id < blob.Types.Length; id++) _ids.TryAdd((blob.Types[id].Kind, blob.Types[id].Name), (uint)id);
    }

    /// <summary>The types, read once; skips the test where the kernel shows none.</summary>
    public static KernelBtf OrIgnore()
    {
        if (!File.Exists(Path)) Assert.Ignore($"{Path} is missing: this kernel is built without BTF");
        return s_running.Value;
    }

    /// <summary>The id of a typedef; 0: there is none of that name.</summary>
    public uint Typedef(string name) => _ids.GetValueOrDefault((BtfKind.Typedef, name));

    /// <summary>The id of a function; 0: there is none of that name.</summary>
    public uint Function(string name) => _ids.GetValueOrDefault((BtfKind.Function, name));

    /// <summary>The id of a structure; 0: there is none of that name.</summary>
    public uint Structure(string name) => _ids.GetValueOrDefault((BtfKind.Struct, name));

    /// <summary>Bytes of a structure; <c>null</c>: there is none of that name.</summary>
    public uint? SizeOf(string structure) =>
        _ids.TryGetValue((BtfKind.Struct, structure), out uint id) ? _blob.BytesOf(id) : null;

    public IEnumerable<StructureMember> Members(string structure) => Members((BtfComposite)Type(_ids[(BtfKind.Struct, structure)]), 0);

    public ImmutableArray<BtfEnumerator> Enumerators(string enumeration) =>
        ((BtfEnum)Type(_ids[(BtfKind.Enum, enumeration)])).Values;

    private BtfType Type(uint id) => _blob.Types[(int)id];

    private IEnumerable<StructureMember> Members(BtfComposite composite, int start)
    {
        foreach (BtfMember member in composite.Members)
        {
            int offset = start + (int)(member.OffsetBits / 8);
            if (member.Name.Length > 0)
            {
                yield return new StructureMember(member.Name, offset, (int)(_blob.BytesOf(member.TypeId) ?? 0));
                continue;
            }

            if (Type(member.TypeId) is not BtfComposite nameless) continue;
            foreach (StructureMember inner in Members(nameless, offset)) yield return inner;
        }
    }
}
