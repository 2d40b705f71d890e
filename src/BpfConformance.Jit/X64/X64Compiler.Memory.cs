using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using static BpfConformance.Jit.X64.X64Register;

namespace BpfConformance.Jit.X64;

/// <summary>Loads, stores and atomics, and the checks before them.</summary>
internal ref partial struct X64Compiler
{
    public void Load(MemorySize size, bool signExtend, Register dst, Register address, short offset)
    {
        if (HoldsContext(address))
        {
            LoadKnownField(size, signExtend, dst, address, offset);
            return;
        }

        if (SeeksFields(address))
        {
            LoadAnywhere(size, signExtend, dst, address, offset);
            return;
        }

        Check(size, address, offset, isStore: false);
        _code.Load((int)size, signExtend, Of(dst), new X64Memory(Of(address), offset));
    }

    public void Store(MemorySize size, Register address, short offset, Operand value)
    {
        if (HoldsContext(address))
        {
            StoreKnownField(size, address, offset, value);
            return;
        }

        if (SeeksFields(address))
        {
            StoreAnywhere(size, address, offset, value);
            return;
        }

        Check(size, address, offset, isStore: true);
        StoreTo(size, new X64Memory(Of(address), offset), value);
    }

    /// <summary>Loads and stores of this processor are acquiring and releasing already (Intel SDM volume 3, section 10.2.2).</summary>
    public void LoadAcquire(MemorySize size, Register dst, Register address, short offset)
    {
        if (HoldsContext(address) || SeeksFields(address))
        {
            if (_looksUp) RaiseMisaligned(size, address, offset);
            Load(size, signExtend: false, dst, address, offset);
            return;
        }

        Check(size, address, offset, isStore: false);
        CheckAlignment(size, address, offset);
        _code.Load((int)size, signed: false, Of(dst), new X64Memory(Of(address), offset));
    }

    public void StoreRelease(MemorySize size, Register address, short offset, Register src)
    {
        if (HoldsContext(address) || SeeksFields(address))
        {
            if (_looksUp) RaiseMisaligned(size, address, offset);
            Store(size, address, offset, new Operand(IsRegister: true, src, 0));
            return;
        }

        Check(size, address, offset, isStore: true);
        CheckAlignment(size, address, offset);
        _code.Store((int)size, new X64Memory(Of(address), offset), Of(src));
    }

    public void Atomic(AtomicOperation operation, bool fetch, MemorySize size, Register address, short offset, Register src)
    {
        Check(size, address, offset, isStore: true);
        CheckAlignment(size, address, offset);
        bool wide = size == MemorySize.Double;
        var memory = new X64Memory(Of(address), offset);
        switch (operation)
        {
            case AtomicOperation.Add when fetch: _code.LockedExchangeAdd(wide, memory, Of(src)); break;
            case AtomicOperation.Add: _code.Locked(X64Alu.Add, wide, memory, Of(src)); break;
            case AtomicOperation.Or: Combine(X64Alu.Or, fetch, wide, memory, Of(src)); break;
            case AtomicOperation.And: Combine(X64Alu.And, fetch, wide, memory, Of(src)); break;
            case AtomicOperation.Xor: Combine(X64Alu.Xor, fetch, wide, memory, Of(src)); break;
            case AtomicOperation.Xchg: _code.Exchange(wide, memory, Of(src)); break;
            case AtomicOperation.Cmpxchg:
                _code.LockedCompareExchange(wide, memory, Of(src));
                if (!wide) _code.Move(wide: false, Rax, Rax); // when it was equal, eax was not written
                break;
        }
    }

    /// <summary>The processor can fetch only what it adds: for the others the old value is tried until nobody came between.</summary>
    private void Combine(X64Alu operation, bool fetch, bool wide, X64Memory memory, X64Register src)
    {
        if (!fetch)
        {
            _code.Locked(operation, wide, memory, src);
            return;
        }

        // r11 keeps r0, in whatever role the instruction has it; r9 is the new value.
        X64Register value = src == Rax ? Scratch : src;
        X64Memory place = memory.Base == Rax ? memory with { Base = Scratch } : memory;
        _code.Move(wide: true, Scratch, Rax);
        _code.Load(wide ? sizeof(ulong) : sizeof(uint), signed: false, Rax, place);
        int again = _code.Position;
        _code.Move(wide: true, Hot, Rax);
        _code.Alu(operation, wide, Hot, value);
        _code.LockedCompareExchange(wide, place, Hot);
        const int JumpBytes = 2;
        _code.JumpShort(X64Condition.NotEqual, (sbyte)(again - _code.Position - JumpBytes));
        if (src != Rax)
        {
            _code.Move(wide, src, Rax);
            _code.Move(wide: true, Rax, Scratch);
        }

        RestoreHot();
    }

    /// <summary>
    /// Proves that an access lies in a region: at once when it is the one that is likely, the data or this frame's stack, else at
    /// the side. Offsets from r10 are known here.
    /// </summary>
    private void Check(MemorySize size, Register address, short offset, bool isStore)
    {
        if (!_options.IsChecked) return;
        int bytes = (int)size;
        if (address == Register.R10)
        {
            if (!IsInFrame(offset, bytes)) Raise(isStore ? FaultKind.OutOfBoundsStore : FaultKind.OutOfBoundsLoad);
            return;
        }

        if (_looksUp || HoldsContext(address)) LookUp(new X64Memory(Of(address), offset), bytes, isStore);
        else if (!IsOfGroup(address) && !_proven.Has(address, offset, bytes, isStore)) Prove(address, new MemoryAccess(_pc, offset, bytes, isStore));
    }

    /// <summary>Where there are contexts, a group proves itself alone: what followed it may have been of a field.</summary>
    private readonly bool IsOfGroup(Register address) => _contexts is not null && address == _groupAddress && _pc <= _groupLastPc;

    /// <summary>Whether so many bytes at an offset from r10 are in this frame's stack.</summary>
    private static bool IsInFrame(int offset, int bytes) => offset >= -MachineLimits.StackBytes && offset + bytes <= 0;

    /// <summary>
    /// One comparison for all of a group. Where it fails, one access is looked up; of several, the instructions from the first to
    /// the last are at the side once more, as those before one that faults must have been done.
    /// </summary>
    private void Prove(Register address, MemoryAccess access)
    {
        AccessGroup group = _work.Group;
        group.Find(_program, _flow, _work.Liveness, address, access);
        int lastPc = group.Accesses[^1].Pc;
        if (_contexts is not null)
        {
            (_groupAddress, _groupLastPc) = (address, lastPc);
        }
        else
        {
            foreach (MemoryAccess each in group.Accesses) _proven.Add(address, each.Offset, each.Bytes, each.IsStore);
        }

        if (_frameSums.Of(address) is { Index: null } place && IsInFrame(place.Offset + group.From, group.To - group.From)) return;

        int done = _layout.NewLabel();
        bool mayBeOfField = _contexts is not null && ContextUse.IsAccess(_program[_pc]);
        int elsewhere = lastPc > _pc || mayBeOfField
            ? Side(new SideCode { Kind = SideCodeKind.Again, LastPc = lastPc }, lastPc + 1)
            : Side(SideCheck(access, address), done);
        if (_frameSums.Of(address) is { Index: { } index } sum) CheckFrame(group.To - group.From, index, sum.Offset + group.From, elsewhere);
        else if (_stackPointers.MayBe(address)) CheckStack(group.To - group.From, address, group.From, elsewhere);
        else CheckData(group.To - group.From, address, group.From, elsewhere);
        _layout.Put(done, _code);
    }

    private static SideCode SideCheck(MemoryAccess access, Register address) => new()
    {
        Kind = SideCodeKind.Check,
        Memory = new X64Memory(Of(address), access.Offset),
        Bytes = access.Bytes,
        IsStore = access.IsStore,
    };

    private void LookUp(X64Memory memory, int bytes, bool isStore)
    {
        _code.LoadAddress(Scratch, memory);
        _code.Push(bytes);
        _layout.Call(ref _code, isStore ? SharedRoutine.CheckStore : SharedRoutine.CheckLoad);
    }

    /// <summary>There is a limit for each power of two: others take the next, and some at the end of the data are looked up for it.</summary>
    private void CheckData(int bytes, Register address, int offset, int elsewhere)
    {
        _code.LoadAddress(Scratch, new X64Memory(Hot, offset, Of(address)));
        _code.Alu(X64Alu.Cmp, wide: true, Scratch, MachineField.DataOffsets(bytes));
        _layout.JumpIf(ref _code, X64Condition.NotCarry, elsewhere);
    }

    /// <summary>The distance from the lowest byte of this frame's stack.</summary>
    private void CheckStack(int bytes, Register address, int offset, int elsewhere)
    {
        _code.LoadAddress(Scratch, new X64Memory(Of(address), offset + MachineLimits.StackBytes));
        _code.Alu(X64Alu.Sub, wide: true, Scratch, Of(Register.R10));
        _code.Alu(X64Alu.Cmp, wide: true, Scratch, MachineLimits.StackBytes - bytes);
        _layout.JumpIf(ref _code, X64Condition.Above, elsewhere);
    }

    /// <summary>The same of an address that is r10 + index + offset: r10 need not be asked.</summary>
    private void CheckFrame(int bytes, Register index, int offset, int elsewhere)
    {
        _code.LoadAddress(Scratch, new X64Memory(Of(index), offset + MachineLimits.StackBytes));
        _code.Alu(X64Alu.Cmp, wide: true, Scratch, MachineLimits.StackBytes - bytes);
        _layout.JumpIf(ref _code, X64Condition.Above, elsewhere);
    }

    /// <summary>Regions begin at a multiple of every size.</summary>
    private void CheckAlignment(MemorySize size, Register address, short offset)
    {
        if (!_options.IsChecked || size == MemorySize.Byte) return;
        _code.LoadAddress(Scratch, new X64Memory(Of(address), offset));
        _code.Test(wide: false, Scratch, (int)size - 1);
        _layout.JumpIf(ref _code, X64Condition.NotEqual, Side(new SideCode { Kind = SideCodeKind.Fault, Fault = FaultKind.MisalignedAtomic }));
    }
}
