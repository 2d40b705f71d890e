using BpfConformance.Abi.Programs;

namespace BpfConformance.Jit.X64;

/// <summary>What happens seldom, behind the program.</summary>
internal ref partial struct X64Compiler
{
    /// <summary>Notes code that is emitted later; its label.</summary>
    private readonly int Side(in SideCode code, int back = -1)
    {
        int label = _layout.NewLabel();
        _work.SideCodes.Add(code with { Pc = _pc, Label = label, Back = back });
        return label;
    }

    /// <summary>What is put at the side may itself put something there.</summary>
    private void EmitSideCode<TDelivery>()
        where TDelivery : struct, IDelivery<X64Compiler>
    {
        _looksUp = true;
        for (int n = 0; n < _work.SideCodes.Count; n++)
        {
            SideCode side = _work.SideCodes[n];
            _code.Reserve();
            Begin(side.Label, _pc = side.Pc);
            switch (side.Kind)
            {
                case SideCodeKind.Check: LookUp(side.Memory, side.Bytes, side.IsStore); break;
                case SideCodeKind.Again: EmitAgain<TDelivery>(side.Pc, side.LastPc); break;
                case SideCodeKind.Fault: Raise(side.Fault); break;
                case SideCodeKind.Overdrawn: LeaveIfNothingWasLeft(side.Charged); break;
                case SideCodeKind.OutOfBudget: _layout.Call(ref _code, SharedRoutine.RaiseOutOfBudget); break;
                case SideCodeKind.Zero: _code.MoveImmediate(side.Dst, 0); break;
                case SideCodeKind.Negate: _code.Unary(X64Unary.Neg, side.IsWide, side.Dst); break;
                case SideCodeKind.Lookup: HashRoutine.Emit(ref _code, _layout, _work.Lookups[side.Lookup].Lookup); break;
                case SideCodeKind.Truncate: _code.Move(wide: false, side.Dst, side.Dst); break;
            }

            if (side.Back >= 0) _layout.Jump(ref _code, side.Back);
        }
    }

    private void EmitAgain<TDelivery>(int first, int last)
        where TDelivery : struct, IDelivery<X64Compiler>
    {
        for (_pc = first; _pc <= last; _pc += _program[_pc].IsWide ? 2 : 1)
        {
            _code.Reserve();
            Begin(_layout.NewLabel(), _pc);
            if (_options.IsMetered && _pc > first && _flow.IsLeader(_pc)) Charge();
            TDelivery.Deliver(ref this, _program, _pc);
        }
    }

    /// <summary>At the side the code from here on is of an instruction.</summary>
    private readonly void Begin(int label, int pc)
    {
        _layout.Put(label, _code);
        _work.SidePlaces.Add((label, pc));
    }

    private void LeaveIfNothingWasLeft(int charged)
    {
        _code.Alu(X64Alu.Cmp, wide: true, X64Registers.Budget, -charged);
        _layout.JumpIf(ref _code, X64Condition.LessOrEqual, Side(new SideCode { Kind = SideCodeKind.OutOfBudget }));
    }

    private void Raise(FaultKind fault)
    {
        _code.MoveImmediate(Scratch, (ulong)fault);
        _layout.Call(ref _code, SharedRoutine.RaiseFault);
    }
}
