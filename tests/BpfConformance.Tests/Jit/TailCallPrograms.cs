using System.Collections.Immutable;
using System.Text;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Loading.Assembly;

namespace BpfConformance.Tests.Jit;

/// <summary>
/// Several programs with functions, from any of which tail calls lead to any: by an index that is constant or not, in the array or
/// beyond, of a program or of none, over and over until none are left. All count in a map, keep numbers in registers over calls, and
/// find on their stacks what the program before left there. Some functions share code, which no verifier would accept.
/// </summary>
internal sealed class TailCallPrograms(Random random)
{
    public const int DataBytes = 32;

    private const int Indices = 6;
    private const int CountedBytes = 64;

    private readonly StringBuilder _text = new();
    private int _labels;
    private int _functions;
    private bool _isTangled;

    /// <summary>Of the last programs.</summary>
    public ImmutableArray<MapDefinition> Maps { get; private set; } = [];

    /// <summary>The next ones that are well-formed.</summary>
    public BpfProgram Next()
    {
        while (true)
        {
            BpfProgram program = Build(random.Next(1, 5));
            if (ProgramValidator.Validate(program) is null) return program;
        }
    }

    /// <summary>A packet.</summary>
    public byte[] Data()
    {
        byte[] data = new byte[DataBytes];
        random.NextBytes(data);
        return data;
    }

    private BpfProgram Build(int count)
    {
        BpfProgram program = ProgramRow.Of(ProgramType.SocketFilter, Enumerable.Range(0, count).Select(_ => Assembler.Assemble(Text()).Instructions.AsEnumerable()));
        ImmutableArray<MapEntry> jumps = [.. Enumerable.Range(0, Indices).Where(_ => random.Next(5) > 0).Select(index => Entry(index, random.Next(count)))];
        Maps =
        [
            new MapDefinition("jumps", MapType.ProgArray, sizeof(uint), sizeof(uint), Indices) { Contents = jumps },
            new MapDefinition("counts", MapType.Array, sizeof(uint), CountedBytes, MaxEntries: 1) { Contents = [] },
        ];
        return program;
    }

    private static MapEntry Entry(int index, int program) => new(BitConverter.GetBytes(index), BitConverter.GetBytes(program));

    private string Text()
    {
        _ = _text.Clear();
        _functions = random.Next(4);
        _isTangled = random.Next(8) == 0;
        Line("r6 = r1");
        if (random.Next(3) > 0) Line($"r7 = {random.Next(4)}", $"r8 = {random.Next(4)}", "r9 = 0"); // else as the program before left them
        Steps(random.Next(2, 8), function: -1);
        Line("end:", "r0 = r9", "exit");
        for (int n = 0; n < _functions; n++)
        {
            Line($"f{n}:", "r6 = r1", "r7 = r2", $"r8 = {random.Next(4)}");
            Line($"r9 = {(random.Next(2) == 0 ? "r2" : "0")}");
            Steps(random.Next(1, 6), n);
            if (_isTangled && random.Next(2) == 0) Line("goto end");
            else Line("r0 = r7", "exit");
        }

        // What nobody has called is called here, as every slot must be reached.
        if (_functions > 0) Line("last:", "r0 = 0", "exit");
        string text = _text.ToString();
        for (int n = 0; n < _functions; n++)
        {
            if (!text.Contains($"call f{n}\n", StringComparison.Ordinal)) text = text.Replace("end:\n", $"r1 = r6\nr2 = {n}\ncall f{n}\nend:\n", StringComparison.Ordinal);
        }

        return text.Replace("r6 = r1\n", _functions > 0 ? "r6 = r1\nif r10 == 0 goto last\n" : "r6 = r1\n", StringComparison.Ordinal);
    }

    private void Steps(int count, int function)
    {
        while (count-- > 0) Step(function);
    }

    private void Step(int function)
    {
        switch (random.Next(16))
        {
            case 0 or 1 or 2: TailCall(); break;
            case 3 or 4 or 5: Call(function); break;
            case 6: Line($"*(u64 *)(r10 - {8 * random.Next(1, 5)}) = {Any()}"); break;
            case 7: Line($"{Any()} = *(u64 *)(r10 - {8 * random.Next(1, 5)})"); break;
            case 8 or 9: Count(); break;
            case 10: Line($"r0 = *(u{8 << random.Next(3)} *)skb[{random.Next(10) * 4}]", "r7 += r0"); break;
            case 11:
                string over = Label();
                Line($"if {Any()} {(random.Next(2) == 0 ? "==" : ">")} {random.Next(4)} goto {over}");
                Step(function);
                Line($"{over}:");
                break;
            case 12:
                string again = Label();
                Line($"r8 = {random.Next(1, 4)}", $"{again}:");
                Step(function);
                if (random.Next(3) == 0) Line("may_goto +0");
                Line("r8 += -1", $"if r8 s> 0 goto {again}");
                break;
            case 13: Line($"r2 = r10", $"r2 += -{8 * random.Next(1, 5)}", $"*(u64 *)(r2 + 0) = {Any()}", $"r2 = *(u64 *)(r2 {(random.Next(40) == 0 ? "+ 40" : "+ 0")})", "r9 += r2"); break;
            default: Line($"{Any()} {(random.Next(2) == 0 ? "+=" : "^=")} {Any()}", $"{Any()} += {random.Next(3)}"); break;
        }
    }

    private void TailCall()
    {
        if (random.Next(3) == 0) Count();
        Line(random.Next(40) == 0 ? "r1 = r7" : "r1 = r6");
        Line(random.Next(40) == 0 ? "r2 = map_by_idx(1) ll" : "r2 = map_by_idx(0) ll");
        switch (random.Next(6))
        {
            case 0: Line($"r3 = {Any()}", "r3 &= 7"); break;
            case 1: Line($"r3 = {Any()}"); break;
            case 2: Line($"r3 = {0x1_0000_0000 + random.Next(Indices)} ll"); break;
            case 3: Line($"r3 = {random.Next(-1, Indices + 2)}"); break;
            default: Line($"r3 = {random.Next(Indices)}"); break;
        }

        if (random.Next(60) == 0) Line("r5 = 12", "callx r5");
        else Line("call 12");
        Line($"r0 = {random.Next(9)}");
    }

    /// <summary>Mostly of a function further on, so that most programs come to an end.</summary>
    private void Call(int function)
    {
        int first = random.Next(10) == 0 ? 0 : function + 1;
        if (first >= _functions) return;
        Line("r1 = r6", $"r2 = {Any()}", $"call f{random.Next(first, _functions)}", $"{Any()} += r0");
        if (random.Next(2) == 0) Line("r9 ^= r7");
    }

    private void Count() =>
        Line($"r1 = map_val(map_by_idx(1)) + {8 * random.Next(CountedBytes / 8)} ll", "r2 = *(u64 *)(r1 + 0)", $"r2 += {Any()}", "r2 += 1", "*(u64 *)(r1 + 0) = r2");

    private string Any() => $"r{random.Next(7, 10)}";

    private string Label() => $"l{_labels++}";

    private void Line(params ReadOnlySpan<string> lines)
    {
        foreach (string line in lines) _ = _text.Append(line).Append('\n');
    }
}
