using System.Globalization;

namespace BpfConformance.Tests.Targets.Kernel.Calls;

/// <summary>Random pieces without functions of their own.</summary>
internal sealed class CallPieces(Random random, CallMaps maps, int dataBytes)
{
    private static readonly string[] s_operations = ["+=", "-=", "*=", "&=", "|=", "^=", "/=", "%=", "s/=", "s%="];
    private static readonly string[] s_shifts = ["<<=", ">>=", "s>>="];
    private static readonly string[] s_conditions = ["==", "!=", ">", ">=", "<", "<=", "s>", "s<", "&"];
    private static readonly int[] s_immediates = [0, 1, -1, 2, 3, 7, 255, 256, 65535, int.MaxValue, int.MinValue, 1000];

    private int _labels;

    public string Label() => $"l{_labels++}";

    /// <summary>One of the numbers.</summary>
    public string Any(CallScope scope) => $"r{7 + random.Next(scope.Scalars)}";

    public IEnumerable<string> Numbers(int first, int last) => Enumerable.Range(first, last - first + 1).Select(register => $"r{register} = {Immediate()}");

    public IEnumerable<string> Stack(CallScope scope) =>
        Enumerable.Range(1, scope.Slots).Select(slot => $"*(u64 *)(r10 - {8 * slot}) = {(random.Next(2) == 0 ? Immediate() : Any(scope))}");

    public CallPiece Plain(CallScope scope) => random.Next(11) switch
    {
        0 or 1 or 2 => Compute(scope),
        3 or 4 => OnStack(scope),
        5 or 6 => InCell(scope),
        7 => scope.HasContext ? Packet(scope) : scope.HasGiven ? Given(scope) : Compute(scope),
        8 => Lookup(scope),
        9 when scope.MayChangeHash => Update(scope),
        10 when scope.MayChangeHash => Delete(scope),
        _ => Compute(scope),
    };

    public CallPiece Compute(CallScope scope) => new("arithmetic", [.. Enumerable.Range(0, random.Next(1, 5)).SelectMany(_ => Operation(scope))]);

    /// <summary>
    /// To r1 a number of which a verifier knows nothing: of one that it knows something about kernel/bpf/verifier.c (6.18,
    /// reg_bounds_sanity_check) can come to know what cannot be.
    /// </summary>
    public IEnumerable<string> Unknown(CallScope scope) => random.Next(3) switch
    {
        0 => ["r1 = map_val(map_by_fd(cell)) + 0 ll", $"r1 = *(u64 *)(r1 + {8 * random.Next(CallMaps.CellBytes / 8)})"],
        1 => ["r1 = map_val(map_by_fd(knobs)) + 0 ll", $"r1 = *(u64 *)(r1 + {8 * random.Next(CallMaps.KnobBytes / 8)})"],
        _ => ["r2 = map_val(map_by_fd(cell)) + 8 ll", $"*(u64 *)(r2 + 0) = {Any(scope)}", "r1 = *(u64 *)(r2 + 0)"],
    };

    public string Condition() => $"{(random.Next(4) == 0 ? "w1" : "r1")} {Pick(s_conditions)} {Immediate()}";

    /// <summary>
    /// To r1 how often: at least once where that is known, or else the function is dead code to the verifier, which takes it out and
    /// then warns that what the address names is not there (kernel/bpf/verifier.c, 6.18, check_helper_call, jit_subprogs).
    /// </summary>
    public string[] Count(int atMost) => random.Next(2) == 0
        ? [$"w1 = {random.Next(1, atMost + 1)}"]
        : ["r1 = map_val(map_by_fd(knobs)) + 8 ll", "r1 = *(u64 *)(r1 + 0)", $"r1 &= {(atMost > 15 ? 15 : 3)}"];

    public IEnumerable<string> GoOnOrStop(CallScope scope)
    {
        string label = Label();
        return random.Next(4) switch
        {
            0 => [.. Unknown(scope), "w0 = 1", $"if {Condition()} goto {label}", "w0 = 0", $"{label}:", "exit"],
            1 => [.. Unknown(scope), "r1 &= 1", "r0 = r1", "exit"],
            _ => ["w0 = 0", "exit"],
        };
    }

    public CallPiece TailCall()
    {
        (string map, int entries) = maps.Jumps[random.Next(maps.Jumps.Length)];
        (string Kind, string[] Index) way = random.Next(8) switch
        {
            0 => ("computed index, from user space", ["r3 = map_val(map_by_fd(knobs)) + 16 ll", "r3 = *(u64 *)(r3 + 0)"]),
            1 => ("computed index, masked", [.. Stored("r7"), "r3 &= 3"]),
            2 => ("computed index", [.. Stored("r8")]),
            3 => ("computed index, of the packet", [$"r0 = *(u8 *)skb[{random.Next(dataBytes)}]", "r0 &= 7", "r3 = r0"]),
            4 => ("index with upper bits", [$"r3 = {((long)random.Next(1, 9) << 32) | (long)random.Next(entries)} ll"]),
            5 => ("index out of range", [$"w3 = {(random.Next(2) == 0 ? -1 : entries + random.Next(2))}"]),
            _ => ("constant index", [$"w3 = {random.Next(entries)}"]),
        };
        return new CallPiece($"tail call, {way.Kind}", [.. way.Index, "r1 = r6", $"r2 = map_by_fd({map}) ll", "call 12", $"r{random.Next(7, 10)} += {random.Next(1000)}"]);
    }

    /// <summary>To r3 a number that was in memory, so that no verifier knows it.</summary>
    private static string[] Stored(string number) =>
        ["r2 = map_val(map_by_fd(cell)) + 8 ll", $"*(u64 *)(r2 + 0) = {number}", "r3 = *(u64 *)(r2 + 0)"];

    private CallPiece OnStack(CallScope scope)
    {
        int bytes = 1 << random.Next(4);
        int at = -8 * scope.Slots + (bytes * random.Next(8 * scope.Slots / bytes));
        string place = $"*(u{8 * bytes} *)(r10 - {-at})";
        string number = Any(scope);
        return random.Next(3) == 0 && bytes >= 4
            ? new CallPiece("stack", [$"lock {place} += {(bytes == 4 ? 'w' + number[1..] : number)}"])
            : new CallPiece("stack", [random.Next(2) == 0 ? $"{place} = {number}" : $"{number} = {place}"]);
    }

    /// <summary>Behind what counts.</summary>
    private CallPiece InCell(CallScope scope)
    {
        int bytes = 1 << random.Next(4);
        int at = 8 + (bytes * random.Next((CallMaps.CellBytes - 8) / bytes));
        string place = $"*(u{8 * bytes} *)(r1 + 0)";
        string number = Any(scope);
        string[] access = random.Next(2) == 0 ? [$"{place} = {number}"] : [$"r2 = {place}", $"{number} {Pick(s_operations[..6])} r2"];
        return new CallPiece("cell", [$"r1 = map_val(map_by_fd(cell)) + {at} ll", .. access]);
    }

    private CallPiece Packet(CallScope scope)
    {
        int bytes = 1 << random.Next(3);
        int at = random.Next(24) == 0 ? dataBytes - bytes + 1 : random.Next(dataBytes - bytes + 1);
        string access = random.Next(4) == 0 ? $"*(u{8 * bytes} *)skb[r7 + {at}]" : $"*(u{8 * bytes} *)skb[{at}]";
        string[] zero = access.Contains("r7", StringComparison.Ordinal) ? ["r7 = 0"] : [];
        return new CallPiece("packet", [.. zero, $"r0 = {access}", $"{Any(scope)} {Pick(s_operations[..6])} r0"]);
    }

    private CallPiece Given(CallScope scope)
    {
        string number = Any(scope);
        string place = $"*(u64 *)(r6 + {8 * random.Next(3)})";
        return new CallPiece("given", [random.Next(2) == 0 ? $"{place} = {number}" : $"{number} = {place}"]);
    }

    private CallPiece Lookup(CallScope scope)
    {
        string label = Label();
        string number = Any(scope);
        string[] access = random.Next(2) == 0 ? [$"*(u64 *)(r0 + 0) = {number}"] : ["r1 = *(u64 *)(r0 + 0)", $"{number} ^= r1"];
        return new CallPiece("lookup", [.. Key(scope), "call 1", $"if r0 == 0 goto {label}", .. access, $"{label}:"]);
    }

    private CallPiece Update(CallScope scope)
    {
        string[] value = [$"*(u64 *)(r10 - 16) = {Any(scope)}"];
        return new CallPiece("update", [.. value, .. Key(scope), "r3 = r10", "r3 += -16", $"w4 = {random.Next(3)}", "call 2", $"{Any(scope)} += r0"]);
    }

    private CallPiece Delete(CallScope scope) => new("delete", [.. Key(scope), "call 3", $"{Any(scope)} -= r0"]);

    private string[] Key(CallScope scope) =>
        [$"r1 = {Any(scope)}", "r1 &= 15", "*(u32 *)(r10 - 8) = r1", "r1 = map_by_fd(counts) ll", "r2 = r10", "r2 += -8"];

    private string[] Operation(CallScope scope)
    {
        bool isWide = random.Next(3) > 0;
        string target = Any(scope);
        string source = Any(scope);
        if (!isWide) (target, source) = ('w' + target[1..], 'w' + source[1..]);
        string bits = isWide ? "63" : "31";
        return random.Next(10) switch
        {
            0 => [$"{target} {Pick(s_shifts)} {random.Next(isWide ? 64 : 32)}"],
            1 => ["r1 = r7", $"r1 &= {bits}", $"{target} {Pick(s_shifts)} {(isWide ? "r1" : "w1")}"],
            2 => [$"{target} = -{target}"],
            3 => [$"r{target[1..]} = {Pick(["be16", "be32", "be64", "bswap16", "bswap32", "bswap64", "le16", "le32"])} r{target[1..]}"],
            4 => [$"{target} = (s{Pick(["8", "16"])}){source}"],
            5 => [$"{target} = {source}"],
            6 or 7 => [$"{target} {Pick(s_operations)} {source}"],
            _ => [$"{target} {Pick(s_operations)} {NotZero()}"],
        };
    }

    private string Immediate() =>
        (random.Next(2) == 0 ? Pick(s_immediates) : random.Next(-100, 10_000)).ToString(CultureInfo.InvariantCulture);

    /// <summary>A division by an immediate zero is refused.</summary>
    private string NotZero() => random.Next(1, 100_000).ToString(CultureInfo.InvariantCulture);

    private T Pick<T>(T[] choices) => choices[random.Next(choices.Length)];
}
