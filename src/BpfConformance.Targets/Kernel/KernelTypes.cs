using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using BpfConformance.Loading.Btf;

namespace BpfConformance.Targets.Kernel;

/// <summary>
/// BTF types of the running kernel by name. Of its some hundred thousand nothing is read but what leads from one to the next, so that
/// it takes a few milliseconds (include/uapi/linux/btf.h, 6.18).
/// </summary>
internal static class KernelTypes
{
    private const string Path = "/sys/kernel/btf/vmlinux";
    private const int TypeBytes = 12; // struct btf_type

    private static readonly ConcurrentDictionary<KernelType, uint> s_ids = [];

    /// <summary>The id of a type; 0: the kernel shows none of that name, or in a way that is not known here.</summary>
    public static uint IdOf(KernelType type) => s_ids.GetOrAdd(type, static type => File.Exists(Path) ? Find(File.ReadAllBytes(Path), type) : 0);

    /// <summary>The id of a type in a blob of BTF; 0: there is none, or one before it is of a kind that is not known here.</summary>
    internal static uint Find(ReadOnlySpan<byte> blob, KernelType type)
    {
        ReadOnlySpan<byte> content = blob[(int)Word(blob, 4)..]; // struct btf_header: hdr_len, then where types and strings are
        ReadOnlySpan<byte> types = content.Slice((int)Word(blob, 8), (int)Word(blob, 12));
        ReadOnlySpan<byte> strings = content.Slice((int)Word(blob, 16), (int)Word(blob, 20));
        int place = strings.IndexOf(Encoding.ASCII.GetBytes($"\0{type.Name}\0")) + 1;
        if (place == 0) return 0;

        uint id = 1; // 0 is void
        for (int position = 0; position < types.Length; id++)
        {
            uint info = Word(types, position + 4);
            var kind = (BtfKind)((info >> 24) & 0x1f);
            if (!Enum.IsDefined(kind)) return 0; // of a newer kernel: where it ends is not known
            if (kind == type.Kind && Word(types, position) == place) return id;
            position += TypeBytes + BytesBehind(kind, elements: (int)(info & 0xffff));
        }

        return 0;
    }

    /// <summary>How many bytes of a type follow its first three words.</summary>
    private static int BytesBehind(BtfKind kind, int elements) => kind switch
    {
        BtfKind.Int or BtfKind.Variable or BtfKind.DeclarationTag => 4,
        BtfKind.Array => 12,
        BtfKind.Struct or BtfKind.Union or BtfKind.DataSection or BtfKind.Enum64 => 12 * elements,
        BtfKind.Enum or BtfKind.Prototype => 8 * elements,
        BtfKind.Unknown or BtfKind.Pointer or BtfKind.Forward or BtfKind.Typedef or BtfKind.Volatile or BtfKind.Const or BtfKind.Restrict
            or BtfKind.Function or BtfKind.Float or BtfKind.TypeTag => 0,
    };

    private static uint Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);
}
