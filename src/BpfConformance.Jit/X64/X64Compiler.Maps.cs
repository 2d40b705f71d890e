using BpfConformance.Abi.Instructions;
using BpfConformance.Runtime.Maps;
using static BpfConformance.Jit.X64.X64Register;

namespace BpfConformance.Jit.X64;

/// <summary>Lookups in maps that are known: without a call of the host.</summary>
internal ref partial struct X64Compiler
{
    /// <summary>The address of the value, or 0, is r0 then; r1–r5 are lost, as after any call. False: nothing was emitted.</summary>
    private bool LookUpValue(in DirectLookup lookup)
    {
        if (lookup.KeyBytes > HashRoutine.LongestKey) return false;
        CheckKey(lookup.KeyBytes);
        if (lookup.Table is { } table) _layout.Call(ref _code, RoutineOf(table, lookup));
        else LookUpIndex(lookup);
        if (_options.IsChecked && DirectLookups.IsNullCheck(_program, _flow, _pc + 1)) (_nullCheckPc, _foundValue) = (_pc + 1, lookup);
        return true;
    }

    private void LookUpIndex(in DirectLookup lookup)
    {
        int found = _layout.NewLabel();
        _code.Load(sizeof(uint), signed: false, Rax, new X64Memory(Of(Register.R2), 0));
        _code.Alu(X64Alu.Cmp, wide: false, Rax, lookup.Elements);
        _layout.JumpIf(ref _code, X64Condition.NotCarry, Side(new SideCode { Kind = SideCodeKind.Zero, Dst = Rax }, found));
        _code.MoveImmediate(Scratch, lookup.FirstValue);
        if (lookup.ValueShift > 0) _code.Shift(X64Shift.Shl, wide: true, Rax, lookup.ValueShift);
        _code.Alu(X64Alu.Add, wide: true, Rax, Scratch);
        _layout.Put(found, _code);
    }

    /// <summary>One routine for each table, behind the program.</summary>
    private readonly int RoutineOf(in HashTable table, in DirectLookup lookup)
    {
        foreach ((DirectLookup other, int routine) in _work.Lookups)
        {
            if (other.Table == table) return routine;
        }

        int label = Side(new SideCode { Kind = SideCodeKind.Lookup, Lookup = _work.Lookups.Count });
        _work.Lookups.Add((lookup, label));
        return label;
    }

    /// <summary>The key as an access of the call's: the helper would ask the same.</summary>
    private void CheckKey(int bytes)
    {
        if (_options.IsChecked && !_proven.Has(Register.R2, 0, bytes, isStore: false))
        {
            Prove(Register.R2, new MemoryAccess(_pc, 0, bytes, IsStore: false));
        }
    }

    /// <summary>Behind the condition that leads null away, r0 is the value, all of which lies in its region.</summary>
    private void FollowNullCheck()
    {
        if (_pc == _nullCheckPc) _proven.Add(Register.R0, 0, _foundValue.ValueBytes, _foundValue.IsWritable);
    }
}
