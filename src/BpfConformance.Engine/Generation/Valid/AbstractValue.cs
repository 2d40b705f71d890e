using BpfConformance.Domains;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>What is known of a register: a number by its range, a pointer by its place in a region.</summary>
internal struct AbstractValue
{
    public ValueKind Kind;

    /// <summary>
    /// Of a number: it was loaded and is the only one that is known to be it, so that nothing but its size is known. A branch about such a number cannot bring
    /// knowledge that contradicts other knowledge, which kernel/bpf/verifier.c (6.18, reg_bounds_sanity_check) warns about and taints the kernel.
    /// </summary>
    public bool IsFresh;

    /// <summary>Of a pointer: whatever tells its region from others, such as the index of its map.</summary>
    public int Id;

    /// <summary>Of a pointer: its least distance from the start of its region, in bytes.</summary>
    public int Offset;

    /// <summary>Of a pointer: how many bytes more the distance can be.</summary>
    public int Slack;

    /// <summary>Of a pointer: the bytes of its region that may be touched.</summary>
    public int Bytes;

    /// <summary>Of a number: what it can be.</summary>
    public ScalarRange Range;

    public static AbstractValue Scalar(in ScalarRange range, bool isFresh = false) => new() { Kind = ValueKind.Scalar, Range = range, IsFresh = isFresh };

    public static AbstractValue Pointer(ValueKind kind, int bytes = 0, int offset = 0, int id = 0) =>
        new() { Kind = kind, Bytes = bytes, Offset = offset, Id = id };

    /// <summary>The last offset from it at which so many bytes may be touched; negative offsets may be too.</summary>
    public readonly int LastOffset(int size) => Bytes - Slack - Offset - size;

    /// <summary>What holds where control comes from two places.</summary>
    public readonly AbstractValue Join(in AbstractValue other)
    {
        if (Kind != other.Kind) return default;
        if (Kind == ValueKind.Scalar) return Scalar(Range.Join(other.Range), IsFresh && other.IsFresh);
        bool isSame = (Id, Offset, Slack) == (other.Id, other.Offset, other.Slack);
        return isSame ? this with { Bytes = Math.Min(Bytes, other.Bytes) } : default;
    }
}
