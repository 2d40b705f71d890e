using BpfConformance.Abi.Instructions;
using BpfConformance.Interpreter;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Targets.InProcess;

/// <summary>The reference, which tells of each instruction that it executes, whoever runs its programs.</summary>
/// <param name="reference">The reference.</param>
/// <param name="begins">Is told which program begins, by its index.</param>
/// <param name="observer">Is told the rest.</param>
internal sealed class TracedProgram(InterpretedProgram reference, Action<int> begins, ITraceObserver observer) : IMachineProgram
{
    private readonly ulong[] _before = new ulong[MachineLimits.RegisterCount];
    private readonly List<RegisterChange> _changes = [];
    private (long Budget, int Program) _prepared;

    public MachineMemory Memory => reference.Memory;

    public bool IsSanitized => reference.IsSanitized;

    public void Prepare(ReadOnlySpan<byte> data, long budget, int index = 0, ReadOnlySpan<byte> context = default)
    {
        _prepared = (budget, index);
        reference.Prepare(data, long.MaxValue, index, context);
    }

    public void RunPrepared()
    {
        begins(_prepared.Program);
        Registers().CopyTo(_before);
        int pending = -1;
        reference.SteerPrepared(_prepared.Budget, pc =>
        {
            if (pending >= 0) Report(pending);
            pending = pc;
            return pc;
        });
        if (pending >= 0) Report(pending);
        observer.End();
    }

    public long Executed(long budget) => reference.Executed(budget);

    public void Dispose() => reference.Dispose();

    private void Report(int pc)
    {
        ReadOnlySpan<ulong> now = Registers();
        _changes.Clear();
        for (int r = 0; r < now.Length; r++)
        {
            if (now[r] != _before[r]) _changes.Add(new RegisterChange((Register)r, now[r]));
        }

        now.CopyTo(_before);
        observer.Step(pc, _changes);
    }

    private unsafe ReadOnlySpan<ulong> Registers()
    {
        Machine* machine = reference.Memory.Machine;
        return new ReadOnlySpan<ulong>(machine->Registers, MachineLimits.RegisterCount);
    }
}
