namespace BpfConformance.Engine.Generation.Valid;

/// <summary>What a register can hold, as far as a verifier tells it apart.</summary>
public enum ValueKind : byte
{
    /// <summary>Nothing that may be read.</summary>
    Uninitialized,

    /// <summary>A number.</summary>
    Scalar,

    /// <summary>The stack of its own frame.</summary>
    Stack,

    /// <summary>The stack of a frame that called.</summary>
    CallerStack,

    /// <summary>The memory that the program is given.</summary>
    Memory,

    /// <summary>What the program is given by its hook.</summary>
    Context,

    /// <summary>A map.</summary>
    Map,

    /// <summary>A value of a map, found by its key.</summary>
    MapValue,

    /// <summary>A value of a map, or null.</summary>
    MapValueOrNull,

    /// <summary>A value of a map that stands in the program.</summary>
    DirectMapValue,

    /// <summary>A map that was found in a map.</summary>
    InnerMap,

    /// <summary>Bytes of the packet.</summary>
    Packet,

    /// <summary>Where the packet ends.</summary>
    PacketEnd,

    /// <summary>A record that was reserved in a ring buffer.</summary>
    Record,

    /// <summary>The same, or null.</summary>
    RecordOrNull,
}

/// <summary>What may be done with a kind.</summary>
internal static class ValueKinds
{
    /// <summary>How many there are.</summary>
    public const int Count = (int)ValueKind.RecordOrNull + 1;

    /// <summary>Those of bytes that may be read and written.</summary>
    public static bool IsRegion(ValueKind kind) => kind is ValueKind.Stack or ValueKind.CallerStack or ValueKind.Memory or ValueKind.MapValue
        or ValueKind.DirectMapValue or ValueKind.Packet or ValueKind.Record;

    /// <summary>Those that an atomic may work on (kernel/bpf/verifier.c, 6.18, <c>atomic_ptr_type_ok</c>).</summary>
    public static bool TakesAtomics(ValueKind kind) => IsRegion(kind) && kind != ValueKind.Packet;
}
