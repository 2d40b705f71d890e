using System.Reflection.Emit;
using BpfConformance.Abi.Instructions;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Helpers;

namespace BpfConformance.Jit.Il;

/// <summary>The functions of a program, or of several in a row. Where functions share slots, each is compiled with its own copy of them.</summary>
internal sealed unsafe class FunctionSet
{
    /// <summary>Instructions that may be compiled beyond those of the program, so that sharing never costs quadratic time.</summary>
    private const int MostCopies = 1 << 16;

    private static readonly Type[] s_mainParameters = [typeof(Machine*)];

    // The machine, r1 to r5, and r10.
    private static readonly Type[] s_calleeParameters =
        [typeof(Machine*), typeof(ulong), typeof(ulong), typeof(ulong), typeof(ulong), typeof(ulong), typeof(ulong)];

    private readonly Dictionary<int, LocalFunction> _callees = [];

    /// <summary>The pcs of those that a helper may call.</summary>
    private readonly int[] _calledBack;

    private FunctionSet(LocalFunction[] programs, int[] calledBack) => (Programs, _calledBack) = (programs, calledBack);

    /// <summary>The programs themselves, in their order.</summary>
    public LocalFunction[] Programs { get; }

    /// <summary>All, the programs first.</summary>
    public IEnumerable<LocalFunction> All => Programs.Concat(_callees.Values);

    /// <summary>Those that a helper may call: whose address is taken, by whichever program. Empty where no helper is reached that calls any.</summary>
    public IEnumerable<LocalFunction> CalledBack => _calledBack.Where(_callees.ContainsKey).Select(At);

    /// <summary>What a local call to this pc leads to.</summary>
    public LocalFunction At(int pc) => _callees[pc];

    /// <summary>The functions that calls lead to, from the programs on; <c>null</c>: they share too much code.</summary>
    /// <param name="program">The slots of all.</param>
    /// <param name="others">Where programs begin that stand behind the first.</param>
    public static FunctionSet? Of(ReadOnlySpan<Instruction> program, params ReadOnlySpan<int> others)
    {
        int budget = program.Length + MostCopies;
        var marks = new int[program.Length];
        var programs = new LocalFunction[others.Length + 1];
        for (int n = 0; n < programs.Length; n++) programs[n] = Create(program, n == 0 ? 0 : others[n - 1], isMain: true, marks, mark: n + 1);
        var set = new FunctionSet(programs, FindCalledBack(program));
        var pending = new Queue<LocalFunction>(programs);
        while (pending.TryDequeue(out LocalFunction? function))
        {
            budget -= function.Slots.Length;
            if (budget < 0) return null;
            foreach (int pc in function.Slots)
            {
                foreach (int target in set.TargetsOf(program[pc], pc))
                {
                    if (set._callees.ContainsKey(target)) continue;
                    LocalFunction callee = Create(program, target, isMain: false, marks, mark: programs.Length + set._callees.Count + 1);
                    set._callees.Add(target, callee);
                    pending.Enqueue(callee);
                }
            }
        }

        return set;
    }

    /// <summary>The pcs that an instruction may call.</summary>
    private int[] TargetsOf(in Instruction i, int pc) =>
        JumpTargets.IsLocalCall(i) ? [JumpTargets.Of(i, pc)]
        : Callbacks.Is(i) ? _calledBack
        : [];

    private static int[] FindCalledBack(ReadOnlySpan<Instruction> program)
    {
        SortedSet<int> targets = [];
        for (int pc = 0; pc < program.Length; pc += program[pc].IsWide ? 2 : 1)
        {
            if (JumpTargets.IsCodeAddress(program[pc])) _ = targets.Add(JumpTargets.Of(program[pc], pc));
        }

        return [.. targets];
    }

    private static LocalFunction Create(ReadOnlySpan<Instruction> program, int entry, bool isMain, int[] marks, int mark)
    {
        int[] slots = Reach(program, entry, marks, mark);
        bool usesFrame = false;
        foreach (int pc in slots) usesFrame |= NamesFrame(program[pc]) || TailCalls.Is(program[pc]); // another program may name it
        var method = new DynamicMethod(
            isMain && entry == 0 ? "bpf" : isMain ? $"bpf_program_{entry}" : $"bpf_{entry}",
            typeof(ulong),
            isMain ? s_mainParameters : s_calleeParameters,
            typeof(FunctionSet).Module);
        return new LocalFunction(entry, isMain, slots, method) { UsesFrame = usesFrame };
    }

    /// <summary>Source fields that are no registers may say 10 as well, which costs nothing but a frame that is open without need.</summary>
    private static bool NamesFrame(in Instruction i) => i.Dst == (int)Register.R10 || i.Src == (int)Register.R10;

    /// <param name="program">The slots.</param>
    /// <param name="entry">Where to begin.</param>
    /// <param name="marks">The last function that reached each slot.</param>
    /// <param name="mark">This function.</param>
    private static int[] Reach(ReadOnlySpan<Instruction> program, int entry, int[] marks, int mark)
    {
        var reached = new List<int>();
        var pending = new Stack<int>([entry]);
        while (pending.TryPop(out int pc))
        {
            while (marks[pc] != mark)
            {
                marks[pc] = mark;
                reached.Add(pc);
                Instruction i = program[pc];
                if (JumpTargets.IsJump(i)) pending.Push(JumpTargets.Of(i, pc));
                if (JumpTargets.EndsBlock(i)) break;
                pc += i.IsWide ? 2 : 1;
            }
        }

        reached.Sort();
        return [.. reached];
    }
}
