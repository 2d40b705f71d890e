namespace BpfConformance.Engine.Generation.Valid;

/// <summary>Writes one or a few instructions that are legal where the draft is.</summary>
/// <returns>Whether it could: if not, it has written nothing that must not stay.</returns>
internal delegate bool Step(ProgramDraft draft);

/// <summary>The kinds of step, and how often each is tried. Add one here.</summary>
internal static class StepTable
{
    private static readonly (int Weight, Step Step)[] s_rows =
    [
        (30, ArithmeticSteps.Any),
        (3, ArithmeticSteps.LoadConstant),
        (12, MemorySteps.Load),
        (13, MemorySteps.Store),
        (9, MemorySteps.Atomic),
        (5, PointerSteps.Copy),
        (3, PointerSteps.AddScalar),
        (2, PointerSteps.Spill),
        (3, PointerSteps.Fill),
        (10, BranchSteps.Begin),
        (1, BranchSteps.Leave),
        (1, BranchSteps.BeginMayGoto),
        (2, BranchSteps.BeginLoop),
        (3, CallSteps.Call),
    ];

    private static readonly Step[] s_steps = [.. s_rows.SelectMany(row => Enumerable.Repeat(row.Step, row.Weight))];

    /// <summary>Takes a step, whatever comes of it.</summary>
    public static void Take(ProgramDraft draft)
    {
        if (!draft.Entropy.Of<Step>(s_steps)(draft)) ArithmeticSteps.Any(draft);
    }
}
