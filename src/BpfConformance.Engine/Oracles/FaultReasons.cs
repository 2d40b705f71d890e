using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;

namespace BpfConformance.Engine.Oracles;

/// <summary>For which reasons a machine may refuse a program whose runs do not return: it must have known the same before.</summary>
internal static class FaultReasons
{
    /// <summary>Whether the reason for a rejection foretells how the runs would have ended.</summary>
    public static bool Foretell(Expectation expectation, ReasonClass reason) =>
        expectation.Run switch
        {
            RunExpectation.Faulted or RunExpectation.FaultedOrReturned =>
                reason == ReasonClass.Other || expectation.Fault == FaultKind.None || For(expectation.Fault).Contains(reason),
            RunExpectation.TimedOut => reason is ReasonClass.InfiniteLoop or ReasonClass.TooComplex or ReasonClass.Other,
            RunExpectation.Returned or RunExpectation.Unstated => false,
        };

    /// <summary>Whether some machines find such a thing out only when a program runs.</summary>
    public static bool ShowInRuns(ReasonClass reason)
    {
        foreach (FaultKind fault in Enum.GetValues<FaultKind>())
        {
            if (For(fault).Contains(reason)) return true;
        }

        return false;
    }

    private static ReadOnlySpan<ReasonClass> For(FaultKind fault) => fault switch
    {
        FaultKind.None => [],
        FaultKind.OutOfBoundsLoad or FaultKind.OutOfBoundsStore =>
            [ReasonClass.OutOfBoundsAccess, ReasonClass.InvalidPointer, ReasonClass.InvalidContextAccess],
        FaultKind.MisalignedAtomic => [ReasonClass.MisalignedAccess],
        FaultKind.TooManyFrames => [ReasonClass.TooManyFrames, ReasonClass.StackOverflow],
        FaultKind.UnknownHelper => [ReasonClass.UnknownHelper],
        FaultKind.UninitializedRegister => [ReasonClass.UninitializedRegister],
        FaultKind.UninitializedStack => [ReasonClass.UninitializedStack],
        FaultKind.InvalidPointer => [ReasonClass.InvalidPointer, ReasonClass.OutOfBoundsAccess],
        FaultKind.ArithmeticTrap or FaultKind.IllegalInstruction => [],
    };
}
