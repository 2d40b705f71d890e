using System.Globalization;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Tests.Abi.Instructions;

/// <summary>One line of conformance/isa.csv, with its cells as they are written.</summary>
internal sealed record IsaLine(
    int Number, string Opcode, string Dst, string Src, string Offset, string Immediate,
    string Name, string Group, string Cpu, string Section)
{
    public byte OpcodeValue => byte.Parse(Opcode.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}

/// <summary>The second transcription of RFC 9669; the rules of its columns stand at its top.</summary>
internal static class IsaCsv
{
    private const string Header = "opcode,dst,src,offset,imm,name,group,cpu,section";

    public static IReadOnlyList<IsaLine> Read()
    {
        string[] lines = File.ReadAllLines(Repository.PathOf("conformance", "isa.csv"));
        int header = Array.IndexOf(lines, Header);
        if (header < 0) throw new InvalidDataException($"isa.csv has no line '{Header}'");
        return [.. lines.Skip(header + 1).Select((line, n) => Parse(line, header + 2 + n))];
    }

    /// <summary>The rule that a cell of dst, src, offset or imm states.</summary>
    public static FieldRule Rule(string cell) => cell switch
    {
        "0" => FieldRule.Zero,
        "any" => FieldRule.Any,
        "reg" => FieldRule.AnyRegister,
        "wreg" => FieldRule.WritableRegister,
        _ when cell.StartsWith("0x", StringComparison.Ordinal) =>
            FieldRule.Exactly(int.Parse(cell.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
        _ => FieldRule.Exactly(int.Parse(cell, CultureInfo.InvariantCulture)),
    };

    public static string GroupName(ConformanceGroup group) => group switch
    {
        ConformanceGroup.Base32 => "base32",
        ConformanceGroup.Base64 => "base64",
        ConformanceGroup.Atomic32 => "atomic32",
        ConformanceGroup.Atomic64 => "atomic64",
        ConformanceGroup.Divmul32 => "divmul32",
        ConformanceGroup.Divmul64 => "divmul64",
        ConformanceGroup.Packet => "packet",
        ConformanceGroup.AcquireRelease => "acquire-release",
        ConformanceGroup.MayGoto => "may-goto",
        ConformanceGroup.AddressSpace => "address-space",
        ConformanceGroup.CallX => "callx",
    };

    public static string CpuName(CpuVersion version) => version switch
    {
        CpuVersion.V1 => "v1",
        CpuVersion.V2 => "v2",
        CpuVersion.V3 => "v3",
        CpuVersion.V4 => "v4",
    };

    private static IsaLine Parse(string line, int number)
    {
        string[] cells = line.Split(',');
        return cells.Length == 9
            ? new IsaLine(number, cells[0], cells[1], cells[2], cells[3], cells[4], cells[5], cells[6], cells[7], cells[8])
            : throw new InvalidDataException($"isa.csv line {number} has {cells.Length} cells, expected 9");
    }
}
