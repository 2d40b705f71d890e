using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Jit.X64;

/// <summary>
/// Accesses of programs that have contexts. What a register is known to hold decides at once; else an access is looked for in memory, and
/// where it fails there, the instructions at the side also ask the host for a field.
/// </summary>
internal ref partial struct X64Compiler
{
    /// <summary>In a packed argument of the host's: above the number of bytes.</summary>
    private const int ExtendsSign = HostCalls.ExtendsSign;

    /// <summary>Whether a register is known to hold a context plus a number.</summary>
    private readonly bool HoldsContext(Register address) => _contexts is not null && !_looksUp && _contextPointers.Of(address) is not null;

    /// <summary>Whether an access at the side may be of a field.</summary>
    private readonly bool SeeksFields(Register address) => _contexts is not null && _looksUp && address != Register.R10;

    /// <summary>A program with a context begins; what control brings from elsewhere is another.</summary>
    private void BeginContext(int pc)
    {
        bool isGiven = _flow.IsProgram(pc) && !_flow.IsLoop(pc) && _contexts!.IsGivenAt(pc);
        int end = _function < _flow.Functions.Length ? _flow.Functions[_function] : _program.Length;
        ushort kept = isGiven && _flow.IsStructured ? ContextPointers.FindKept(_program, _flow, _work.Liveness, pc, end) : (ushort)0;
        _contextPointers.Begin(isGiven, kept);
    }

    /// <summary>A load through a register that holds the context plus a number.</summary>
    private void LoadKnownField(MemorySize size, bool signExtend, Register dst, Register address, short offset)
    {
        long at = (_contextPointers.Of(address) ?? 0) + (long)offset;
        if (Direct(at, size, signExtend) is { } value) LoadDirectly(value, at, size, signExtend, Of(dst));
        else LoadField(size, signExtend, dst, address, offset);
    }

    private void StoreKnownField(MemorySize size, Register address, short offset, Operand value)
    {
        long at = (_contextPointers.Of(address) ?? 0) + (long)offset;
        if (IsStoredDirectly(at, size)) StoreDirectly(at, size, value);
        else StoreField(size, address, offset, value);
    }

    /// <summary>What a load gives that needs no host; <c>null</c>: it does, or is none.</summary>
    private readonly unsafe ContextValue? Direct(long at, MemorySize size, bool signExtend)
    {
        ContextCell* cell = _contexts!.Find(at, (int)size, signExtend ? ContextAccess.SignedLoad : ContextAccess.Load);
        return cell != null && cell->Value is ContextValue.Number or ContextValue.PacketData or ContextValue.PacketEnd or ContextValue.PacketMeta ? cell->Value : null;
    }

    private readonly unsafe bool IsStoredDirectly(long at, MemorySize size)
    {
        ContextCell* cell = _contexts!.Find(at, (int)size, ContextAccess.Store);
        return cell != null && cell->KeepsAll;
    }

    private readonly unsafe void LoadDirectly(ContextValue value, long at, MemorySize size, bool signExtend, X64Register dst)
    {
        switch (value)
        {
            case ContextValue.Number:
                _code.MoveImmediate(Scratch, (ulong)(_contexts!.Bytes + at));
                _code.Load((int)size, signExtend, dst, new X64Memory(Scratch, 0));
                break;
            case ContextValue.PacketData:
                _code.Load(sizeof(uint), signed: false, dst, MachineField.PacketMetaBytes);
                _code.Alu(X64Alu.Sub, wide: true, dst, Hot);
                break;
            case ContextValue.PacketEnd:
                _code.Load(sizeof(ulong), signed: false, dst, MachineField.Regions);
                _code.Load(sizeof(uint), signed: false, dst, new X64Memory(dst, (Regions.Data * sizeof(Region)) + MachineField.Region.Length));
                _code.Alu(X64Alu.Sub, wide: true, dst, Hot);
                break;
            default: // the metadata
                _code.Move(wide: true, dst, Hot);
                _code.Unary(X64Unary.Neg, wide: true, dst);
                break;
        }
    }

    private readonly unsafe void StoreDirectly(long at, MemorySize size, Operand value)
    {
        _code.MoveImmediate(Scratch, (ulong)(_contexts!.Bytes + at));
        StoreTo(size, new X64Memory(Scratch, 0), value);
    }

    /// <summary>At the side: a field of what the register may hold, which is the context itself, or from memory, wherever it is, or from a field.</summary>
    private void LoadAnywhere(MemorySize size, bool signExtend, Register dst, Register address, short offset)
    {
        (int none, int done) = (_layout.NewLabel(), _layout.NewLabel());
        var memory = new X64Memory(Of(address), offset);
        if (Direct(offset, size, signExtend) is { } value)
        {
            int elsewhere = CompareWithContext(address);
            LoadDirectly(value, offset, size, signExtend, Of(dst));
            _layout.Jump(ref _code, done);
            _layout.Put(elsewhere, _code);
        }

        Seek(SharedRoutine.SeekLoad, memory, size, none);
        _code.Load((int)size, signExtend, Of(dst), memory);
        _layout.Jump(ref _code, done);
        _layout.Put(none, _code);
        LoadField(size, signExtend, dst, address, offset);
        _layout.Put(done, _code);
    }

    private void StoreAnywhere(MemorySize size, Register address, short offset, Operand value)
    {
        (int none, int done) = (_layout.NewLabel(), _layout.NewLabel());
        var memory = new X64Memory(Of(address), offset);
        if (IsStoredDirectly(offset, size))
        {
            int elsewhere = CompareWithContext(address);
            StoreDirectly(offset, size, value);
            _layout.Jump(ref _code, done);
            _layout.Put(elsewhere, _code);
        }

        Seek(SharedRoutine.SeekStore, memory, size, none);
        StoreTo(size, memory, value);
        _layout.Jump(ref _code, done);
        _layout.Put(none, _code);
        StoreField(size, address, offset, value);
        _layout.Put(done, _code);
    }

    /// <summary>Goes on where a register holds the context itself; else to a label.</summary>
    private int CompareWithContext(Register address)
    {
        int elsewhere = _layout.NewLabel();
        _code.MoveImmediate(Scratch, _contexts!.Start);
        _code.Alu(X64Alu.Cmp, wide: true, Of(address), Scratch);
        _layout.JumpIf(ref _code, X64Condition.NotEqual, elsewhere);
        return elsewhere;
    }

    /// <summary>At the side, before an access that is to be aligned: what is in no memory is not misaligned.</summary>
    private void RaiseMisaligned(MemorySize size, Register address, short offset)
    {
        if (size == MemorySize.Byte) return;
        int aligned = _layout.NewLabel();
        var memory = new X64Memory(Of(address), offset);
        _code.LoadAddress(Scratch, memory);
        _code.Test(wide: false, Scratch, (int)size - 1);
        _layout.JumpIf(ref _code, X64Condition.Equal, aligned);
        Seek(SharedRoutine.SeekLoad, memory, size, aligned);
        Raise(FaultKind.MisalignedAtomic);
        _layout.Put(aligned, _code);
    }

    private void Seek(SharedRoutine routine, X64Memory memory, MemorySize size, int none)
    {
        _code.LoadAddress(Scratch, memory);
        _code.Push((int)size);
        _layout.Call(ref _code, routine);
        _code.Test(wide: false, Scratch, Scratch);
        _layout.JumpIf(ref _code, X64Condition.Equal, none);
    }

    private void LoadField(MemorySize size, bool signExtend, Register dst, Register address, short offset)
    {
        _code.LoadAddress(Scratch, new X64Memory(Of(address), offset));
        _code.Push((int)size | (signExtend ? ExtendsSign : 0));
        _layout.Call(ref _code, SharedRoutine.LoadField);
        _code.Move(wide: true, Of(dst), Scratch);
    }

    private void StoreField(MemorySize size, Register address, short offset, Operand value)
    {
        StoreTo(MemorySize.Double, MachineField.FieldValue, value);
        _code.LoadAddress(Scratch, new X64Memory(Of(address), offset));
        _code.Push((int)size);
        _layout.Call(ref _code, SharedRoutine.StoreField);
    }

    private readonly void StoreTo(MemorySize size, X64Memory memory, Operand value)
    {
        if (value.IsRegister) _code.Store((int)size, memory, Of(value.Register));
        else _code.StoreImmediate((int)size, memory, value.Immediate);
    }
}
