using System.Collections.Immutable;
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
    private const long Budget = 2000;

    private static readonly JitOptions[] s_options =
        [.. from n in Enumerable.Range(0, 8) select new JitOptions((n & 1) != 0, (n & 2) != 0, (n & 4) != 0)];

    /// <summary>What programs have; all that is in them afterwards is compared.</summary>
    public ImmutableArray<MapDefinition> Maps { get; set; } = [];

    public int Programs { get; private set; }

    public int Returned { get; private set; }

    public int Faulted { get; private set; }

    public override string ToString() => $"{Programs} programs: {Returned} returned, {Faulted} faulted";

    /// <summary>What does not return runs only where it is checked, what does not end only where it is counted.</summary>
    public void Compare(Instruction[] program, ReadOnlySpan<byte> data, string name)
    {
        Programs++;
        using IMachineProgram reference = Run(Engine.Reference.Load, program, data);
        Machine* expected = reference.Memory.Machine;
        bool ends = expected->Status != RunStatus.OutOfBudget;
        if (expected->Status == RunStatus.Returned) Returned++;
        if (expected->Status == RunStatus.Faulted) Faulted++;
        foreach (JitOptions options in s_options)
        {
            if (!options.IsChecked && expected->Status != RunStatus.Returned) continue;
            if (!options.IsMetered && !ends) continue;
            using IMachineProgram compiled = Run(compiler.With(options), program, data);
            if (Agree(reference, compiled, options)) continue;
            Assert.Fail($"{name}, {compiler}, {options}\n{Disassembler.Listing(program)}\n{Convert.ToHexString(data)}\nexpected {End(reference)}\ngot      {End(compiled)}");
        }
    }

    private bool Agree(IMachineProgram reference, IMachineProgram compiled, JitOptions options)
    {
        Machine* a = reference.Memory.Machine;
        Machine* b = compiled.Memory.Machine;
        if ((a->Status, b->Status) == (RunStatus.OutOfBudget, RunStatus.OutOfBudget)) return true; // compiled code looks at its budget now and then
        if (a->Status != b->Status || a->Fault != b->Fault || a->FaultPc != b->FaultPc) return false;
        if (options.IsMetered && reference.Executed(Budget) != compiled.Executed(Budget)) return false;
        if (!reference.Memory.Data.SequenceEqual(compiled.Memory.Data) || !Stack(a).SequenceEqual(Stack(b))) return false;
        if (!Image(reference).SequenceEqual(Image(compiled))) return false;
        int shown = a->Status != RunStatus.Returned ? 0 : options.ShowsRegisters ? registers : 1;
        return new ReadOnlySpan<ulong>(a->Registers, shown).SequenceEqual(new ReadOnlySpan<ulong>(b->Registers, shown));
    }

    private IMachineProgram Run(EngineLoad load, Instruction[] program, ReadOnlySpan<byte> data)
    {
        IMachineProgram loaded = load(program, Maps, ProgramType.Unspecified, dataBytes, out _)!; // it is valid
        loaded.Prepare(data, Budget);
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

    private static ReadOnlySpan<byte> Stack(Machine* m) => new(m->Regions[m->FirstStack].Base, MachineLimits.StackBytes);

    private static string End(IMachineProgram program)
    {
        Machine* m = program.Memory.Machine;
        string registers = string.Join(' ', new ReadOnlySpan<ulong>(m->Registers, 10).ToArray().Select(value => $"{value:x}"));
        return $"{m->Status} {m->Fault} {m->FaultPc} after {program.Executed(Budget)}: {registers}\n{Convert.ToHexString(program.Memory.Data)}\n{Convert.ToHexString(Stack(m))}";
    }
}
