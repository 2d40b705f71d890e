using BpfConformance.Engine.Generation.Valid;

namespace BpfConformance.Engine.Generation.Boundary;

/// <summary>The steps over a limit, and how often each is tried. Add one here: it writes what no verifier may accept, or what none has to.</summary>
internal static class ViolationTable
{
    private const int Tries = 16;

    private static readonly (int Weight, Step Step)[] s_rows =
    [
        (1, RegisterViolations.ReadUninitialized),
        (1, RegisterViolations.WriteFramePointer),
        (1, RegisterViolations.PointerOperation),
        (1, RegisterViolations.PointerIn32Bits),
        (1, RegisterViolations.SubtractPointer),
        (1, RegisterViolations.UnboundedOffset),
        (1, RegisterViolations.FarOffset),
        (1, RegisterViolations.FarConstant),
        (1, RegisterViolations.OperationOnFixedPointer),
        (1, RegisterViolations.BadReturn),
        (1, RegisterViolations.MapPointerArithmetic),
        (1, MemoryViolations.BehindEnd),
        (1, MemoryViolations.BeforeStart),
        (1, MemoryViolations.OneTooWide),
        (1, MemoryViolations.ThroughNumber),
        (3, MemoryViolations.AroundAddresses),
        (1, MemoryViolations.ThroughMap),
        (1, MemoryViolations.OffByOneMask),
        (1, MemoryViolations.UnwrittenStack),
        (1, MemoryViolations.OutsideOfStack),
        (1, MemoryViolations.MisalignedStack),
        (1, MemoryViolations.MisalignedAtomic),
        (1, MemoryViolations.PartOfSpilled),
        (1, MemoryViolations.VariableStack),
        (1, MemoryViolations.ReadOnlyMap),
        (1, MemoryViolations.BehindDirectValue),
        (1, MemoryViolations.PacketBehindCheck),
        (1, MemoryViolations.PacketUnchecked),
        (1, MemoryViolations.StoreThroughEnd),
        (1, ContextViolations.OutsideOfContext),
        (1, ContextViolations.NarrowPointerField),
        (1, ContextViolations.StoreToReadOnly),
        (1, ContextViolations.Atomic),
        (1, ContextViolations.Moved),
        (1, ContextViolations.Misaligned),
        (1, FieldViolations.ReservedField),
        (1, FieldViolations.UnknownOpcode),
        (1, FieldViolations.NoRegister),
        (1, FieldViolations.ShiftCount),
        (1, FieldViolations.DivisorZero),
        (1, FieldViolations.HalfWide),
        (1, FieldViolations.AtomicOperation),
        (1, FieldViolations.WideSource),
        (1, FlowViolations.JumpOutside),
        (1, FlowViolations.JumpIntoWide),
        (1, FlowViolations.JumpToItself),
        (1, FlowViolations.Endless),
        (1, FlowViolations.Unreachable),
        (1, FlowViolations.EndlessCall),
        (1, FlowViolations.TooManyTurns),
        (1, FlowViolations.CallOutside),
        (1, FlowViolations.CallIntoBody),
        (1, FlowViolations.LegacyLoad),
        (1, FlowViolations.FallsOff),
        (5, CallViolations.WrongArgument),
        (1, CallViolations.UnknownHelper),
        (2, CallViolations.OtherTypesHelper),
        (2, CallViolations.WrongMap),
        (2, CallViolations.ReadOnlyResult),
        (1, CallViolations.NullUnchecked),
        (1, CallViolations.TooManyBytes),
        (1, CallViolations.NoBytes),
        (1, CallViolations.NegativeBytes),
        (1, CallViolations.UnboundedBytes),
        (1, ReferenceViolations.Leak),
        (1, ReferenceViolations.ReleaseTwice),
        (1, ReferenceViolations.ReleaseOther),
        (1, ReferenceViolations.VariableReservation),
        (1, ReferenceViolations.BehindRecord),
        (1, ReferenceViolations.LockTwice),
        (1, ReferenceViolations.UnlockOnly),
        (1, ReferenceViolations.CallLocked),
        (1, ReferenceViolations.ExitLocked),
        (1, ReferenceViolations.TouchLock),
    ];

    private static readonly Step[] s_steps = [.. s_rows.SelectMany(row => Enumerable.Repeat(row.Step, row.Weight))];

    /// <summary>One of them that is possible where the draft is.</summary>
    public static bool Take(ProgramDraft draft)
    {
        for (int tries = 0; tries < Tries; tries++)
        {
            if (draft.Entropy.Of<Step>(s_steps)(draft)) return true;
            draft.EnsureNumber(); // what did not come about may have written over the last
        }

        return RegisterViolations.ReadUninitialized(draft);
    }
}
