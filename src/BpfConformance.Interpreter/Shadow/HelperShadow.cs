using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Interpreter.Shadow;

/// <summary>What a sanitised run asks of a helper's arguments, as its prototype describes them, and knows of what it will give.</summary>
internal static unsafe class HelperShadow
{
    public static FaultKind Call(Machine* m, int pc, int helper)
    {
        HelperPrototype prototype = HelperTable.PrototypeOf(helper);
        bool isPlain = prototype.IsDeterministic;
        for (int i = 0; i < prototype.Arguments.Length; i++)
        {
            FaultKind fault = Check(m, pc, prototype.Arguments[i], register: i + 1, ref isPlain);
            if (fault != FaultKind.None) return fault;
        }

        for (int i = 0; i < prototype.Arguments.Length; i++)
        {
            if (prototype.Arguments[i].Has(ArgumentFlags.Written)) Write(m, m->Registers[i + 1], isPlain);
        }

        FullShadow.AfterCall(m, isPlain ? Provenance.Scalar : Provenance.Volatile);
        return FaultKind.None;
    }

    /// <param name="m">The machine before the call.</param>
    /// <param name="pc">The call.</param>
    /// <param name="argument">What the register must hold.</param>
    /// <param name="register">Which.</param>
    /// <param name="isPlain">Becomes false when this argument differs between machines, and so what comes of it.</param>
    private static FaultKind Check(Machine* m, int pc, HelperArgument argument, int register, ref bool isPlain)
    {
        if (m->Provenance[register] == Provenance.Uninitialized) return FaultKind.UninitializedRegister;
        return argument.Kind switch
        {
            ArgumentKind.Size => CheckSize(m, pc, register),
            ArgumentKind.Memory when argument.Has(ArgumentFlags.Written) => CheckWrite(m, pc, register),
            ArgumentKind.Memory => CheckRead(m, pc, register, ref isPlain),
            _ => CheckValue(m, register, ref isPlain),
        };
    }

    private static FaultKind CheckValue(Machine* m, int register, ref bool isPlain)
    {
        isPlain &= FullShadow.IsPlain(m, register);
        return FaultKind.None;
    }

    /// <summary>The kernel loads no program that may pass a size of 0.</summary>
    private static FaultKind CheckSize(Machine* m, int pc, int register)
    {
        if (m->Registers[register] == 0 || !FullShadow.IsPlain(m, register)) FullShadow.Diverge(m, pc);
        return FaultKind.None;
    }

    private static FaultKind CheckRead(Machine* m, int pc, int register, ref bool isPlain)
    {
        ulong address = m->Registers[register];
        if (m->Provenance[register + 1] == Provenance.Uninitialized) return FaultKind.UninitializedRegister;
        FaultKind fault = FullShadow.Access(m, pc, register, address);
        if (fault != FaultKind.None) return fault;

        ulong size = m->Registers[register + 1];
        Region* region = size <= int.MaxValue ? MachineMemory.Find(m, address, (int)size) : null;
        if (region == null) return FaultKind.OutOfBoundsLoad;
        var shadow = new ReadOnlySpan<byte>(region->Shadow + (uint)address, (int)size);
        isPlain &= !shadow.ContainsAnyExcept(ByteShadow.Scalar);
        return shadow.Contains(ByteShadow.Uninitialized) ? FaultKind.UninitializedStack : FaultKind.None;
    }

    /// <summary>The kernel loads no program that may pass a misaligned address; other machines may do as they like.</summary>
    private static FaultKind CheckWrite(Machine* m, int pc, int register)
    {
        ulong address = m->Registers[register];
        FaultKind fault = FullShadow.Access(m, pc, register, address);
        if (fault != FaultKind.None) return fault;

        if (MachineMemory.FindWritable(m, address, sizeof(ulong)) == null) return FaultKind.OutOfBoundsStore;
        if (address % sizeof(ulong) != 0) FullShadow.Diverge(m, pc);
        return FaultKind.None;
    }

    private static void Write(Machine* m, ulong address, bool isPlain)
    {
        Region* region = MachineMemory.Find(m, address, sizeof(ulong));
        new Span<byte>(region->Shadow + (uint)address, sizeof(ulong)).Fill(isPlain ? ByteShadow.Scalar : ByteShadow.Volatile);
    }
}
