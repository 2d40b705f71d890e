using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;

namespace BpfConformance.Engine.Cases;

/// <summary>How the members of a closed list are written in case files, on command lines and in reports.</summary>
public sealed class Vocabulary<T>
    where T : struct, Enum
{
    private readonly Dictionary<T, string> _words;
    private readonly Dictionary<string, T> _values;

    internal Vocabulary(Func<string, string> spell, params T[] except)
    {
        _words = Enum.GetValues<T>().Except(except).ToDictionary(value => value, value => spell(value.ToString()));
        _values = _words.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);
    }

    public string this[T value] => _words[value];

    public bool TryParse(string word, out T value) => _values.TryGetValue(word, out value);

    /// <summary>All words in the order of the list, for messages.</summary>
    public override string ToString() => string.Join(", ", _words.OrderBy(pair => pair.Key).Select(pair => pair.Value));
}

/// <summary>The vocabularies.</summary>
public static class Vocabulary
{
    /// <summary>As in <c>conformance/isa.csv</c>: <c>base32</c>, <c>acquire-release</c>, <c>callx</c>.</summary>
    public static Vocabulary<ConformanceGroup> Groups { get; } = new(name => LowerCase(name, '-'));

    /// <summary><c>v1</c> to <c>v4</c>.</summary>
    public static Vocabulary<CpuVersion> CpuVersions { get; } = new(name => LowerCase(name, '_'));

    /// <summary><c>socket_filter</c>.</summary>
    public static Vocabulary<ProgramType> ProgramTypes { get; } = new(name => LowerCase(name, '_'));

    /// <summary><c>cgroup_inet4_bind</c>: a word begins at every capital.</summary>
    public static Vocabulary<AttachType> AttachTypes { get; } =
        new(name => string.Concat(name.Select((c, i) => char.IsUpper(c) && i > 0 ? $"_{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}")));

    /// <summary><c>strict_alignment</c>.</summary>
    public static Vocabulary<ProgramFlags> ProgramFlags { get; } = new(name => LowerCase(name, '_'), Abi.Programs.ProgramFlags.None);

    /// <summary><c>receiver</c>.</summary>
    public static Vocabulary<NetworkPlace> Places { get; } = new(name => LowerCase(name, '_'));

    /// <summary><c>percpu_array</c>.</summary>
    public static Vocabulary<MapType> MapTypes { get; } = new(name => LowerCase(name, '_'), MapType.Unspecified);

    /// <summary><c>spin_lock</c>.</summary>
    public static Vocabulary<PinNamespace> PinNamespaces { get; } = new(name => LowerCase(name, '_'));

    public static Vocabulary<ValueFieldKind> ValueFields { get; } = new(name => LowerCase(name, '_'));

    /// <summary><c>event_elsewhere</c>.</summary>
    public static Vocabulary<PerfEventKind> PerfEvents { get; } = new(name => LowerCase(name, '_'));

    /// <summary><c>outside</c>.</summary>
    public static Vocabulary<ControlGroupKind> ControlGroups { get; } = new(name => LowerCase(name, '_'));

    /// <summary><c>ShiftOutOfRange</c>.</summary>
    public static Vocabulary<ReasonClass> Reasons { get; } = new(name => name, ReasonClass.None);

    /// <summary><c>OutOfBoundsLoad</c>.</summary>
    public static Vocabulary<FaultKind> Faults { get; } = new(name => name, FaultKind.None);

    /// <summary>A word begins where a capital stands between two small letters: SchedCls, but not CallX or LwtSeg6Local.</summary>
    private static string LowerCase(string name, char separator)
    {
        IEnumerable<string> pieces = name.Select((c, i) =>
            char.IsUpper(c) && i > 0 && char.IsLower(name[i - 1]) && i + 1 < name.Length && char.IsLower(name[i + 1])
                ? $"{separator}{char.ToLowerInvariant(c)}"
                : $"{char.ToLowerInvariant(c)}");
        return string.Concat(pieces);
    }
}
