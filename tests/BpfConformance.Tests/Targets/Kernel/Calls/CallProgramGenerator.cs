using System.Collections.Immutable;

namespace BpfConformance.Tests.Targets.Kernel.Calls;

/// <summary>
/// Random programs that a verifier accepts. Between pieces r6 is the context, or what a helper gave a function that it calls; r7–r9 are
/// numbers. No function that a helper calls leads to a tail call: kernel/bpf/verifier.c (6.18) warns there, and taints the kernel.
/// </summary>
internal sealed class CallProgramGenerator(Random random, CallMaps maps, int dataBytes, bool hasCallbacks)
{
    private const int MaxLevel = 3;
    private const int MaxFunctions = 6;
    private const int MaxBranches = 2;

    // The frames of three callers, each rounded up to 64 bytes, leave a tail call its room (check_max_stack_depth, 6.18: 256 bytes).
    private const int MaxSlots = 6;

    private readonly List<CallFunction> _functions = [];
    private readonly CallPieces _pieces = new(random, maps, dataBytes);

    public CallProgram Next(string name)
    {
        var scope = new CallScope(0, Slots()) { HasContext = true };
        ImmutableArray<CallPiece> pieces = Pieces(scope, random.Next(2, 8));
        var first = new CallFunction(
            string.Empty,
            ["r6 = r1", .. _pieces.Numbers(7, 9), .. _pieces.Stack(scope), "r1 = map_val(map_by_fd(cell)) + 0 ll", "r2 = *(u64 *)(r1 + 0)", "r2 += 1", "*(u64 *)(r1 + 0) = r2"],
            pieces,
            ["r6 = 0", "r0 = r7", $"r0 {(random.Next(2) == 0 ? "+" : "^")}= r8", "exit"]);
        return new CallProgram(name, [first, .. _functions]);
    }

    private int Slots() => random.Next(3, MaxSlots + 1);

    private ImmutableArray<CallPiece> Pieces(CallScope scope, int count) => [.. Enumerable.Range(0, count).Select(_ => Piece(scope))];

    private CallPiece Piece(CallScope scope)
    {
        bool hasRoom = _functions.Count < MaxFunctions;
        bool isCalledBack = scope.Callbacks > 0 && !scope.HasGiven; // by what a helper calls
        return random.Next(24) switch
        {
            < 5 when scope.HasContext => _pieces.TailCall(),
            >= 5 and < 9 when hasRoom && scope.Level < MaxLevel && !isCalledBack => Call(scope),
            >= 9 and < 13 when hasRoom && hasCallbacks && scope.Callbacks < 2 && (scope.Level == 0 || scope.HasGiven) => Callback(scope),
            >= 13 and < 16 when scope.Branches < MaxBranches => Branch(scope),
            _ => _pieces.Plain(scope),
        };
    }

    private CallPiece Branch(CallScope scope)
    {
        string label = _pieces.Label();
        return new CallPiece("branch", [.. _pieces.Unknown(scope), $"if {_pieces.Condition()} goto {label}"])
        {
            Inner = Pieces(scope with { Branches = scope.Branches + 1 }, random.Next(1, 3)),
            After = [$"{label}:"],
        };
    }

    private CallPiece Call(CallScope scope)
    {
        var inner = new CallScope(scope.Level + 1, Slots())
        {
            HasContext = scope.HasContext,
            Callbacks = scope.Callbacks,
            MayChangeHash = scope.MayChangeHash,
        };
        string name = Add(
            ["r6 = r1", "r7 = r2", .. _pieces.Numbers(8, 9), .. _pieces.Stack(inner)], inner, random.Next(1, 5), ["r0 = r7", "r0 ^= r8", "exit"]);
        string first = scope.HasContext ? "r1 = r6" : $"r1 = {random.Next()}";
        return new CallPiece(
            scope.HasContext ? "call" : "call from a callback",
            [first, $"r2 = {_pieces.Any(scope)}", $"call {name}", $"{_pieces.Any(scope)} += r0"]);
    }

    private CallPiece Callback(CallScope scope)
    {
        bool isLoop = random.Next(2) == 0;
        string map = random.Next(2) == 0 ? "table" : "counts";
        var inner = new CallScope(Math.Max(scope.Level + 1, MaxLevel - 1), Slots(), isLoop ? 3 : 2)
        {
            Callbacks = scope.Callbacks + 1,
            HasGiven = true,
            MayChangeHash = scope.MayChangeHash && (isLoop || map == "table"),
        };
        string[] begin = isLoop
            ? ["r6 = r2", "r7 = r1", "r8 = *(u64 *)(r2 + 0)", .. _pieces.Numbers(9, 9)]
            : ["r6 = r4", "r7 = *(u32 *)(r2 + 0)", "r8 = *(u64 *)(r3 + 0)", "r9 = r3"];
        string[] end =
        [
            "r1 = *(u64 *)(r6 + 0)", $"r1 += {_pieces.Any(inner)}", $"*(u64 *)(r6 + 0) = r1",
            .. isLoop || random.Next(2) == 0 ? [] : (string[])[$"*(u64 *)(r9 + 0) = {_pieces.Any(inner)}"],
            .. _pieces.GoOnOrStop(inner),
        ];
        string name = Add([.. begin, .. _pieces.Stack(inner)], inner, random.Next(4), [.. end]);
        string[] arguments =
        [
            .. isLoop ? _pieces.Count(scope.Callbacks > 0 ? 4 : 20) : [$"r1 = map_by_fd({map}) ll"],
            $"r2 = code_addr({name}) ll",
            .. scope.HasGiven ? ["r3 = r6"] : (string[])["r3 = r10", $"r3 += {-8 * scope.Slots}"],
        ];
        bool isFlagKnown = random.Next(3) > 0;
        string[] flags = isFlagKnown ? ["w4 = 0"] : ["r4 = map_val(map_by_fd(knobs)) + 0 ll", "r4 = *(u64 *)(r4 + 0)"];
        string kind = $"{(isLoop ? "bpf_loop" : $"bpf_for_each_map_elem {map}")}{(isFlagKnown ? string.Empty : ", flags unknown")}{(scope.Callbacks > 0 ? ", in a callback" : string.Empty)}";
        return new CallPiece(kind, [.. arguments, .. flags, isLoop ? "call 181" : "call 164", $"{_pieces.Any(scope)} += r0"]);
    }

    private string Add(ImmutableArray<string> begin, CallScope scope, int count, ImmutableArray<string> end)
    {
        int index = _functions.Count;
        string name = $"f{index}";
        _functions.Add(new CallFunction(name, begin, [], end)); // takes the place: its pieces may add more
        _functions[index] = _functions[index] with { Pieces = Pieces(scope, count) };
        return name;
    }
}
