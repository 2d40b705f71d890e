using System.Reflection;
using System.Reflection.Emit;
using BpfConformance.Abi.Instructions;
using BpfConformance.Runtime.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Jit.Il;

/// <summary>Lookups in maps that are known: without a call of the helper.</summary>
internal sealed class MapWriter(MethodWriter w, BlockWriter block, ProgramCode program, BoundsWriter? bounds)
{
    private static readonly MethodInfo s_find = MethodWriter.Method(typeof(HashTable), nameof(HashTable.Find));

    private LocalBuilder? _element;

    /// <summary>The condition that looks whether the last lookup found a value; −1: nobody does at once.</summary>
    private int _nullCheckPc = -1;
    private Pointer _found;

    /// <summary>r0 = the address of the value of the key at r2, or 0.</summary>
    public void LookUp(in DirectLookup lookup, int map)
    {
        _nullCheckPc = DirectLookups.IsNullCheck(program.Slots, program.Flow, block.Pc + 1) ? block.Pc + 1 : -1;
        _found = new Pointer(Regions.MapValues + map, Offset: 0);
        bounds?.ProveCallReads(Register.R2, lookup.KeyBytes);
        if (lookup.Table is { } table) Find(table);
        else LoadIndex();
        _element ??= w.Il.DeclareLocal(typeof(uint));
        w.Il.Emit(OpCodes.Stloc, _element);
        w.Push(0L);
        w.Pop(Register.R0);
        Label done = w.Il.DefineLabel();
        w.Il.Emit(OpCodes.Ldloc, _element);
        w.Push(lookup.Elements);
        w.Il.Emit(OpCodes.Bge_Un, done);
        w.Il.Emit(OpCodes.Ldloc, _element);
        w.Il.Emit(OpCodes.Conv_U8);
        w.Push(lookup.ValueShift);
        w.Il.Emit(OpCodes.Shl);
        w.Push((long)lookup.FirstValue);
        w.Il.Emit(OpCodes.Add);
        w.Pop(Register.R0);
        w.Il.MarkLabel(done);
    }

    /// <summary>Behind the condition that leads null away, r0 is a value.</summary>
    public void FollowCondition()
    {
        if (block.Pc == _nullCheckPc) w.Pointers[Register.R0] = _found;
    }

    private void LoadIndex()
    {
        w.Push(Register.R2);
        w.Il.Emit(OpCodes.Unaligned, (byte)1);
        w.Il.Emit(OpCodes.Ldind_U4);
    }

    private void Find(in HashTable table)
    {
        foreach (nint address in (ReadOnlySpan<nint>)[table.Buckets, table.Entries, table.Keys])
        {
            w.Push((long)address);
            w.Il.Emit(OpCodes.Conv_I);
        }

        w.Push((int)table.BucketMask);
        w.Push(table.KeyBytes);
        w.Push(Register.R2);
        w.Il.Emit(OpCodes.Conv_I);
        w.Il.Emit(OpCodes.Call, s_find);
    }
}
