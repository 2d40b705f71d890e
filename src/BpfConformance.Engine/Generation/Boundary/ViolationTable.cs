using BpfConformance.Engine.Generation.Valid;

namespace BpfConformance.Engine.Generation.Boundary;

/// <summary>The steps over a limit. Add one here: it writes what no verifier may accept, or what none has to.</summary>
internal static class ViolationTable
{
    private const int Tries = 16;

    private static readonly Step[] s_steps =
    [
        RegisterViolations.ReadUninitialized, RegisterViolations.WriteFramePointer, RegisterViolations.PointerOperation, RegisterViolations.PointerIn32Bits,
        RegisterViolations.SubtractPointer, RegisterViolations.UnboundedOffset, RegisterViolations.FarOffset, RegisterViolations.FarConstant,
        RegisterViolations.OperationOnFixedPointer, RegisterViolations.BadReturn, RegisterViolations.MapPointerArithmetic,
        MemoryViolations.BehindEnd, MemoryViolations.BeforeStart, MemoryViolations.OneTooWide, MemoryViolations.ThroughNumber, MemoryViolations.AroundAddresses, MemoryViolations.AroundAddresses, MemoryViolations.AroundAddresses, MemoryViolations.ThroughMap, MemoryViolations.OffByOneMask,
        MemoryViolations.UnwrittenStack, MemoryViolations.OutsideOfStack, MemoryViolations.MisalignedStack, MemoryViolations.MisalignedAtomic, MemoryViolations.PartOfSpilled,
        MemoryViolations.VariableStack, MemoryViolations.ReadOnlyMap, MemoryViolations.BehindDirectValue, MemoryViolations.PacketBehindCheck, MemoryViolations.PacketUnchecked,
        MemoryViolations.StoreThroughEnd,
        ContextViolations.OutsideOfContext, ContextViolations.NarrowPointerField, ContextViolations.StoreToReadOnly, ContextViolations.Atomic, ContextViolations.Moved, ContextViolations.Misaligned,
        FieldViolations.ReservedField, FieldViolations.UnknownOpcode, FieldViolations.NoRegister, FieldViolations.ShiftCount, FieldViolations.DivisorZero, FieldViolations.HalfWide,
        FieldViolations.AtomicOperation, FieldViolations.WideSource,
        FlowViolations.JumpOutside, FlowViolations.JumpIntoWide, FlowViolations.JumpToItself, FlowViolations.Endless, FlowViolations.Unreachable, FlowViolations.EndlessCall, FlowViolations.TooManyTurns,
        FlowViolations.CallOutside, FlowViolations.CallIntoBody, FlowViolations.LegacyLoad, FlowViolations.FallsOff,
        CallViolations.WrongArgument, CallViolations.WrongArgument, CallViolations.WrongArgument, CallViolations.WrongArgument, CallViolations.WrongArgument, CallViolations.UnknownHelper, CallViolations.OtherTypesHelper, CallViolations.OtherTypesHelper, CallViolations.WrongMap,
        CallViolations.WrongMap, CallViolations.ReadOnlyResult, CallViolations.ReadOnlyResult, CallViolations.NullUnchecked, CallViolations.TooManyBytes, CallViolations.NoBytes, CallViolations.NegativeBytes, CallViolations.UnboundedBytes,
        ReferenceViolations.Leak, ReferenceViolations.ReleaseTwice, ReferenceViolations.ReleaseOther, ReferenceViolations.VariableReservation, ReferenceViolations.BehindRecord,
        ReferenceViolations.LockTwice, ReferenceViolations.UnlockOnly, ReferenceViolations.CallLocked, ReferenceViolations.ExitLocked, ReferenceViolations.TouchLock,
    ];

    /// <summary>One of them that is possible where the draft is.</summary>
    public static bool Take(ProgramDraft draft)
    {
        for (int tries = 0; tries < Tries; tries++)
        {
            if (draft.Entropy.Of<Step>(s_steps)(draft)) return true;
        }

        return RegisterViolations.ReadUninitialized(draft);
    }
}
