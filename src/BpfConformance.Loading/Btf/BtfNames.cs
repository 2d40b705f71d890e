using System.Text;
using System.Text.Unicode;
using BpfConformance.Abi;

namespace BpfConformance.Loading.Btf;

/// <summary>The string section of a blob that is being read.</summary>
internal sealed class BtfNames
{
    private readonly BtfSource _source;
    private readonly byte[] _section;
    private readonly Dictionary<uint, string> _known = new() { [0] = string.Empty };
    private int _bytes;

    /// <exception cref="BpfFormatException">The section does not begin and end with a NUL, or is too long.</exception>
    public BtfNames(ReadOnlySpan<byte> section, BtfSource source)
    {
        _source = source;
        if (section.IsEmpty || section[0] != 0 || section[^1] != 0) throw source.Error("the strings do not begin and end with a NUL");
        if (section.Length - 1 > BtfLimits.NameOffset) throw source.Error($"{section.Length} bytes of strings; {BtfLimits.NameOffset + 1} can be named");
        _section = section.ToArray();
    }

    /// <summary>The name at an offset into the section; empty at 0.</summary>
    /// <exception cref="BpfFormatException">There is none, or it is too long, or not UTF-8.</exception>
    public string At(uint offset, uint typeId)
    {
        if (_known.TryGetValue(offset, out string? known)) return known;
        if (offset >= (uint)_section.Length) throw _source.Error(typeId, $"a name at {offset} of {_section.Length} bytes of strings");

        ReadOnlySpan<byte> rest = _section.AsSpan((int)offset);
        int length = rest[..Math.Min(rest.Length, BtfLimits.NameBytes + 1)].IndexOf((byte)0);
        if (length < 0) throw _source.Error(typeId, $"the name at {offset} has more than {BtfLimits.NameBytes} bytes");

        _bytes += length;
        if (_bytes > BtfLimits.AllNamesBytes) throw _source.Error(typeId, $"all names have more than {BtfLimits.AllNamesBytes} bytes");
        if (!Utf8.IsValid(rest[..length])) throw _source.Error(typeId, $"the name at {offset} is not UTF-8");

        string name = Encoding.UTF8.GetString(rest[..length]);
        _known.Add(offset, name);
        return name;
    }
}
