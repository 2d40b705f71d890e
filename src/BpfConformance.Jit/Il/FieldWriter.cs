using System.Reflection;
using System.Reflection.Emit;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Jit.Il;

/// <summary>
/// Accesses that may be of a context: by a method that does all of it, wherever it is. What is known to be a field, or is one when its
/// register holds the context itself, is taken from where it really is.
/// </summary>
internal sealed unsafe class FieldWriter(MethodWriter w, BlockWriter block, MachineMemory memory, ProgramContexts contexts)
{
    private static readonly MethodInfo s_load = MethodWriter.Method(typeof(RegionLookup), nameof(RegionLookup.Load));
    private static readonly MethodInfo s_store = MethodWriter.Method(typeof(RegionLookup), nameof(RegionLookup.Store));
    private static readonly MethodInfo s_loadAcquire = MethodWriter.Method(typeof(RegionLookup), nameof(RegionLookup.LoadAcquire));
    private static readonly MethodInfo s_storeRelease = MethodWriter.Method(typeof(RegionLookup), nameof(RegionLookup.StoreRelease));
    private static readonly FieldInfo s_start = typeof(Region).GetField(nameof(Region.Start))!; // its name is a member's
    private static readonly FieldInfo s_length = typeof(Region).GetField(nameof(Region.Length))!;
    private static readonly FieldInfo s_metaBytes = MethodWriter.MachineField(nameof(Machine.PacketMetaBytes));

    private readonly MemoryWriter _bytes = new(w, bounds: null, fields: null);
    private LocalBuilder? _value;

    public void Load(MemorySize size, bool signExtend, Register dst, Register address, short offset)
    {
        ContextCell* cell = Find(address, offset, size, signExtend ? ContextAccess.SignedLoad : ContextAccess.Load, out long at);
        if (cell == null || !CanLoad(cell->Value))
        {
            Call(s_load, size, address, offset, signExtend);
            w.Pop(dst);
            return;
        }

        (Label elsewhere, Label done) = (w.Il.DefineLabel(), w.Il.DefineLabel());
        bool isCertain = BranchUnlessContext(address, elsewhere);
        Load(cell, at, size, signExtend);
        w.Initialize(dst);
        if (!isCertain)
        {
            w.Il.Emit(OpCodes.Br, done);
            w.Il.MarkLabel(elsewhere);
            Call(s_load, size, address, offset, signExtend);
            w.Initialize(dst);
            w.Il.MarkLabel(done);
        }

        w.Pointers[dst] = cell->Value == ContextValue.Number ? null : Pointer.ToData;
    }

    public void Store(MemorySize size, Register address, short offset, Operand value)
    {
        ContextCell* cell = Find(address, offset, size, ContextAccess.Store, out long at);
        if (cell == null || !cell->KeepsAll)
        {
            Call(s_store, size, address, offset, value);
            return;
        }

        (Label elsewhere, Label done) = (w.Il.DefineLabel(), w.Il.DefineLabel());
        bool isCertain = BranchUnlessContext(address, elsewhere);
        PushBytes(at);
        w.Push(value, size == MemorySize.Double ? OperandWidth.W64 : OperandWidth.W32);
        _bytes.Put(size, isVolatile: false);
        if (isCertain) return;
        w.Il.Emit(OpCodes.Br, done);
        w.Il.MarkLabel(elsewhere);
        Call(s_store, size, address, offset, value);
        w.Il.MarkLabel(done);
    }

    public void LoadAcquire(MemorySize size, Register dst, Register address, short offset)
    {
        Call(s_loadAcquire, size, address, offset, signExtend: null);
        w.Pop(dst);
    }

    public void StoreRelease(MemorySize size, Register address, short offset, Register src) =>
        Call(s_storeRelease, size, address, offset, new Operand(IsRegister: true, src, 0));

    /// <summary>Sockets are left to the method.</summary>
    private static bool CanLoad(ContextValue value) =>
        value is ContextValue.Number or ContextValue.PacketData or ContextValue.PacketEnd or ContextValue.PacketMeta;

    /// <summary>The field of an access through a register that holds the context, or is likely to.</summary>
    private ContextCell* Find(Register address, short offset, MemorySize size, ContextAccess access, out long at)
    {
        at = offset;
        if (w.Pointers[address] is not { Region: Regions.Context, Index: null } pointer) return null;
        at += pointer.Offset ?? 0;
        return contexts.Find(at, (int)size, access);
    }

    /// <summary>Where it is not certain, compares with the start of the context; whether it is.</summary>
    private bool BranchUnlessContext(Register address, Label elsewhere)
    {
        if (w.Pointers[address] is { Offset: not null }) return true;
        w.Push(address);
        w.Push((long)contexts.Start);
        w.Il.Emit(OpCodes.Bne_Un, elsewhere);
        return false;
    }

    private void Load(ContextCell* cell, long at, MemorySize size, bool signExtend)
    {
        switch (cell->Value)
        {
            case ContextValue.Number:
                PushBytes(at);
                _bytes.Fetch(size, signExtend, isVolatile: false);
                break;
            case ContextValue.PacketData:
                PushOfData(s_start);
                w.PushMachine();
                w.Il.Emit(OpCodes.Ldfld, s_metaBytes);
                w.Il.Emit(OpCodes.Conv_U8);
                w.Il.Emit(OpCodes.Add);
                break;
            case ContextValue.PacketEnd:
                PushOfData(s_start);
                PushOfData(s_length);
                w.Il.Emit(OpCodes.Conv_U8);
                w.Il.Emit(OpCodes.Add);
                break;
            default:
                PushOfData(s_start); // where metadata begins
                break;
        }
    }

    private void PushBytes(long at)
    {
        w.Push((long)(contexts.Bytes + at));
        w.Il.Emit(OpCodes.Conv_U);
    }

    private void PushOfData(FieldInfo field)
    {
        w.Push((long)(memory.Machine->Regions + Regions.Data));
        w.Il.Emit(OpCodes.Conv_U);
        w.Il.Emit(OpCodes.Ldfld, field);
    }

    /// <summary>Loads by a method: the value is on IL's stack then.</summary>
    private void Call(MethodInfo method, MemorySize size, Register address, short offset, bool? signExtend)
    {
        _value ??= w.Il.DeclareLocal(typeof(ulong));
        PushPlace(size, address, offset);
        if (signExtend is { } extends) w.Push(extends ? 1 : 0);
        PushRest();
        w.Il.Emit(OpCodes.Ldloca, _value);
        w.Il.Emit(OpCodes.Call, method);
        w.Il.Emit(OpCodes.Brfalse, block.Over);
        w.Il.Emit(OpCodes.Ldloc, _value);
    }

    private void Call(MethodInfo method, MemorySize size, Register address, short offset, Operand value)
    {
        PushPlace(size, address, offset);
        w.Push(value, OperandWidth.W64);
        PushRest();
        w.Il.Emit(OpCodes.Call, method);
        w.Il.Emit(OpCodes.Brfalse, block.Over);
    }

    private void PushPlace(MemorySize size, Register address, short offset)
    {
        w.PushMachine();
        w.PushAddress(address, offset);
        w.Push((int)size);
    }

    private void PushRest()
    {
        w.Push(block.Pc);
        w.Push(block.Rest);
        block.PushLeft();
    }
}
