using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Hooks;
using BpfConformance.Runtime.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Targets.InProcess;

/// <summary>Reads an observation off the machine of a run that has just ended, and masks what other machines need not agree in.</summary>
internal static unsafe class MachineObserver
{
    private const int CloneRedirect = 13;
    private const int TimerStart = 171;

    public static void Record(IMachineProgram program, long budget, ObservationBatch into, int index)
    {
        Machine* m = program.Memory.Machine;
        if (m->VolatileFlowPc >= 0)
        {
            into.SetInconclusive(index, WhyOpen(m));
            return;
        }

        // A verifier lets no program end that holds a lock.
        bool keepsLock = m->Status == RunStatus.Returned && m->HeldLock != 0;
        if (keepsLock) (m->Status, m->Fault) = (RunStatus.Faulted, FaultKind.InvalidPointer);

        ref Observation seen = ref into[index];
        seen.Status = m->Status switch
        {
            RunStatus.Returned => ExecutionStatus.Returned,
            RunStatus.Faulted => ExecutionStatus.Faulted,
            RunStatus.OutOfBudget => ExecutionStatus.TimedOut,
            RunStatus.Running => ExecutionStatus.Inconclusive,
        };
        (seen.Fault, seen.FaultPc) = (m->Fault, m->FaultPc);
        seen.Instructions = program.Executed(budget);
        if (m->Status != RunStatus.Returned) return;

        HookContexts.End(m);
        RecordRegisters(program, ref seen);
        RecordData(program, into, index);
        RecordContext(program, into, index);
        if (m->HelperTrace is { IsKept: true, IsOpen: false }) (seen.HelperCalls, seen.HelperHash) = (m->HelperTrace.Calls, m->HelperTrace.Hash);
    }

    private static string WhyOpen(Machine* m) =>
        m->VolatileHelper is > 0 and var helper ? $"what {HelperTable.NameOf(helper)} ({helper}) does here is a machine's own{Rule(helper)}"
        : m->VolatileFlowPc == Machine.UnknownPc ? "what an access to the context, or a helper, gives here is a machine's own"
        : $"what happens at pc {m->VolatileFlowPc} is a machine's own: it depends on an address, time or chance";

    private static string Rule(int helper) => helper switch
    {
        CloneRedirect => $": at most {PacketPath.MaxCopies} copies of a packet are known, and none that leaves a run beside the network in which programs are attached",
        TimerStart => $": timers are known that a run starts, and that are due within {Timers.SoonNanoseconds / 1_000_000} ms or not for {Timers.FarNanoseconds / 3_600_000_000_000} h",
        _ => string.Empty,
    };

    /// <summary>Whether the run has ended well, and every machine does the same.</summary>
    public static bool HasReturned(IMachineProgram program) => program.Memory.Machine->Status == RunStatus.Returned && program.Memory.Machine->VolatileFlowPc < 0;

    /// <summary>What is in the maps, when there is room for it.</summary>
    public static void RecordMaps(IMachineProgram program, ObservationBatch into, int index)
    {
        if (into.Maps(index).IsEmpty || program.Memory.Maps is not { } maps) return;
        var image = new MapImageWriter(into.Maps(index), into.MapsMask(index));
        maps.Show(ref image);
        into[index].MapsLength = image.Length;
    }

    /// <summary>The registers that programs may leave what they like in.</summary>
    public static void RecordRegisters(IMachineProgram program, ref Observation seen)
    {
        Machine* m = program.Memory.Machine;
        for (int r = 0; r < (int)Register.R10; r++)
        {
            if (program.IsSanitized && m->Provenance[r] != Provenance.Scalar) continue;
            seen.Registers[r] = m->Registers[r];
            seen.RegistersMask |= (ushort)(1 << r);
        }

        seen.R0 = m->Registers[0];
        seen.R0Mask = (seen.RegistersMask & 1) != 0 ? ulong.MaxValue : 0;
    }

    private static void RecordData(IMachineProgram program, ObservationBatch into, int index)
    {
        ReadOnlySpan<byte> data = program.Memory.Data;
        into[index].DataLength = data.Length;
        data.CopyTo(into.Data(index));
        if (!program.IsSanitized) return;
        ReadOnlySpan<byte> shadow = program.Memory.DataShadow;
        if (!shadow.ContainsAnyExcept(ByteShadow.Scalar)) return;

        Mask(shadow, into.DataMask(index));
    }

    private static void RecordContext(IMachineProgram program, ObservationBatch into, int index)
    {
        ReadOnlySpan<byte> context = program.Memory.Context;
        if (context.IsEmpty || into.Context(index).Length < context.Length) return;
        into[index].ContextLength = context.Length;
        context.CopyTo(into.Context(index));
        if (program.IsSanitized) Mask(program.Memory.ContextShadow, into.ContextMask(index));
    }

    /// <summary>Clears the bytes of a mask that other machines need not agree in.</summary>
    public static void Mask(ReadOnlySpan<byte> shadow, Span<byte> mask)
    {
        for (int i = 0; i < shadow.Length; i++)
        {
            if (shadow[i] != ByteShadow.Scalar) mask[i] = 0;
        }
    }
}
