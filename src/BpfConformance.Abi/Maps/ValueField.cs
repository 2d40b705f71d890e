namespace BpfConformance.Abi.Maps;

/// <summary>Something of the kernel's that lies in the values of a map and is found there by the name of its type, or by a tag of it.</summary>
public enum ValueFieldKind
{
    /// <summary><c>struct bpf_spin_lock</c>.</summary>
    SpinLock,

    /// <summary><c>struct bpf_timer</c>.</summary>
    Timer,

    /// <summary>A pointer to a <c>struct task_struct</c> that the value owns: nobody but bpf_kptr_xchg puts one in.</summary>
    Kptr,

    /// <summary>A pointer to one that may have ended.</summary>
    KptrUntrusted,
}

/// <summary>One of them.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Offset">Where in the value, in bytes.</param>
public readonly record struct ValueField(ValueFieldKind Kind, int Offset)
{
    /// <summary>Its size.</summary>
    public int Bytes => Kind switch
    {
        ValueFieldKind.SpinLock => 4,
        ValueFieldKind.Timer => 16,
        ValueFieldKind.Kptr or ValueFieldKind.KptrUntrusted => 8,
    };

    /// <summary>Where it may lie: at multiples of this.</summary>
    public int Alignment => Kind switch
    {
        ValueFieldKind.SpinLock => 4,
        ValueFieldKind.Timer or ValueFieldKind.Kptr or ValueFieldKind.KptrUntrusted => 8,
    };

    /// <summary>The first byte behind it.</summary>
    public int End => Offset + Bytes;
}
