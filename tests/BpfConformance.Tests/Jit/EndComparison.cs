using System.Collections.Immutable;
using System.Runtime.InteropServices;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Jit;
using BpfConformance.Loading.Assembly;
using BpfConformance.Engine.Comparison;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Maps;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit;

/// <summary>Compares all that can be seen of a run with the reference's, in every way that a compiler can be asked for.</summary>
/// <param name="compiler">Whose code it is.</param>
/// <param name="dataBytes">The most memory that a run is given.</param>
/// <param name="registers">How many of the first registers hold no address.</param>
internal sealed unsafe class EndComparison(Compiler compiler, int dataBytes, int registers)
{
    public static ImmutableArray<JitOptions> AllOptions { get; } =
        [.. from n in Enumerable.Range(0, 8) select new JitOptions((n & 1) != 0, (n & 2) != 0, (n & 4) != 0)];

    /// <summary>What programs have; all that is in them afterwards is compared.</summary>
    public ImmutableArray<MapDefinition> Maps { get; set; } = [];

    /// <summary>What is given of the context; all of it is compared afterwards.</summary>
    public byte[] Context { get; set; } = [];

    /// <summary>The ways to ask.</summary>
    public ImmutableArray<JitOptions> Options { get; init; } = AllOptions;

    /// <summary>Instructions that a run may execute.</summary>
    public long Budget { get; set; } = 2000;

    /// <summary>The registers that are shown when a program returns: numbers, or addresses, which differ.</summary>
    public ImmutableArray<int> Shown { get; init; } = [.. Enumerable.Range(0, registers)];

    /// <summary>How many stacks are compared, from the first on; more where there were tail calls.</summary>
    public int Stacks { get; init; } = 1;

    public int Programs { get; private set; }

    public int Returned { get; private set; }

    public int Faulted { get; private set; }

    /// <summary>Tail calls that the reference took in all of them.</summary>
    public int TailCalls { get; private set; }

    /// <summary>Programs that wrote to a stack which is not one of the first eight.</summary>
    public int Deep { get; private set; }

    /// <summary>Programs of which a helper called functions, at last.</summary>
    public int CalledBack { get; private set; }

    /// <summary>The same from such a function.</summary>
    public int CalledBackInside { get; private set; }

    public override string ToString() =>
        $"{Programs} programs: {Returned} returned, {Faulted} faulted, {TailCalls} tail calls, {Deep} beyond eight frames, {CalledBack} called back, {CalledBackInside} inside";

    /// <summary>What does not return runs only where it is checked, what does not end only where it is counted.</summary>
    public void Compare(Instruction[] program, ReadOnlySpan<byte> data, string name) => Compare(new BpfProgram([.. program]), first: 0, data, name);

    /// <summary>The same of several in a row, of which one is run; how many instructions the reference executed.</summary>
    public long Compare(BpfProgram program, int first, ReadOnlySpan<byte> data, string name)
    {
        Programs++;
        using IMachineProgram reference = Run(Engine.LoadReference, program, first, data);
        Machine* expected = reference.Memory.Machine;
        bool ends = expected->Status != RunStatus.OutOfBudget;
        if (expected->Status == RunStatus.Returned) Returned++;
        if (expected->Status == RunStatus.Faulted) Faulted++;
        TailCalls += MachineLimits.TailCalls - expected->TailCallsLeft;
        if (HasManyStacks(expected) && Stack(expected, MachineLimits.CallFrames).ContainsAnyExcept((byte)0)) Deep++;
        if (expected->Walks[0].Calls > 0) CalledBack++;
        if (expected->Walks[1].Calls > 0) CalledBackInside++;
        foreach (JitOptions options in Options)
        {
            if (!options.IsChecked && expected->Status != RunStatus.Returned) continue;
            if (!options.IsMetered && !ends) continue;
            using IMachineProgram compiled = Run(compiler.WithSeveral(options), program, first, data);
            if (Agree(reference, compiled, options)) continue;
            Assert.Fail($"{name}, {compiler}, {options}, from {first} on, budget {Budget}\n{Listing(program)}\n{Convert.ToHexString(data)}\nexpected {End(reference)}\ngot      {End(compiled)}");
        }

        return reference.Executed(Budget);
    }

    /// <summary>The same as it is, and then with budgets that end anywhere in it.</summary>
    public void CompareAtBudgets(BpfProgram program, int first, ReadOnlySpan<byte> data, string name, Random random, int budgets)
    {
        long executed = Compare(program, first, data, name);
        for (; budgets > 0; budgets--)
        {
            Budget = random.NextInt64(1, executed + 2);
            _ = Compare(program, first, data, name);
        }
    }

    private bool Agree(IMachineProgram reference, IMachineProgram compiled, JitOptions options)
    {
        Machine* a = reference.Memory.Machine;
        Machine* b = compiled.Memory.Machine;
        if ((a->Status, b->Status) == (RunStatus.OutOfBudget, RunStatus.OutOfBudget)) return true; // compiled code looks at its budget now and then
        if (a->Status != b->Status || a->Fault != b->Fault || a->FaultPc != b->FaultPc) return false;
        if (options.IsMetered && reference.Executed(Budget) != compiled.Executed(Budget)) return false;
        if (!reference.Memory.Data.SequenceEqual(compiled.Memory.Data)) return false;
        int stacks = HasManyStacks(a) ? MachineLimits.FramesAfter(MachineLimits.TailCalls - a->TailCallsLeft) : Stacks;
        for (int frame = 0; frame < stacks; frame++)
        {
            if (!AreSame(reference, Stack(a, frame), compiled, Stack(b, frame))) return false;
        }

        if (!reference.Memory.Context.SequenceEqual(compiled.Memory.Context)) return false;
        if (!Image(reference).SequenceEqual(Image(compiled))) return false;
        if (a->Status != RunStatus.Returned) return true;
        if (!options.ShowsRegisters) return a->Registers[0] == b->Registers[0];
        return Shown.All(r => IsSame(reference, Register(reference, r), compiled, Register(compiled, r)));
    }

    private static ulong Register(IMachineProgram program, int register) => program.Memory.Machine->Registers[register];

    /// <summary>Whether two values are the same number, or the same place, which has another address on each machine.</summary>
    private static bool IsSame(IMachineProgram a, ulong inA, IMachineProgram b, ulong inB) => inA == inB || (PlaceOf(a, inA) is { } place && place == PlaceOf(b, inB));

    private static bool AreSame(IMachineProgram a, ReadOnlySpan<byte> inA, IMachineProgram b, ReadOnlySpan<byte> inB)
    {
        if (inA.SequenceEqual(inB)) return true;
        ReadOnlySpan<ulong> wordsA = MemoryMarshal.Cast<byte, ulong>(inA);
        ReadOnlySpan<ulong> wordsB = MemoryMarshal.Cast<byte, ulong>(inB);
        for (int n = 0; n < wordsA.Length; n++)
        {
            if (!IsSame(a, wordsA[n], b, wordsB[n])) return false;
        }

        return true;
    }

    private static (ulong Region, ulong Offset)? PlaceOf(IMachineProgram program, ulong address)
    {
        Machine* m = program.Memory.Machine;
        ulong region = (address - m->Origin) >> m->RegionShift;
        return region > 0 && region < m->RegionCount ? (region, address - m->Regions[region].Start) : null;
    }

    private static bool HasManyStacks(Machine* m) => m->RegionCount - m->FirstStack == MachineLimits.FramesWithTailCalls;

    private IMachineProgram Run(ProgramsLoad load, BpfProgram program, int first, ReadOnlySpan<byte> data)
    {
        IMachineProgram loaded = load(program, Maps, dataBytes, out _)!; // it is valid
        loaded.Prepare(data, Budget, first, Context);
        loaded.RunPrepared();
        return loaded;
    }

    private static ReadOnlySpan<byte> Image(IMachineProgram program)
    {
        if (program.Memory.Maps is not { } maps) return [];
        byte[] bytes = new byte[Enumerable.Range(0, maps.Count).Sum(map => MapImage.MaxBytes([maps[map].Definition]))];
        var image = new MapImageWriter(bytes, new byte[bytes.Length]);
        maps.Show(ref image);
        return bytes.AsSpan(0, image.Length);
    }

    private static ReadOnlySpan<byte> Stack(Machine* m, int frame) => new(m->Regions[m->FirstStack + frame].Base, MachineLimits.StackBytes);

    private static string Listing(BpfProgram program) => string.Join('\n', Enumerable.Range(0, program.Count).Select(
        n => $"{program[n].Name}, from {program[n].Start} on:\n{Disassembler.Listing(program.Instructions.AsSpan()[program.SlotsOf(n)])}"));

    private string End(IMachineProgram program)
    {
        Machine* m = program.Memory.Machine;
        string values = string.Join(' ', new ReadOnlySpan<ulong>(m->Registers, 10).ToArray().Select(value => $"{value:x}"));
        return $"{m->Status} {m->Fault} {m->FaultPc} after {program.Executed(Budget)}: {values}\n{Convert.ToHexString(program.Memory.Data)}\n{Convert.ToHexString(program.Memory.Context)}\n{Convert.ToHexString(Stack(m, 0))}\n{Convert.ToHexString(Image(program))}";
    }
}
