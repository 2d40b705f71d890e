namespace BpfConformance.Abi.Maps;

/// <summary>A structure of the kernel that lies in the values of a map and is found there by the name of its type.</summary>
public enum ValueFieldKind
{
    /// <summary><c>struct bpf_spin_lock</c>.</summary>
    SpinLock,

    /// <summary><c>struct bpf_timer</c>.</summary>
    Timer,
}

/// <summary>One such structure.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Offset">Where in the value, in bytes.</param>
public readonly record struct ValueField(ValueFieldKind Kind, int Offset)
{
    /// <summary>Its size.</summary>
    public int Bytes => Kind switch
    {
        ValueFieldKind.SpinLock => 4,
        ValueFieldKind.Timer => 16,
    };

    /// <summary>Where it may lie: at multiples of this.</summary>
    public int Alignment => Kind switch
    {
        ValueFieldKind.SpinLock => 4,
        ValueFieldKind.Timer => 8,
    };

    /// <summary>The first byte behind it.</summary>
    public int End => Offset + Bytes;
}
