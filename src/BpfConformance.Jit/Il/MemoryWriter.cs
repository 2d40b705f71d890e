using System.Reflection.Emit;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Jit.Il;

/// <summary>Loads and stores (RFC 9669 section 5). Without bounds to prove, the address is simply used.</summary>
internal sealed class MemoryWriter(MethodWriter w, BoundsWriter? bounds, FieldWriter? fields)
{
    public void Load(MemorySize size, bool signExtend, Register dst, Register address, short offset)
    {
        if (fields is not null && bounds!.MayBeOfField(address)) // where there are fields, there are bounds
        {
            fields.Load(size, signExtend, dst, address, offset);
            return;
        }

        bounds?.Prove(new Access(size, address, offset, IsStore: false));
        Pointer? reloaded = size == MemorySize.Double ? w.Pointers.Reload(w.Pointers[address], offset) : null;
        w.PushAddress(address, offset);
        Fetch(size, signExtend, isVolatile: false);
        w.Pop(dst);
        w.Pointers[dst] = reloaded;
    }

    public void Store(MemorySize size, Register address, short offset, Operand value)
    {
        if (fields is not null && bounds!.MayBeOfField(address))
        {
            fields.Store(size, address, offset, value);
            return;
        }

        bounds?.Prove(new Access(size, address, offset, IsStore: true));
        w.PushAddress(address, offset);
        PushValue(size, value);
        Put(size, isVolatile: false);
        bool isPointer = size == MemorySize.Double && value.IsRegister;
        w.Pointers.Spill(w.Pointers[address], offset, isPointer ? w.Pointers[value.Register] : null);
    }

    /// <summary>IL's volatile read is an acquire.</summary>
    public void LoadAcquire(MemorySize size, Register dst, Register address, short offset)
    {
        if (fields is not null && bounds!.MayBeOfField(address))
        {
            fields.LoadAcquire(size, dst, address, offset);
            return;
        }

        var access = new Access(size, address, offset, IsStore: false);
        bounds?.Prove(access);
        bounds?.ProveAligned(access);
        w.PushAddress(address, offset);
        Fetch(size, signExtend: false, isVolatile: true);
        w.Pop(dst);
    }

    /// <summary>IL's volatile write is a release.</summary>
    public void StoreRelease(MemorySize size, Register address, short offset, Register src)
    {
        if (fields is not null && bounds!.MayBeOfField(address))
        {
            fields.StoreRelease(size, address, offset, src);
            return;
        }

        var access = new Access(size, address, offset, IsStore: true);
        bounds?.Prove(access);
        bounds?.ProveAligned(access);
        w.PushAddress(address, offset);
        PushValue(size, new Operand(IsRegister: true, src, 0));
        Put(size, isVolatile: true);
    }

    private void PushValue(MemorySize size, Operand value)
    {
        w.Push(value, size == MemorySize.Double ? OperandWidth.W64 : OperandWidth.W32);
    }

    /// <summary>What is at the address on IL's stack, as 64 bits.</summary>
    public void Fetch(MemorySize size, bool signExtend, bool isVolatile)
    {
        Prefix(size, isVolatile);
        w.Il.Emit(size switch
        {
            MemorySize.Byte => signExtend ? OpCodes.Ldind_I1 : OpCodes.Ldind_U1,
            MemorySize.Half => signExtend ? OpCodes.Ldind_I2 : OpCodes.Ldind_U2,
            MemorySize.Word => signExtend ? OpCodes.Ldind_I4 : OpCodes.Ldind_U4,
            MemorySize.Double => OpCodes.Ldind_I8,
        });
        if (size != MemorySize.Double) w.Il.Emit(signExtend ? OpCodes.Conv_I8 : OpCodes.Conv_U8);
    }

    /// <summary>Stores the value on IL's stack to the address below it.</summary>
    public void Put(MemorySize size, bool isVolatile)
    {
        Prefix(size, isVolatile);
        w.Il.Emit(size switch
        {
            MemorySize.Byte => OpCodes.Stind_I1,
            MemorySize.Half => OpCodes.Stind_I2,
            MemorySize.Word => OpCodes.Stind_I4,
            MemorySize.Double => OpCodes.Stind_I8,
        });
    }

    /// <summary>Plain accesses may have any address; those that order others are aligned.</summary>
    private void Prefix(MemorySize size, bool isVolatile)
    {
        if (isVolatile) w.Il.Emit(OpCodes.Volatile);
        else if (size != MemorySize.Byte) w.Il.Emit(OpCodes.Unaligned, (byte)1);
    }
}
