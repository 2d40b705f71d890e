using System.Buffers.Binary;
using System.Text;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>Finds types of the kernel by name in /sys/kernel/btf/vmlinux (include/uapi/linux/btf.h, 6.18).</summary>
internal static class KernelBtf
{
    private const string Path = "/sys/kernel/btf/vmlinux";
    private const int HeaderBytes = 24;
    private const int TypeBytes = 12;

    public const int Typedef = 8;
    public const int Function = 12;

    /// <summary>The id of the type of that kind and name, or 0.</summary>
    public static uint IdOf(int kind, string name)
    {
        if (!File.Exists(Path)) return 0;
        ReadOnlySpan<byte> btf = File.ReadAllBytes(Path);
        ReadOnlySpan<byte> types = btf.Slice(HeaderBytes + Word(btf, 8), Word(btf, 12));
        ReadOnlySpan<byte> strings = btf.Slice(HeaderBytes + Word(btf, 16), Word(btf, 20));
        byte[] wanted = [.. Encoding.ASCII.GetBytes(name), 0];

        uint id = 0;
        while (!types.IsEmpty)
        {
            id++;
            int kindHere = Word(types, 4) >> 24 & 0x1f;
            if (kindHere == kind && strings[Word(types, 0)..].StartsWith(wanted)) return id;
            types = types[(TypeBytes + BytesAfter(kindHere, Word(types, 4) & 0xffff))..];
        }

        return 0;
    }

    private static int Word(ReadOnlySpan<byte> bytes, int position) => BinaryPrimitives.ReadInt32LittleEndian(bytes[position..]);

    /// <summary>What follows a <c>struct btf_type</c> of that kind with that many members.</summary>
    private static int BytesAfter(int kind, int members) => kind switch
    {
        1 or 14 or 17 => 4,             // INT, VAR, DECL_TAG
        3 => 12,                        // ARRAY
        4 or 5 or 15 or 19 => 12 * members, // STRUCT, UNION, DATASEC, ENUM64
        6 or 13 => 8 * members,         // ENUM, FUNC_PROTO
        _ => 0,
    };
}
