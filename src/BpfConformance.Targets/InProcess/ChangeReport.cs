using BpfConformance.Abi.Instructions;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Targets.InProcess;

/// <summary>Tells of each instruction, when it has been executed, what it changed.</summary>
/// <param name="observer">Whom.</param>
internal sealed unsafe class ChangeReport(ITraceObserver observer) : IStepObserver
{
    private const int None = -1;

    private readonly ulong[] _before = new ulong[MachineLimits.RegisterCount];
    private readonly List<RegisterChange> _changes = [];
    private int _pending = None;

    public void Begin(int input, int program, Machine* machine)
    {
        observer.Begin(input, program);
        RegistersOf(machine).CopyTo(_before);
        _pending = None;
    }

    public void Before(int pc, Machine* machine)
    {
        Report(machine);
        _pending = pc;
    }

    public void End(Machine* machine)
    {
        Report(machine);
        observer.End();
    }

    private void Report(Machine* machine)
    {
        if (_pending == None) return;
        ReadOnlySpan<ulong> now = RegistersOf(machine);
        _changes.Clear();
        for (int r = 0; r < now.Length; r++)
        {
            if (now[r] != _before[r]) _changes.Add(new RegisterChange((Register)r, now[r]));
        }

        now.CopyTo(_before);
        observer.Step(_pending, _changes);
    }

    private static ReadOnlySpan<ulong> RegistersOf(Machine* machine) => new(machine->Registers, MachineLimits.RegisterCount);
}
