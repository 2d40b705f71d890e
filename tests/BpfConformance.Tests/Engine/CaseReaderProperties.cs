using BpfConformance.Abi;
using BpfConformance.Engine.Cases;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.NUnit;

namespace BpfConformance.Tests.Engine;

/// <summary>Any text is a case or a <see cref="BpfFormatException"/> that names its file and a line that exists.</summary>
public sealed class CaseReaderProperties
{
    /// <summary>Pieces from which texts get past the first line; any string is among them too.</summary>
    private static readonly string[] s_pieces =
    [
        "-- asm\n", "-- raw\n", "-- maps\n", "-- memory\n", "-- mem\n", "-- packet\n", "-- cases\n", "-- result\n",
        "-- memory-after\n", "-- rejected\n", "-- faults\n", "-- malformed\n", "-- cpu\n", "-- type\n", "-- error\n", "-- c\n",
        "-- context\n", "-- context-after\n", "-- attach\n", "-- license\n", "-- flags\n", "-- steps\n", "sched_cls\n", "syscall\n", "sk_lookup\n",
        "mark = 5\n", "cb[1] = hex 00000000\n", "cb[", "= hex ", "] = ", "sleepable\n", "GPL\n", "run 00 -> 1\n",
        "r0 = 1\n", "exit\n", "mov %r0, 1\n", "r0 <<= 64\n", "l: exit\n", "9500000000000000\n", "0x95\n", "00 11 -> 5\n",
        "- -> -1 / -\n", "-> /\n", "rejected or 5\n", "rejected\n", "or runs\n", "TooLarge\n", "budget\n", "OutOfBoundsLoad at 3\n",
        "m: array key 4 value 8 entries 1\n", "v2\n", "xdp\n", "0\n", "# x\n", "\n", "\0", "\r\n", " ", "--", "-", "0x", ":", "é\u2028\ud800",
    ];

    private static Arbitrary<string> Texts { get; } = Gen
        .ListOf(Gen.OneOf(Gen.Elements(s_pieces), Gen.Elements(s_pieces), ArbMap.Default.GeneratorFor<string>().Select(text => text ?? string.Empty)))
        .Select(pieces => string.Concat(pieces))
        .ToArbitrary();

    [Property(MaxTest = 2000)]
    public Property VectorReader_AnyText_IsCaseOrFormatError() =>
        Prop.ForAll(Texts, text => IsCaseOrFormatError(text, () => VectorReader.Read(text, "x", "x")));

    [Property(MaxTest = 2000)]
    public Property DataReader_AnyText_IsCaseOrFormatError() =>
        Prop.ForAll(Texts, text => IsCaseOrFormatError(text, () => DataReader.Read(text, "x", "x", [])));

    private static bool IsCaseOrFormatError(string text, Func<TestCase> read)
    {
        try
        {
            TestCase test = read();
            return test.Lines.Length == test.Program.Instructions.Length;
        }
        catch (BpfFormatException error)
        {
            return error.Origin == "x" && error.Problem.Length > 0 && error.Line >= 0 && error.Line <= text.Split('\n').Length;
        }
    }
}
