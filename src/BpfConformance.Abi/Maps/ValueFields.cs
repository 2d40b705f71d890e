using System.Collections.Immutable;

namespace BpfConformance.Abi.Maps;

/// <summary>Which of the fields that a map states are there (kernel/bpf/btf.c, 6.18, btf_parse_fields).</summary>
public readonly record struct ValueFields
{
    private const int None = -1;

    /// <summary>BTF_FIELDS_MAX (include/linux/bpf.h, 6.18).</summary>
    private const int Most = 11;

    private ValueFields(ImmutableArray<ValueField> all)
    {
        All = all;
        (SpinLock, Timer) = (Find(ValueFieldKind.SpinLock), Find(ValueFieldKind.Timer));
    }

    /// <summary>In ascending order, and apart.</summary>
    public ImmutableArray<ValueField> All { get; }

    /// <summary>Where the lock is; negative: there is none.</summary>
    public int SpinLock { get; }

    /// <summary>Where the timer is; negative: there is none.</summary>
    public int Timer { get; }

    public bool HasSpinLock => SpinLock >= 0;

    public bool HasTimer => Timer >= 0;

    /// <summary>Whether there is a pointer to an object.</summary>
    public bool HasPointer => All.Any(each => each.Kind is ValueFieldKind.Kptr or ValueFieldKind.KptrUntrusted);

    /// <summary>
    /// What BPF_BTF_LOAD answers to the types of such values: members in their order and inside, and of locks and pointers, which it looks at by itself
    /// (btf_parse_struct_metas), one lock and not too many pointers, where they may lie, and apart.
    /// </summary>
    public static Errno CheckTypes(MapDefinition map)
    {
        int last = 0;
        foreach (ValueField field in map.Fields)
        {
            if (field.Offset < last || field.End > map.ValueBytes) return Errno.EINVAL;
            last = field.Offset;
        }

        ImmutableArray<ValueField> seen = [.. map.Fields.Where(field => field.Kind != ValueFieldKind.Timer)];
        bool isTooMuch = seen.Count(field => field.Kind == ValueFieldKind.SpinLock) > 1 || seen.Length > Most;
        return isTooMuch ? Errno.E2BIG
            : seen.Any(IsMisaligned) ? Errno.EFAULT
            : AreApart(seen) ? Errno.None
            : Errno.EEXIST;
    }

    /// <summary>
    /// Those of a map whose types are right. A timer that does not lie where it may is none; where there are two, or too many fields, or fields lie over each
    /// other, the map is created, and nothing in its values is a field.
    /// </summary>
    public static ValueFields Of(MapDefinition map)
    {
        if (map.Fields.Count(field => field.Kind == ValueFieldKind.Timer) > 1) return new([]);
        ImmutableArray<ValueField> fields = [.. map.Fields.Where(field => !IsMisaligned(field))];
        return new(fields.Length <= Most && AreApart(fields) ? fields : []);
    }

    private static bool AreApart(ImmutableArray<ValueField> fields) =>
        Enumerable.Range(1, Math.Max(fields.Length - 1, 0)).All(i => fields[i - 1].End <= fields[i].Offset);

    public bool Equals(ValueFields other) => All.SequenceEqual(other.All);

    public override int GetHashCode() => HashCode.Combine(SpinLock, Timer);

    private static bool IsMisaligned(ValueField field) => field.Offset % field.Alignment != 0;

    private int Find(ValueFieldKind kind)
    {
        foreach (ValueField field in All)
        {
            if (field.Kind == kind) return field.Offset;
        }

        return None;
    }
}
