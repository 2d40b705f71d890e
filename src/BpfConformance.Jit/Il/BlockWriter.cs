using System.Reflection;
using System.Reflection.Emit;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Jit.Il;

/// <summary>
/// Charges the blocks of one function, and knows what is left of the current block when something ends the run in its middle.
/// </summary>
internal sealed class BlockWriter(MethodWriter w, bool isMetered)
{
    private static readonly FieldInfo s_budgetLeft = MethodWriter.MachineField(nameof(Machine.BudgetLeft));
    private static readonly MethodInfo s_fault = MethodWriter.Method(typeof(RunEnding), nameof(RunEnding.Fault));
    private static readonly MethodInfo s_outOfBudget = MethodWriter.Method(typeof(RunEnding), nameof(RunEnding.OutOfBudget));

    private readonly LocalBuilder? _left = isMetered ? w.Il.DeclareLocal(typeof(long)) : null;
    private readonly List<Ending> _endings = [];
    private readonly List<Overdraft> _overdrafts = [];

    /// <summary>A way out, written after the function so that it is not in the way.</summary>
    private readonly record struct Ending(Label Label, FaultKind Kind, LocalBuilder? KindLocal, int Pc, int Rest);

    /// <summary>The same, where the budget is used up; or nearly.</summary>
    private readonly record struct Overdraft(Label Label, Label GoesOn, int Pc, int LastCharge);

    /// <summary>Where to jump when the run is over.</summary>
    public Label Over { get; } = w.Il.DefineLabel();

    /// <summary>The instruction that is compiled.</summary>
    public int Pc { get; private set; }

    /// <summary>Instructions of its block that come after it.</summary>
    public int Rest { get; private set; }

    /// <summary>Begins a block and charges it.</summary>
    /// <param name="pc">Where.</param>
    /// <param name="length">Its instructions.</param>
    /// <param name="isLoop">Whether control may come round to it, so that it must be looked whether anything is left.</param>
    public void Enter(int pc, int length, bool isLoop)
    {
        (Pc, Rest) = (pc, length);
        Charge(length);
        if (isLoop) LeaveIfOverdrawn(pc, length);
    }

    /// <summary>Charges instructions, or gives so many back that were charged.</summary>
    public void Charge(int instructions)
    {
        if (_left is null) return;
        w.Il.Emit(OpCodes.Ldloc, _left);
        w.Push((long)instructions);
        w.Il.Emit(OpCodes.Sub);
        w.Il.Emit(OpCodes.Stloc, _left);
    }

    /// <summary>At the end of the program: more may have been charged than there was.</summary>
    public void LeaveIfOverdrawn() => LeaveIfOverdrawn(pc: -1, lastCharge: 0);

    /// <summary>What is left of the budget, where it is counted.</summary>
    public void PushLeft()
    {
        if (_left is null) w.Push(0L);
        else w.Il.Emit(OpCodes.Ldloc, _left);
    }

    /// <summary>Goes on to the next instruction of the block.</summary>
    public void Step(int pc)
    {
        Pc = pc;
        Rest--;
    }

    /// <summary>Where to jump when the current instruction faults.</summary>
    public Label Fault(FaultKind kind) => Add(kind, kindLocal: null);

    /// <summary>The same, with a kind that is known only when the program runs.</summary>
    public Label Fault(LocalBuilder kind) => Add(FaultKind.None, kind);

    /// <summary>Takes the budget from the machine: at entry, and when a callee returns.</summary>
    public void LoadBudget()
    {
        if (_left is null) return;
        w.PushMachine();
        w.Il.Emit(OpCodes.Ldfld, s_budgetLeft);
        w.Il.Emit(OpCodes.Stloc, _left);
    }

    /// <summary>Gives it back: before a call, and at the end.</summary>
    public void StoreBudget()
    {
        if (_left is null) return;
        w.PushMachine();
        w.Il.Emit(OpCodes.Ldloc, _left);
        w.Il.Emit(OpCodes.Stfld, s_budgetLeft);
    }

    /// <summary>Writes the ways out that were asked for.</summary>
    public void WriteEndings()
    {
        foreach (Ending ending in _endings) Write(ending);
        foreach (Overdraft overdraft in _overdrafts) Write(overdraft);
        w.Il.MarkLabel(Over);
        w.Push(0L);
        w.Il.Emit(OpCodes.Ret);
    }

    private Label Add(FaultKind kind, LocalBuilder? kindLocal)
    {
        Label label = w.Il.DefineLabel();
        _endings.Add(new Ending(label, kind, kindLocal, Pc, Rest));
        return label;
    }

    /// <summary>Ends the run where more was charged than there was; what takes more than was left is begun all the same, unless that was nothing.</summary>
    private void LeaveIfOverdrawn(int pc, int lastCharge)
    {
        if (_left is null) return;
        Label label = w.Il.DefineLabel();
        Label goesOn = w.Il.DefineLabel();
        w.Il.Emit(OpCodes.Ldloc, _left);
        w.Push(0L);
        w.Il.Emit(OpCodes.Blt, label);
        w.Il.MarkLabel(goesOn);
        _overdrafts.Add(new Overdraft(label, goesOn, pc, lastCharge));
    }

    private void Write(Overdraft overdraft)
    {
        w.Il.MarkLabel(overdraft.Label);
        PushLeft();
        w.Push(-(long)overdraft.LastCharge);
        w.Il.Emit(OpCodes.Bgt, overdraft.GoesOn);
        w.PushMachine();
        w.Push(overdraft.Pc);
        PushLeft();
        w.Il.Emit(OpCodes.Call, s_outOfBudget);
        w.Il.Emit(OpCodes.Ret);
    }

    private void Write(Ending ending)
    {
        w.Il.MarkLabel(ending.Label);
        w.PushMachine();
        if (ending.KindLocal is not null) w.Il.Emit(OpCodes.Ldloc, ending.KindLocal);
        else w.Push((int)ending.Kind);
        w.Push(ending.Pc);
        w.Push(ending.Rest);
        PushLeft();
        w.Il.Emit(OpCodes.Call, s_fault);
        w.Il.Emit(OpCodes.Ret);
    }
}
