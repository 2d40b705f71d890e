using System.Collections.Immutable;
using System.Text;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Loading.Assembly;

namespace BpfConformance.Tests.Jit;

/// <summary>
/// Programs with functions that bpf_loop and bpf_for_each_map_elem call: one in the other, from functions that are called, too often, too
/// deep, or with what is no function. They stop early, touch what is not theirs, delete the element that they are called for, and write to
/// the stack of whoever called the helper. In some, tail calls lead from any of them to any program, and then all get the context.
/// </summary>
internal sealed class CallbackPrograms(Random random)
{
    public const int DataBytes = 32;

    private const int CountedBytes = 64;

    private readonly StringBuilder _text = new();
    private Kind[] _functions = [];
    private int _labels;
    private bool _isTangled;
    private bool _hasTailCalls;

    private enum Kind
    {
        /// <summary>r1 is what r6 shall be, r2 a number.</summary>
        Called,

        /// <summary>r1 is a number, r2 what r6 shall be.</summary>
        OfLoop,

        /// <summary>r2 is a key, r3 a value, r4 what r6 shall be.</summary>
        OfElements,
    }

    /// <summary>Of the last programs.</summary>
    public ImmutableArray<MapDefinition> Maps { get; private set; } = [];

    /// <summary>The next ones that are well-formed.</summary>
    public BpfProgram Next()
    {
        while (true)
        {
            _hasTailCalls = random.Next(4) == 0;
            int count = _hasTailCalls ? random.Next(1, 4) : random.Next(5) == 0 ? 2 : 1;
            SetMaps(count);
            BpfProgram program = Build(count);
            if (ProgramValidator.Validate(program) is null) return program;
        }
    }

    private void SetMaps(int programs)
    {
        MapDefinition[] maps =
        [
            new("array", MapType.Array, sizeof(uint), 8 * random.Next(1, 4), random.Next(1, 5)) { Contents = [] },
            Hash(),
            new("counts", MapType.Array, sizeof(uint), CountedBytes, MaxEntries: 1) { Contents = [] },
            new("jumps", MapType.ProgArray, sizeof(uint), sizeof(uint), programs) { Contents = [.. Enumerable.Range(0, programs).Select(Jump)] },
        ];
        Maps = [.. maps.Take(_hasTailCalls ? 4 : 3)];
    }

    private MapDefinition Hash()
    {
        (int key, int entries) = (random.Next(1, 9), random.Next(1, 6));
        MapFlags flags = random.Next(2) == 0 ? MapFlags.NoPreallocation : MapFlags.None;
        ImmutableArray<MapEntry> contents = [.. Enumerable.Range(0, random.Next(entries + 1)).Select(n => Element(n, key))];
        return new MapDefinition("hash", MapType.Hash, key, ValueBytes: 8, entries, flags) { Contents = contents };
    }

    private static MapEntry Element(int n, int keyBytes) => new(KeyOf(n, keyBytes), BitConverter.GetBytes((long)n));

    private static MapEntry Jump(int index) => new(BitConverter.GetBytes(index), BitConverter.GetBytes(index));

    private static byte[] KeyOf(int n, int bytes) => [(byte)n, .. new byte[bytes - 1]];

    private BpfProgram Build(int count) =>
        ProgramRow.Of(ProgramType.SocketFilter, Enumerable.Range(0, count).Select(_ => Assembler.Assemble(Text()).Instructions.AsEnumerable()));

    private string Text()
    {
        _ = _text.Clear();
        _functions = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => (Kind)random.Next(3))];
        _isTangled = random.Next(10) == 0;
        if (_hasTailCalls) Line("r6 = r1");
        else Line("r6 = r10", "r6 += -16");
        Line($"r7 = {random.Next(4)}", $"r8 = {random.Next(4)}", "r9 = 0");
        Steps(random.Next(2, 7), function: -1);
        Line("last:");
        if (!_hasTailCalls) Line("r6 = 0"); // an address is another on each machine
        Line("end:", "r0 = r9", "exit");
        for (int n = 0; n < _functions.Length; n++) Function(n);

        // What nobody has called is called here, as every slot must be reached.
        string text = _text.ToString();
        for (int n = 0; n < _functions.Length; n++)
        {
            if (text.Contains($"call f{n}\n", StringComparison.Ordinal) || text.Contains($"(f{n})", StringComparison.Ordinal)) continue;
            _ = _text.Clear();
            Call(n);
            text = text.Replace("last:\n", $"{_text}last:\n", StringComparison.Ordinal);
        }

        return text;
    }

    private void Function(int n)
    {
        Line($"f{n}:");
        switch (_functions[n])
        {
            case Kind.Called: Line("r6 = r1", "r7 = r2", $"r8 = {random.Next(3)}"); break;
            case Kind.OfLoop: Line("r6 = r2", "r7 = r1", $"r8 = {random.Next(3)}"); break;
            case Kind.OfElements: Element(); break;
        }

        Line($"r9 = {random.Next(3)}");
        Steps(random.Next(1, 5), n);
        if (_isTangled && random.Next(2) == 0)
        {
            Line("goto end");
            return;
        }

        switch (random.Next(4))
        {
            case 0 when _functions[n] != Kind.Called: Line("r0 = r7", $"r0 &= {random.Next(1, 4)}"); break;
            case 1: Line("r0 = 0", $"if r7 < {random.Next(1, 4)} goto +1", $"r0 = {random.Next(1, 3)}"); break;
            default: Line(_functions[n] == Kind.Called ? "r0 = r9" : "r0 = 0"); break;
        }

        Line("exit");
    }

    /// <summary>The walk is over one of the first two maps: which, the program does not know.</summary>
    private void Element()
    {
        Line("r6 = r4", "r7 = *(u8 *)(r2 + 0)", "r8 = *(u8 *)(r3 + 0)");
        switch (random.Next(12))
        {
            case 0: Line($"r5 = *(u8 *)(r2 + {random.Next(9)})"); break;
            case 1: Line($"r5 = *(u64 *)(r2 {random.Next(-1, 2):+ 0;- 0;+ 0})"); break;
            case 2: Line("*(u8 *)(r2 + 0) = 1"); break;
            case 3: Line($"*(u64 *)(r3 + {random.Next(2) * 8}) = r7"); break;
            case 4 or 5: Line("r5 = *(u64 *)(r3 + 0)", "r5 += r7", "*(u64 *)(r3 + 0) = r5"); break;
            case 6 or 7 or 8: Line("r1 = map_by_idx(1) ll", "call 3"); break;
            case 9: Line("call 1", "if r0 == 0 goto +2", "r1 = *(u8 *)(r0 + 0)", "r8 += r1"); break;
            case 10: Line("r1 = map_by_idx(1) ll", "call 1", "if r0 == 0 goto +2", "r1 = *(u64 *)(r0 + 0)", "r8 += r1"); break;
            default: break;
        }
    }

    private void Steps(int count, int function)
    {
        while (count-- > 0) Step(function);
    }

    private void Step(int function)
    {
        switch (random.Next(20))
        {
            case < 8: CallOneOf(function); break;
            case 8: Line($"*(u64 *)(r10 - {8 * random.Next(1, 5)}) = {Any()}"); break;
            case 9: Line($"{Any()} = *(u64 *)(r10 - {8 * random.Next(1, 5)})"); break;
            case 10: Count(); break;
            case 11 when _hasTailCalls: Line($"r0 = *(u{8 << random.Next(3)} *)skb[{random.Next(10) * 4}]", "r7 += r0"); break;
            case 11 or 12 when !_hasTailCalls: Line($"r1 = *(u64 *)(r6 + {8 * random.Next(2)})", $"r1 += {Any()}", $"*(u64 *)(r6 + {(random.Next(30) == 0 ? 600 : 8 * random.Next(2))}) = r1"); break;
            case 12: TailCall(); break;
            case 13:
                string over = Label();
                Line($"if {Any()} {(random.Next(2) == 0 ? "==" : ">")} {random.Next(4)} goto {over}");
                Step(function);
                Line($"{over}:");
                break;
            case 14:
                string again = Label();
                Line($"r8 = {random.Next(1, 4)}", $"{again}:");
                Step(function);
                if (random.Next(3) == 0) Line("may_goto +0");
                Line("r8 += -1", $"if r8 s> 0 goto {again}");
                break;
            case 15 when _hasTailCalls: TailCall(); break;
            case 15 or 16: Update(); break;
            default: Line($"{Any()} {(random.Next(2) == 0 ? "+=" : "^=")} {Any()}", $"{Any()} += {random.Next(3)}"); break;
        }
    }

    /// <summary>Mostly of a function further on, so that most programs come to an end.</summary>
    private void CallOneOf(int function)
    {
        int first = random.Next(12) == 0 ? 0 : function + 1;
        if (first < _functions.Length) Call(random.Next(first, _functions.Length));
    }

    private void Call(int callee)
    {
        switch (_functions[callee])
        {
            case Kind.Called: Line("r1 = r6", $"r2 = {Any()}", $"call f{callee}"); break;
            case Kind.OfLoop:
                Line(random.Next(3) == 0 ? $"r1 = {Any()}" : $"r1 = {(random.Next(40) == 0 ? 9_000_000 : random.Next(5))}");
                CallHelper(callee, helper: 181);
                break;
            case Kind.OfElements:
                Line(random.Next(50) == 0 ? "r1 = r7" : $"r1 = map_by_idx({random.Next(2)}) ll");
                CallHelper(callee, helper: 164);
                break;
        }

        Line($"{Any()} += r0");
        if (random.Next(2) == 0) Line("r9 ^= r7");
    }

    private void CallHelper(int callee, int helper)
    {
        Line($"r2 = code_addr(f{callee}) ll");
        int other = random.Next(_functions.Length);
        if (_functions[other] == _functions[callee] && random.Next(2) == 0) Line($"if {Any()} > 1 goto +2", $"r2 = code_addr(f{other}) ll");
        if (random.Next(60) == 0) Line("r2 += 1");
        if (_hasTailCalls || random.Next(3) == 0) Line("r3 = r6");
        else Line("r3 = r10", $"r3 += {-8 * random.Next(2, 5)}");
        Line($"r4 = {(random.Next(40) == 0 ? 1 : 0)}");
        if (random.Next(80) == 0) Line($"r5 = {helper}", "callx r5");
        else Line($"call {helper}");
    }

    private void TailCall() => Line("r1 = r6", "r2 = map_by_idx(3) ll", $"r3 = {random.Next(4)}", "call 12", $"r0 = {random.Next(9)}");

    /// <summary>Of the hash table, with a key that it has or may get.</summary>
    private void Update()
    {
        Line("r2 = r10", "r2 += -8", $"*(u64 *)(r2 + 0) = {random.Next(6)}", "r1 = map_by_idx(1) ll");
        if (random.Next(3) == 0) Line("call 3");
        else Line("r3 = r10", "r3 += -16", $"r4 = {random.Next(3)}", "call 2");
        Line("r9 += r0");
    }

    private void Count() =>
        Line($"r1 = map_val(map_by_idx(2)) + {8 * random.Next(CountedBytes / 8)} ll", "r2 = *(u64 *)(r1 + 0)", $"r2 += {Any()}", "r2 += 1", "*(u64 *)(r1 + 0) = r2");

    private string Any() => $"r{random.Next(7, 10)}";

    private string Label() => $"l{_labels++}";

    private void Line(params ReadOnlySpan<string> lines)
    {
        foreach (string line in lines) _ = _text.Append(line).Append('\n');
    }
}
