using System.Collections.Frozen;

namespace BpfConformance.Loading.Assembly;

/// <summary>How a slot of a template is written.</summary>
internal enum SlotKind : byte
{
    /// <summary><c>r1</c>.</summary>
    Register,

    /// <summary><c>w1</c>: the low half of a register.</summary>
    SubRegister,

    /// <summary><c>%r1</c>.</summary>
    LegacyRegister,

    /// <summary><c>-5</c> or <c>0x5</c>, printed in decimal.</summary>
    Number,

    /// <summary>The same, printed in hexadecimal.</summary>
    HexNumber,

    /// <summary>The same, printed in sixteen hexadecimal digits.</summary>
    Word,

    /// <summary>A number or the name of a map.</summary>
    Map,

    /// <summary>The name of a helper function.</summary>
    Helper,

    /// <summary>A label, <c>+3</c> or <c>pc+3</c>; printed as <c>+3</c>.</summary>
    Target,

    /// <summary>A label or <c>pc+3</c>: where a bare number is something else.</summary>
    PcTarget,

    /// <summary><c> + 8</c>, <c>+8</c> or nothing; printed as <c> + 8</c>, also when zero.</summary>
    Displacement,

    /// <summary>The same, printed as <c>+8</c>, and as nothing when zero.</summary>
    ShortDisplacement,
}

/// <summary>Where the value of a slot of a template goes.</summary>
internal enum SlotField : byte
{
    Dst, Src, Offset, Immediate, NextImmediate,

    /// <summary>Both immediates of a wide instruction.</summary>
    Immediate64,

    /// <summary>A register that the instruction names only in writing: r0.</summary>
    Zero,

    /// <summary>The whole 64-bit slot.</summary>
    Raw,
}

/// <summary>A variable part of a template.</summary>
internal readonly record struct Slot(SlotKind Kind, SlotField Field)
{
    private static readonly FrozenDictionary<string, Slot> s_named = new Dictionary<string, Slot>(StringComparer.Ordinal)
    {
        ["$dst"] = new(SlotKind.Register, SlotField.Dst),
        ["$src"] = new(SlotKind.Register, SlotField.Src),
        ["$zero"] = new(SlotKind.Register, SlotField.Zero),
        ["$wdst"] = new(SlotKind.SubRegister, SlotField.Dst),
        ["$wsrc"] = new(SlotKind.SubRegister, SlotField.Src),
        ["$wzero"] = new(SlotKind.SubRegister, SlotField.Zero),
        ["$ldst"] = new(SlotKind.LegacyRegister, SlotField.Dst),
        ["$lsrc"] = new(SlotKind.LegacyRegister, SlotField.Src),
        ["$imm"] = new(SlotKind.Number, SlotField.Immediate),
        ["$imm64"] = new(SlotKind.HexNumber, SlotField.Immediate64),
        ["$raw"] = new(SlotKind.Word, SlotField.Raw),
        ["$map"] = new(SlotKind.Map, SlotField.Immediate),
        ["$helper"] = new(SlotKind.Helper, SlotField.Immediate),
        ["$target"] = new(SlotKind.Target, SlotField.Offset),
        ["$target32"] = new(SlotKind.Target, SlotField.Immediate),
        ["$pctarget32"] = new(SlotKind.PcTarget, SlotField.Immediate),
        ["$off"] = new(SlotKind.Displacement, SlotField.Offset),
        ["$immoff"] = new(SlotKind.Displacement, SlotField.Immediate),
        ["$nextoff"] = new(SlotKind.Displacement, SlotField.NextImmediate),
        ["$loff"] = new(SlotKind.ShortDisplacement, SlotField.Offset),
        ["$lnextoff"] = new(SlotKind.ShortDisplacement, SlotField.NextImmediate),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The slot of that name; <c>null</c> for a literal word.</summary>
    public static Slot? Named(string word) => s_named.TryGetValue(word, out Slot slot) ? slot : null;

    /// <summary>The kind that stands for all those which are read alike and differ in print.</summary>
    public SlotKind ReadAs => Kind switch
    {
        SlotKind.HexNumber or SlotKind.Word => SlotKind.Number,
        SlotKind.ShortDisplacement => SlotKind.Displacement,
        SlotKind.Register or SlotKind.SubRegister or SlotKind.LegacyRegister or SlotKind.Number or SlotKind.Map
            or SlotKind.Helper or SlotKind.Target or SlotKind.PcTarget or SlotKind.Displacement => Kind,
    };

    /// <summary>
    /// The smallest and the largest number that the field holds; immediates and whole slots may be written signed or unsigned.
    /// </summary>
    public (Int128 Least, Int128 Most) Range => Field switch
    {
        SlotField.Dst or SlotField.Src => (0, 10),
        SlotField.Zero => (0, 0),
        SlotField.Offset => (short.MinValue, short.MaxValue),
        SlotField.Immediate when Kind is SlotKind.Target or SlotKind.PcTarget => (int.MinValue, int.MaxValue),
        SlotField.Immediate or SlotField.NextImmediate => (int.MinValue, uint.MaxValue),
        SlotField.Immediate64 or SlotField.Raw => (long.MinValue, ulong.MaxValue),
    };

    /// <summary>What messages call the field, when its value does not fit.</summary>
    public string FieldName => Field switch
    {
        SlotField.Dst or SlotField.Src or SlotField.Zero => "register",
        SlotField.Offset => "16-bit offset",
        SlotField.Immediate or SlotField.NextImmediate => "32-bit immediate",
        SlotField.Immediate64 => "64-bit immediate",
        SlotField.Raw => "64-bit slot",
    };

    /// <summary>What messages call the slot, when its value is missing.</summary>
    public static string Describe(SlotKind kind) => kind switch
    {
        SlotKind.Register => "a register r0-r10",
        SlotKind.SubRegister => "a register w0-w10",
        SlotKind.LegacyRegister => "a register %r0-%r10",
        SlotKind.Number or SlotKind.HexNumber or SlotKind.Word => "a number",
        SlotKind.Map => "a map",
        SlotKind.Helper => "a helper",
        SlotKind.Target => "a label or a distance such as +3",
        SlotKind.PcTarget => "a label or a distance such as pc+3",
        SlotKind.Displacement or SlotKind.ShortDisplacement => "+ or -",
    };

    public string Format(long value) => Kind switch
    {
        SlotKind.Register => $"r{value}",
        SlotKind.SubRegister => $"w{value}",
        SlotKind.LegacyRegister => $"%r{value}",
        SlotKind.Number or SlotKind.Map or SlotKind.Helper => $"{value}",
        SlotKind.HexNumber => $"0x{value:x}",
        SlotKind.Word => $"0x{value:x16}",
        SlotKind.Target => $"{value:+0;-0;+0}",
        SlotKind.PcTarget => $"pc{value:+0;-0;+0}",
        SlotKind.Displacement => $"{value: + 0; - 0; + 0}",
        SlotKind.ShortDisplacement => $"{value:+0;-0;''}",
    };
}
