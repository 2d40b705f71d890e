using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Helpers;
using BpfConformance.Runtime.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Interpreter.Shadow;

/// <summary>What a sanitised run asks of a helper's arguments, as its prototype describes them, and knows of what it will give.</summary>
internal static unsafe class HelperShadow
{
    private const int GetCurrentComm = 16;
    private const int SetRetval = 187;

    /// <summary>Of what a program may hand on, and here neither read nor change: it is never null, and lies in no region.</summary>
    private static readonly uint s_kernelObject = Provenance.PointerTo(Regions.None);

    public static FaultKind Call(Machine* m, int pc, int helper)
    {
        // A program without a hook calls what there is; where that differs by type, it does so as a raw tracepoint, which it is in Linux.
        HelperPrototype prototype = HelperTable.PrototypeOf(helper, m->Type == ProgramType.Unspecified ? ProgramType.RawTracepoint : m->Type) ?? HelperTable.PrototypeOf(helper);
        if (m->HeldLock != 0 && helper != SpinLockHelpers.UnlockNumber) return FaultKind.InvalidPointer; // who holds a lock calls nothing else
        bool isPlain = prototype.IsDeterministic;
        bool isOfDynptr = prototype.HasDynptr;
        Map? map = null;
        for (int i = 0; i < prototype.Arguments.Length; i++)
        {
            FaultKind fault = Check(m, pc, prototype.Arguments[i], register: i + 1, isOfDynptr, ref map, ref isPlain);
            if (fault != FaultKind.None) return fault;
        }

        // Where in the packet, or by how much: what then is in it is each machine's own.
        bool isOfPacket = prototype.Arguments is [{ Kind: ArgumentKind.Context }, ..];
        if ((isOfPacket || helper == SetRetval) && prototype.IsDeterministic && !isPlain) FullShadow.Diverge(m, pc);
        if (GivesAddress(prototype.Return) && prototype.IsDeterministic && !isPlain) FullShadow.Diverge(m, pc); // whether there is one
        if ((map is { Definition: { HoldsRecords: true } or { IsObjectStorage: true } } || isOfDynptr) && !isPlain) FullShadow.Diverge(m, pc); // so do flags and sizes of records

        bool isProbe = ProbeHelpers.Has(helper, out ProbeHelpers.Side side, out bool isString);
        if (isProbe) isPlain = ProbeShadow.Write(m, side, isString);
        if (StackHelpers.Has(helper)) isPlain = CheckTrace(m, pc, helper);
        if (TracingHelpers.Has(helper)) isPlain = true; // what is returned follows from the context and a size
        if (FormatShadow.Has(helper)) isPlain = FormatShadow.IsKnown(m, helper);
        for (int i = 0; i < prototype.Arguments.Length && !isProbe; i++)
        {
            if (isOfDynptr && prototype.Arguments[i].IsDynptr) DynptrShadow.Mark(m, i + 1, prototype.Arguments[i]);

            // Values of maps are written with what is known of them.
            if (prototype.Arguments[i] is not { Kind: ArgumentKind.Memory } argument || !argument.Has(ArgumentFlags.Written)) continue;
            ulong size = SizeOf(m, argument, i + 1);
            if ((isOfPacket || isOfDynptr) && (argument.Bytes == 0 || argument.Has(ArgumentFlags.Uninitialized))) Leave(m, m->Registers[i + 1], (int)size);
            else Write(m, m->Registers[i + 1], size, isPlain);
        }

        if (helper == GetCurrentComm) isPlain = EndName(m);
        FullShadow.AfterCall(
            m, prototype.Return == HelperReturn.Void ? Provenance.Uninitialized : isPlain ? Provenance.Scalar : Provenance.Volatile);
        return FaultKind.None;
    }

    /// <summary>Only now it is known whether there is a value, and which.</summary>
    public static void AfterHelper(Machine* m, int helper)
    {
        if (m->VolatileFlowPc == Machine.UnknownPc && m->VolatileHelper == 0) m->VolatileHelper = helper;
        HelperPrototype prototype = HelperTable.PrototypeOf(helper);
        if (prototype.ChangesPacket) PacketPointers.Forget(m);
        if (prototype.Return == HelperReturn.TrustedKernelObject) m->Provenance[0] = s_kernelObject;
        if (!GivesAddress(prototype.Return)) return;
        ulong address = m->Registers[0];
        m->Provenance[0] = address == 0 ? Provenance.Scalar : GuestMemory.PointerToValue(m, address);
    }

    private static bool GivesAddress(HelperReturn given) => given is HelperReturn.MapValue or HelperReturn.MapValueOrNull or HelperReturn.RingBufferMemoryOrNull
        or HelperReturn.MemoryOrNull or HelperReturn.SocketOrNull or HelperReturn.SocketCommonOrNull or HelperReturn.TcpSocketOrNull;

    /// <param name="m">The machine before the call.</param>
    /// <param name="pc">The call.</param>
    /// <param name="argument">What the register must hold.</param>
    /// <param name="register">Which.</param>
    /// <param name="isOfDynptr">Whether another argument is a dynamic pointer.</param>
    /// <param name="map">The map that keys and values belong to.</param>
    /// <param name="isPlain">Becomes false when this argument differs between machines, and so what comes of it.</param>
    private static FaultKind Check(Machine* m, int pc, HelperArgument argument, int register, bool isOfDynptr, ref Map? map, ref bool isPlain)
    {
        if (m->Provenance[register] == Provenance.Uninitialized) return FaultKind.UninitializedRegister;
        switch (argument.Kind)
        {
            case ArgumentKind.Context or ArgumentKind.SocketObject or ArgumentKind.KernelObject or ArgumentKind.MapValue when argument.Has(ArgumentFlags.Nullable) && IsNull(m, register):
                return FaultKind.None;
            case ArgumentKind.Map:
                map = MapSet.Of(m, m->Registers[register]);
                return map is null ? FaultKind.InvalidPointer : FaultKind.None;
            case ArgumentKind.MapKey:
                return CheckKey(m, pc, register, map!.KeyBytes); // a map stands before its keys
            case ArgumentKind.MapValue when map!.Definition.Type == MapType.BloomFilter: // which only reads values, and what it tells follows from them
                return CheckKey(m, pc, register, map.ValueBytes);
            case ArgumentKind.MapValue when map.Definition.Type is MapType.Sockmap or MapType.Sockhash: // resolve_map_arg_type (kernel/bpf/verifier.c, 6.18)
                return CheckSocket(m, register, argument);
            case ArgumentKind.MapValue when argument.Has(ArgumentFlags.Written):
                return CheckWrite(m, pc, register, (ulong)map!.ValueBytes);
            case ArgumentKind.MapValue:
                bool isKnown = true; // what it is goes with it into the map
                return CheckRead(m, pc, register, (ulong)map!.ValueBytes, ref isKnown);
            case ArgumentKind.SpinLock or ArgumentKind.Timer: // the helper sees to it that it is one
                return FullShadow.Access(m, pc, register, m->Registers[register]);
            case ArgumentKind.Function:
                return FaultKind.None; // who calls it looks
            case ArgumentKind.Stack:
                return CheckStack(m, register, argument);
            case ArgumentKind.Size:
                return CheckSize(m, pc, register);
            case ArgumentKind.SizeOrZero:
                if (!FullShadow.IsPlain(m, register)) FullShadow.Diverge(m, pc);
                return FaultKind.None;
            case ArgumentKind.ConstantString:
                return CheckString(m, pc, register);
            case ArgumentKind.SocketObject:
                return IsSocket(m, register) ? FaultKind.None : FaultKind.InvalidPointer;
            case ArgumentKind.KernelObject:
                return m->Provenance[register] == s_kernelObject ? FaultKind.None : FaultKind.InvalidPointer;
            case ArgumentKind.Context:
                return m->Provenance[register] == Provenance.PointerTo(Regions.Context) ? FaultKind.None : FaultKind.InvalidPointer;
            case ArgumentKind.Memory:
                return CheckMemory(m, pc, register, argument, isOfDynptr || map is not null, ref isPlain);
            case ArgumentKind.Dynptr or ArgumentKind.LocalDynptr or ArgumentKind.RingBufferDynptr:
                return DynptrShadow.Check(m, register, argument);
            case ArgumentKind.SocketCommon or ArgumentKind.Socket or ArgumentKind.SocketObject:
                return CheckSocket(m, register, argument);
            case ArgumentKind.RingBufferMemory:
                return IsReservation(m, register) ? FaultKind.None : FaultKind.InvalidPointer; // the helper sees to it that it is the beginning
            default:
                isPlain &= FullShadow.IsPlain(m, register);
                return FaultKind.None;
        }
    }

    /// <summary>What is wrong with flags must be so everywhere; a trace is each machine's own.</summary>
    private static bool CheckTrace(Machine* m, int pc, int helper)
    {
        if (!FullShadow.IsPlain(m, helper == StackHelpers.GetStackIdNumber ? 3 : 4)) FullShadow.Diverge(m, pc);
        return StackHelpers.IsKnown(m, helper);
    }

    /// <summary>The kernel loads no program that may pass a size of 0.</summary>
    private static FaultKind CheckSize(Machine* m, int pc, int register)
    {
        if (m->Registers[register] == 0 || !FullShadow.IsPlain(m, register)) FullShadow.Diverge(m, pc);
        return FaultKind.None;
    }

    /// <summary>Where there are no bytes, there need be no address: null is none.</summary>
    private static FaultKind CheckMemory(Machine* m, int pc, int register, HelperArgument argument, bool goesWithIt, ref bool isPlain)
    {
        if (argument.Bytes == 0 && m->Provenance[register + 1] == Provenance.Uninitialized) return FaultKind.UninitializedRegister;
        ulong size = SizeOf(m, argument, register);
        if (size == 0 && argument.Has(ArgumentFlags.Nullable) && IsNull(m, register)) return FaultKind.None;
        bool isKnown = true; // what is written over does not matter to what will be; and what it is goes with it into a packet or a record
        goesWithIt |= m->Provenance[(int)Register.R1] == Provenance.PointerTo(Regions.Context);
        if (!argument.Has(ArgumentFlags.Written)) return goesWithIt ? CheckRead(m, pc, register, size, ref isKnown) : CheckRead(m, pc, register, size, ref isPlain);

        FaultKind fault = CheckWrite(m, pc, register, size);
        if (fault != FaultKind.None) return fault;

        // The kernel loads no program that may pass a misaligned address; other machines may do as they like.
        bool isAligned = !argument.Has(ArgumentFlags.Aligned) || m->Registers[register] % (uint)argument.Bytes == 0;
        if (!isAligned) FullShadow.Diverge(m, pc);
        if (argument.Has(ArgumentFlags.Uninitialized)) return FaultKind.None;
        return CheckRead(m, pc, register, size, ref argument.Bytes == 0 ? ref isKnown : ref isPlain); // a number that is replaced by its answer
    }

    /// <summary>Each machine has a name of its own for the task, but every name ends in a zero, and there is one.</summary>
    private static bool EndName(Machine* m)
    {
        if (m->Registers[2] > 0) Write(m, m->Registers[1] + m->Registers[2] - 1, size: 1, isPlain: true); // or else it faults
        return true;
    }

    private static bool IsNull(Machine* m, int register) => m->Provenance[register] == Provenance.Scalar && m->Registers[register] == 0;

    private static ulong SizeOf(Machine* m, HelperArgument argument, int register) =>
        argument.Bytes != 0 ? (ulong)argument.Bytes : m->Registers[register + 1];

    /// <summary>The helper itself sees to it that it is one; where it lies must be the same everywhere.</summary>
    private static FaultKind CheckString(Machine* m, int pc, int register) => FullShadow.Access(m, pc, register, m->Registers[register]);

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
        if (argument.Has(ArgumentFlags.Nullable) && IsNull(m, register)) return FaultKind.None;
        bool isStack = Provenance.IsPointer(provenance) && Provenance.RegionOf(provenance) >= m->FirstStack && Provenance.RegionOf(provenance) < m->RegionCount;
        return isStack ? FaultKind.None : FaultKind.InvalidPointer;
    }

    /// <summary>The helper sees to it that it is the beginning of one.</summary>
    private static FaultKind CheckSocket(Machine* m, int register, HelperArgument argument)
    {
        if (argument.Has(ArgumentFlags.Nullable) && IsNull(m, register)) return FaultKind.None;
        uint provenance = m->Provenance[register];
        uint region = Provenance.RegionOf(provenance);
        bool isSocket = Provenance.IsPointer(provenance) && (region == Regions.Socket || (region >= m->FirstSocket && region < m->FirstReservation));
        return isSocket ? FaultKind.None : FaultKind.InvalidPointer;
    }

    /// <summary>Whether it is that to which the context leads, or one that was found.</summary>
    private static bool IsSocket(Machine* m, int register)
    {
        uint provenance = m->Provenance[register];
        uint region = Provenance.RegionOf(provenance);
        return provenance == Provenance.PointerTo(Regions.Socket)
            || (Provenance.IsPointer(provenance) && region >= m->FirstSocket && region < m->FirstReservation);
    }

    private static bool IsReservation(Machine* m, int register)
    {
        uint provenance = m->Provenance[register];
        uint region = Provenance.RegionOf(provenance);
        return Provenance.IsPointer(provenance) && region >= m->FirstReservation && region < m->FirstStack;
    }

    private static FaultKind CheckRead(Machine* m, int pc, int register, ulong size, ref bool isPlain)
    {
        ulong address = m->Registers[register];
        FaultKind fault = FullShadow.Access(m, pc, register, address);
        if (fault != FaultKind.None) return fault;

        Region* region = size <= int.MaxValue ? GuestMemory.Find(m, address, (int)size) : null;
        if (region == null) return FaultKind.OutOfBoundsLoad;
        if (ValueFieldShadow.IsTouched(m, region, (uint)address, (int)size)) return FaultKind.InvalidPointer;
        var shadow = new ReadOnlySpan<byte>(region->Shadow + (uint)address, (int)size);
        isPlain &= !shadow.ContainsAnyExcept(ByteShadow.Scalar);
        return shadow.ContainsAny(ByteShadow.Uninitialized, ByteShadow.Dynptr) ? FaultKind.UninitializedStack : FaultKind.None;
    }

    private static FaultKind CheckWrite(Machine* m, int pc, int register, ulong bytes)
    {
        ulong address = m->Registers[register];
        FaultKind fault = FullShadow.Access(m, pc, register, address);
        if (fault != FaultKind.None) return fault;
        Region* region = bytes <= int.MaxValue ? GuestMemory.FindWritable(m, address, (int)bytes) : null;
        return region == null ? FaultKind.OutOfBoundsStore
            : ValueFieldShadow.IsTouched(m, region, (uint)address, (int)bytes) ? FaultKind.InvalidPointer
            : FaultKind.None;
    }

    private static void Write(Machine* m, ulong address, ulong size, bool isPlain)
    {
        if (size == 0) return;
        Region* region = GuestMemory.Find(m, address, (int)size); // it was checked
        new Span<byte>(region->Shadow + (uint)address, (int)size).Fill(isPlain ? ByteShadow.Scalar : ByteShadow.Volatile);
    }

    /// <summary>A helper says itself what is known of what it writes. Where it fails and writes nothing, programs may read what was there all the same.</summary>
    private static void Leave(Machine* m, ulong address, int bytes)
    {
        Region* region = GuestMemory.Find(m, address, bytes);
        new Span<byte>(region->Shadow + (uint)address, bytes).Replace(ByteShadow.Uninitialized, ByteShadow.Volatile);
    }
}
