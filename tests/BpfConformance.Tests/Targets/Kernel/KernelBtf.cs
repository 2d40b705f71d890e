using System.Buffers.Binary;
using System.Text;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>A member of a structure, by its distance from the structure's start; those of nameless structures in it count as its own.</summary>
internal readonly record struct BtfMember(string Name, int Offset, int SizeBytes);

/// <summary>The types of the running kernel (Documentation/bpf/btf.rst, 6.18), as far as the tests ask for them.</summary>
internal sealed class KernelBtf
{
    public const string Path = "/sys/kernel/btf/vmlinux";

    private const int HeaderBytes = 24;
    private const int TypeBytes = 12;

    private readonly byte[] _bytes = File.ReadAllBytes(Path);
    private readonly int _strings;
    private readonly List<int> _positions = [0];
    private readonly Dictionary<(Kind Kind, string Name), int> _ids = [];

    public KernelBtf()
    {
        int end = HeaderBytes + Int(8) + Int(12);
        _strings = HeaderBytes + Int(16);
        for (int position = HeaderBytes + Int(8); position < end; position += TypeBytes + TailBytes(position))
        {
            _ids.TryAdd((KindAt(position), Text(Int(position))), _positions.Count);
            _positions.Add(position);
        }
    }

    private enum Kind
    {
        Void, Int, Pointer, Array, Struct, Union, Enum, Forward, Typedef, Volatile, Const, Restrict, Function, FunctionType,
        Variable, DataSection, Float, DeclarationTag, TypeTag, Enum64,
    }

    /// <summary>The number of a typedef; 0: there is none of that name.</summary>
    public int Typedef(string name) => _ids.GetValueOrDefault((Kind.Typedef, name));

    /// <summary>The number of a function; 0: there is none of that name.</summary>
    public int Function(string name) => _ids.GetValueOrDefault((Kind.Function, name));

    /// <summary>Bytes of a structure; <c>null</c>: there is none of that name.</summary>
    public int? SizeOf(string structure) =>
        _ids.TryGetValue((Kind.Struct, structure), out int id) ? Int(_positions[id] + 8) : null;

    public IEnumerable<BtfMember> Members(string structure) => Members(_positions[_ids[(Kind.Struct, structure)]], 0);

    public IEnumerable<(string Name, int Value)> Enumerators(string enumeration)
    {
        int position = _positions[_ids[(Kind.Enum, enumeration)]];
        for (int i = 0; i < Count(position); i++)
        {
            int row = position + TypeBytes + (8 * i);
            yield return (Text(Int(row)), Int(row + 4));
        }
    }

    private IEnumerable<BtfMember> Members(int position, int start)
    {
        bool hasBitfields = Int(position + 4) < 0;
        for (int i = 0; i < Count(position); i++)
        {
            int row = position + TypeBytes + (12 * i);
            int bits = hasBitfields ? Int(row + 8) & 0xff_ffff : Int(row + 8);
            int offset = start + (bits / 8);
            string name = Text(Int(row));
            int type = Int(row + 4);
            if (name.Length > 0)
            {
                yield return new BtfMember(name, offset, Size(type));
                continue;
            }

            if (KindAt(_positions[type]) is not (Kind.Struct or Kind.Union)) continue;
            foreach (BtfMember inner in Members(_positions[type], offset)) yield return inner;
        }
    }

    private int Size(int type)
    {
        int position = _positions[type];
        return KindAt(position) switch
        {
            Kind.Int or Kind.Struct or Kind.Union or Kind.Enum or Kind.Enum64 or Kind.Float => Int(position + 8),
            Kind.Pointer => sizeof(ulong),
            Kind.Array => Int(position + TypeBytes + 8) * Size(Int(position + TypeBytes)),
            Kind.Typedef or Kind.Volatile or Kind.Const or Kind.Restrict or Kind.TypeTag => Size(Int(position + 8)),
            Kind.Void or Kind.Forward or Kind.Function or Kind.FunctionType or Kind.Variable or Kind.DataSection
                or Kind.DeclarationTag => 0,
        };
    }

    private int TailBytes(int position) => KindAt(position) switch
    {
        Kind.Int or Kind.Variable or Kind.DeclarationTag => 4,
        Kind.Array => 12,
        Kind.Struct or Kind.Union or Kind.DataSection or Kind.Enum64 => 12 * Count(position),
        Kind.Enum or Kind.FunctionType => 8 * Count(position),
        Kind.Void or Kind.Pointer or Kind.Forward or Kind.Typedef or Kind.Volatile or Kind.Const or Kind.Restrict
            or Kind.Function or Kind.Float or Kind.TypeTag => 0,
    };

    private Kind KindAt(int position) => (Kind)((Int(position + 4) >> 24) & 31);

    private int Count(int position) => Int(position + 4) & 0xffff;

    private int Int(int position) => BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(position));

    private string Text(int offset)
    {
        ReadOnlySpan<byte> rest = _bytes.AsSpan(_strings + offset);
        return Encoding.UTF8.GetString(rest[..rest.IndexOf((byte)0)]);
    }
}
