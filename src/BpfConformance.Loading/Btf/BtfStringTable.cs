using System.Text;

namespace BpfConformance.Loading.Btf;

/// <summary>The names of a blob that is being written; each is in it once, and the first is the empty one.</summary>
internal sealed class BtfStringTable
{
    private readonly Dictionary<string, uint> _offsets = new(StringComparer.Ordinal) { [string.Empty] = 0 };
    private readonly List<byte> _bytes = [0];

    public int Bytes => _bytes.Count;

    /// <exception cref="ArgumentException">The name holds a NUL, or there are too many.</exception>
    public uint OffsetOf(string name)
    {
        if (_offsets.TryGetValue(name, out uint known)) return known;
        if (name.Contains('\0', StringComparison.Ordinal)) throw new ArgumentException("a name ends at its NUL", nameof(name));

        int offset = _bytes.Count;
        if (offset > BtfLimits.NameOffset) throw new ArgumentException($"names take more than {BtfLimits.NameOffset} bytes", nameof(name));
        _bytes.AddRange(Encoding.UTF8.GetBytes(name));
        _bytes.Add(0);
        _offsets.Add(name, (uint)offset);
        return (uint)offset;
    }

    public void CopyTo(List<byte> blob) => blob.AddRange(_bytes);
}
