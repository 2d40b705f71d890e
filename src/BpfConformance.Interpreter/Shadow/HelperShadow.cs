using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Interpreter.Shadow;

/// <summary>What a sanitised run asks of a helper's arguments, as its prototype describes them, and knows of what it will give.</summary>
internal static unsafe class HelperShadow
{
    public static FaultKind Call(Machine* m, int pc, int helper)
    {
        HelperPrototype prototype = HelperTable.PrototypeOf(helper);
        bool isPlain = prototype.IsDeterministic;
        Map? map = null;
        for (int i = 0; i < prototype.Arguments.Length; i++)
        {
            FaultKind fault = Check(m, pc, prototype.Arguments[i], register: i + 1, ref map, ref isPlain);
            if (fault != FaultKind.None) return fault;
        }

        // Where in the packet, or by how much: what then is in it is each machine's own.
        bool isOfPacket = prototype.Arguments is [{ Kind: ArgumentKind.Context }, ..];
        if (isOfPacket && prototype.IsDeterministic && !isPlain) FullShadow.Diverge(m, pc);

        for (int i = 0; i < prototype.Arguments.Length; i++)
        {
            // Values of maps are written with what is known of them.
            if (prototype.Arguments[i] is not { Kind: ArgumentKind.Memory } argument || !argument.Has(ArgumentFlags.Written)) continue;
            if (argument.Bytes > 0) Write(m, m->Registers[i + 1], isPlain);
            else Leave(m, m->Registers[i + 1], (int)m->Registers[i + 2]);
        }

        FullShadow.AfterCall(
            m, prototype.Return == HelperReturn.Void ? Provenance.Uninitialized : isPlain ? Provenance.Scalar : Provenance.Volatile);
        return FaultKind.None;
    }

    /// <summary>Only now it is known whether there is a value, and which.</summary>
    public static void AfterHelper(Machine* m, int helper)
    {
        HelperPrototype prototype = HelperTable.PrototypeOf(helper);
        if (prototype.ChangesPacket) PacketPointers.Forget(m);
        if (prototype.Return != HelperReturn.MapValueOrNull) return;
        ulong address = m->Registers[0];
        m->Provenance[0] = address == 0 ? Provenance.Scalar : MachineMemory.PointerToValue(m, address);
    }

    /// <param name="m">The machine before the call.</param>
    /// <param name="pc">The call.</param>
    /// <param name="argument">What the register must hold.</param>
    /// <param name="register">Which.</param>
    /// <param name="map">The map that keys and values belong to.</param>
    /// <param name="isPlain">Becomes false when this argument differs between machines, and so what comes of it.</param>
    private static FaultKind Check(Machine* m, int pc, HelperArgument argument, int register, ref Map? map, ref bool isPlain)
    {
        if (m->Provenance[register] == Provenance.Uninitialized) return FaultKind.UninitializedRegister;
        switch (argument.Kind)
        {
            case ArgumentKind.Map:
                map = MapSet.Of(m, m->Registers[register]);
                return map is null ? FaultKind.InvalidPointer : FaultKind.None;
            case ArgumentKind.MapKey:
                return CheckKey(m, pc, register, map!.KeyBytes); // a map stands before its keys
            case ArgumentKind.MapValue when map!.Definition.Type == MapType.BloomFilter: // which only reads values, and what it tells follows from them
                return CheckKey(m, pc, register, map.ValueBytes);
            case ArgumentKind.MapValue when argument.Has(ArgumentFlags.Written):
                return CheckWrite(m, pc, register, (ulong)map!.ValueBytes);
            case ArgumentKind.MapValue:
                bool isKnown = true; // what it is goes with it into the map
                return CheckRead(m, pc, register, (ulong)map!.ValueBytes, ref isKnown);
            case ArgumentKind.Function:
                return FaultKind.None; // who calls it looks
            case ArgumentKind.Stack:
                return CheckStack(m, register, argument);
            case ArgumentKind.Size:
                return CheckSize(m, pc, register);
            case ArgumentKind.Context:
                return m->Provenance[register] == Provenance.PointerTo(Regions.Context) ? FaultKind.None : FaultKind.InvalidPointer;
            case ArgumentKind.Memory when argument.Has(ArgumentFlags.Written) && argument.Bytes > 0:
                return CheckWriteAligned(m, pc, register);
            case ArgumentKind.Memory when m->Provenance[register + 1] == Provenance.Uninitialized:
                return FaultKind.UninitializedRegister;
            case ArgumentKind.Memory when argument.Has(ArgumentFlags.Written):
                return CheckWrite(m, pc, register, m->Registers[register + 1]);
            case ArgumentKind.Memory when m->Registers[(int)Register.R1] == Regions.Address(Regions.Context, 0):
                bool isTaken = true; // what it is goes with it into the packet
                return CheckRead(m, pc, register, m->Registers[register + 1], ref isTaken);
            case ArgumentKind.Memory:
                return CheckRead(m, pc, register, m->Registers[register + 1], ref isPlain);
            default:
                isPlain &= FullShadow.IsPlain(m, register);
                return FaultKind.None;
        }
    }

    /// <summary>The kernel loads no program that may pass a size of 0.</summary>
    private static FaultKind CheckSize(Machine* m, int pc, int register)
    {
        if (m->Registers[register] == 0 || !FullShadow.IsPlain(m, register)) FullShadow.Diverge(m, pc);
        return FaultKind.None;
    }

    /// <summary>What a key that differs between machines leads to is each one's own.</summary>
    private static FaultKind CheckKey(Machine* m, int pc, int register, int bytes)
    {
        bool isPlain = true;
        FaultKind fault = CheckRead(m, pc, register, (ulong)bytes, ref isPlain);
        if (!isPlain) FullShadow.Diverge(m, pc);
        return fault;
    }

    private static FaultKind CheckStack(Machine* m, int register, HelperArgument argument)
    {
        uint provenance = m->Provenance[register];
        if (provenance == Provenance.Scalar && m->Registers[register] == 0 && argument.Has(ArgumentFlags.Nullable)) return FaultKind.None;
        bool isStack = Provenance.IsPointer(provenance) && Provenance.RegionOf(provenance) >= m->FirstStack && Provenance.RegionOf(provenance) < m->RegionCount;
        return isStack ? FaultKind.None : FaultKind.InvalidPointer;
    }

    private static FaultKind CheckRead(Machine* m, int pc, int register, ulong size, ref bool isPlain)
    {
        ulong address = m->Registers[register];
        FaultKind fault = FullShadow.Access(m, pc, register, address);
        if (fault != FaultKind.None) return fault;

        Region* region = size <= int.MaxValue ? MachineMemory.Find(m, address, (int)size) : null;
        if (region == null) return FaultKind.OutOfBoundsLoad;
        var shadow = new ReadOnlySpan<byte>(region->Shadow + (uint)address, (int)size);
        isPlain &= !shadow.ContainsAnyExcept(ByteShadow.Scalar);
        return shadow.Contains(ByteShadow.Uninitialized) ? FaultKind.UninitializedStack : FaultKind.None;
    }

    private static FaultKind CheckWrite(Machine* m, int pc, int register, ulong bytes)
    {
        ulong address = m->Registers[register];
        FaultKind fault = FullShadow.Access(m, pc, register, address);
        if (fault != FaultKind.None) return fault;
        return bytes > int.MaxValue || MachineMemory.FindWritable(m, address, (int)bytes) == null ? FaultKind.OutOfBoundsStore : FaultKind.None;
    }

    /// <summary>The kernel loads no program that may pass a misaligned address; other machines may do as they like.</summary>
    private static FaultKind CheckWriteAligned(Machine* m, int pc, int register)
    {
        FaultKind fault = CheckWrite(m, pc, register, sizeof(ulong));
        if (fault == FaultKind.None && m->Registers[register] % sizeof(ulong) != 0) FullShadow.Diverge(m, pc);
        return fault;
    }

    /// <summary>A helper says itself what is known of what it writes. Where it fails and writes nothing, programs may read what was there all the same.</summary>
    private static void Leave(Machine* m, ulong address, int bytes)
    {
        Region* region = MachineMemory.Find(m, address, bytes);
        new Span<byte>(region->Shadow + (uint)address, bytes).Replace(ByteShadow.Uninitialized, ByteShadow.Volatile);
    }

    private static void Write(Machine* m, ulong address, bool isPlain)
    {
        Region* region = MachineMemory.Find(m, address, sizeof(ulong));
        new Span<byte>(region->Shadow + (uint)address, sizeof(ulong)).Fill(isPlain ? ByteShadow.Scalar : ByteShadow.Volatile);
    }
}
